"""The tiles of the board: queues by region, the worst first, each with what is open, due and late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.core.decision import SECURITY, UNROUTED
from triage.core.rules import Rulebook
from triage.core.tickets import TicketStatus
from triage.core.treasuries import CENTRAL_QUEUE
from triage.db.counters import Count
from triage.db.loads import Load
from triage.web import wording
from triage.web.templating import Words

APART = (UNROUTED, SECURITY)
"""Queues that are no treasury's; they stand before the regions."""

CENTRE = "central"
UNKNOWN = "unknown"
"""Keys of what has no number as a region."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One queue; ``waited`` tells how long the oldest of what is to be done has waited."""

    queue: str
    name: str
    open: int
    overdue: int
    soon: int
    flagged: int
    waited: str

    @property
    def rest(self) -> int:
        """What is open and neither late nor near its deadline."""
        return max(self.open - self.overdue - self.soon, 0)

    @property
    def badness(self) -> tuple[int, int, int]:
        """What tiles are ordered by, the worst first."""
        return (-self.overdue, -self.soon, -self.open)


@dataclass(frozen=True, slots=True)
class Region:
    """Queues that belong together; ``key`` is for addresses, ``name`` for people."""

    key: str
    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The four numbers of the board."""

    open: int
    soon: int
    overdue: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes tiles for one reader at one moment from what is counted."""

    words: Words
    rules: Rulebook
    now: datetime

    def tiles(self, queues: Iterable[str], counts: Sequence[Count], loads: Sequence[Load]) -> list[Tile]:
        """Give a tile for each of these queues and for any other that holds open tickets, the worst first."""
        unfinished = [one for one in counts if one.status != TicketStatus.CLOSED]
        names = dict.fromkeys([*queues, *(one.queue for one in unfinished)])
        by_queue = {one.queue: one for one in loads}
        return sorted((self._tile(name, unfinished, by_queue) for name in names), key=lambda one: one.badness)

    def regions(self, tiles: Iterable[Tile]) -> list[Region]:
        """Put tiles together by region, the region with the worst tile first."""
        found: dict[str, list[Tile]] = {}
        for tile in tiles:
            found.setdefault(region_of(self.rules, tile.queue), []).append(tile)
        return [Region(key, region_name(self.words, key), tuple(some)) for key, some in found.items()]

    def _tile(self, queue: str, counts: Iterable[Count], loads: Mapping[str, Load]) -> Tile:
        mine = [one for one in counts if one.queue == queue]
        load = loads.get(queue)
        calendar = self.rules.calendar
        return Tile(
            queue=queue,
            name=wording.queue_name(self.words, self.rules, queue),
            open=sum(one.number for one in mine),
            overdue=load.overdue if load else 0,
            soon=load.soon if load else 0,
            flagged=sum(one.number for one in mine if one.flagged),
            waited=wording.waited(self.words, calendar, load.oldest, self.now) if load else "",
        )


def region_of(rules: Rulebook, queue: str) -> str:
    """Give the key of the region that a queue belongs to: its number, or a word where it has none."""
    if queue == CENTRAL_QUEUE:
        return CENTRE
    known = (one.region for one in rules.treasuries.treasuries if one.queue == queue and one.region)
    return next(known, UNKNOWN)


def region_name(words: Words, key: str) -> str:
    """Give the name of a region for people."""
    unnumbered = {CENTRE: words.say("Trung ương"), UNKNOWN: words.say("Chưa rõ khu vực")}
    return unnumbered.get(key) or words.say("Khu vực %(name)s", name=key)


def place_name(words: Words, rules: Rulebook, queue: str) -> str:
    """Give the region of a queue for people; of a queue that is no treasury's, its own name."""
    if queue in APART:
        return wording.queue_name(words, rules, queue)
    return region_name(words, region_of(rules, queue))


def totals(tiles: Iterable[Tile]) -> Totals:
    """Add tiles up."""
    some = list(tiles)
    return Totals(
        open=sum(one.open for one in some),
        soon=sum(one.soon for one in some),
        overdue=sum(one.overdue for one in some),
        flagged=sum(one.flagged for one in some),
    )
