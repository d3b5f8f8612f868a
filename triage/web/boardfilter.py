"""What the board is narrowed down to, as it stands in its address: one region, what is overdue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from triage.web.filters import OVERDUE, Strange
from triage.web.tiles import Tile

TABLE = "table"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """The conditions of one address, checked; empty where the board is not narrowed down.

    ``queues`` are those of the region; ``strange`` is what was not understood, which narrows nothing down.
    """

    region: str = ""
    overdue: bool = False
    table: bool = False
    queues: frozenset[str] = frozenset()
    strange: tuple[Strange, ...] = ()

    def shows(self, tile: Tile) -> bool:
        """Whether the board shows a tile."""
        return self.holds(tile.queue) and (not self.overdue or tile.overdue > 0)

    def holds(self, queue: str) -> bool:
        """Whether a queue belongs to what is looked at."""
        return not self.region or queue in self.queues

    def address(self, *, table: bool) -> str:
        """Give the address of the same board, as tiles or as a table."""
        pairs = [("region", self.region), ("due", OVERDUE if self.overdue else "")]
        pairs.append(("view", TABLE if table else ""))
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"/?{query}" if query else "/"

    def listed(self, **conditions: str) -> str:
        """Give the address of the list of tickets with these conditions, in the same queues."""
        pairs = [*conditions.items(), *(("queue", queue) for queue in sorted(self.queues))]
        return f"/tickets?{urlencode(pairs)}"


def read(view: str, region: str, due: str, regions: Mapping[str, Collection[str]]) -> BoardFilter:
    """Read the conditions of an address; ``regions`` are those that there are, each with its queues."""
    checks = (
        ("view", view, {"", TABLE}),
        ("region", region, {"", *regions}),
        ("due", due, {"", OVERDUE}),
    )
    return BoardFilter(
        region=region if region in regions else "",
        overdue=due == OVERDUE,
        table=view == TABLE,
        queues=frozenset(regions.get(region, ())),
        strange=tuple(Strange(name, value[:80]) for name, value, known in checks if value not in known),
    )
