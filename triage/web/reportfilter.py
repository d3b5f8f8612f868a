"""What a report is about, as its address says: a month, and perhaps a region, a treasury, a category."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from triage.core.months import Month, month_of, read_month
from triage.db.tallies import Span
from triage.web import tiles, wording
from triage.web.desk import Ask
from triage.web.filters import Strange

Choices = list[tuple[str, str]]
NAMES = ("month", "region", "queue", "category")
"""The conditions that an address may have."""


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """The conditions of one address, checked; empty where a report is not narrowed down.

    ``queues`` are those of region and treasury together. ``strange`` is what was not understood, which
    narrows nothing down.
    """

    month: Month
    region: str = ""
    queue: str = ""
    category: str = ""
    queues: tuple[str, ...] = ()
    strange: tuple[Strange, ...] = ()

    def query(self, month: Month | None = None) -> str:
        """Write the part of an address after its question mark, of the same report or of another month."""
        pairs = (("month", str(month or self.month)), *self.conditions())
        return urlencode(pairs)

    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Give what the report is narrowed down to beside its month, as it stands in an address."""
        pairs = (("region", self.region), ("queue", self.queue), ("category", self.category))
        return tuple((name, value) for name, value in pairs if value)

    def name(self) -> str:
        """Give the conditions as they stand in the name of a file."""
        return "-".join((str(self.month), *(value for _, value in self.conditions())))

    def span(self, ask: Ask, month: Month | None = None) -> Span:
        """Give the tickets that the report is about, those of its month or of another."""
        zone, chosen = ask.desk.app.means.zone, month or self.month
        return Span(chosen.starts_at(zone), chosen.after.starts_at(zone), self.queues, self.category)


def read(ask: Ask, asked: Mapping[str, str], seen: Sequence[str]) -> ReportFilter:
    """Read the conditions of an address; the present month where none is asked for that there is.

    ``seen`` are the queues that somebody sees: another one is no condition that he can have.
    """
    wanted = {name: asked.get(name, "").strip() for name in NAMES}
    regions = regions_of(ask, seen)
    chosen = read_month(wanted["month"])
    known = {
        "month": chosen is not None,
        "region": wanted["region"] in regions,
        "queue": wanted["queue"] in seen,
        "category": wanted["category"] in {one.id for one in ask.desk.app.means.rules.categories},
    }
    good = {name: value if known[name] else "" for name, value in wanted.items()}
    return ReportFilter(
        month=chosen or month_of(ask.desk.now(), ask.desk.app.means.zone),
        region=good["region"],
        queue=good["queue"],
        category=good["category"],
        queues=_queues(regions.get(good["region"]), good["queue"]),
        strange=tuple(
            Strange(name, value[:80]) for name, value in wanted.items() if value and not good[name]
        ),
    )


def _queues(of_region: Sequence[str] | None, queue: str) -> tuple[str, ...]:
    if not queue:
        return tuple(of_region or ())
    # a treasury of another region: nothing is both, and no queue has the empty name
    return (queue,) if of_region is None or queue in of_region else ("",)


def regions_of(ask: Ask, seen: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Give the regions of queues, each with those queues, in the order of the directory."""
    rules, found = ask.desk.app.means.rules, dict[str, list[str]]()
    for queue in rules.treasuries.queues:
        if queue in seen:
            found.setdefault(tiles.region_of(rules, queue), []).append(queue)
    return {key: tuple(some) for key, some in found.items()}


def offers(ask: Ask, seen: Sequence[str]) -> dict[str, Choices]:
    """Give what the form lets one choose, as value and word; nothing where there is but one to choose."""
    words, rules = ask.words, ask.desk.app.means.rules
    regions = [(one, tiles.region_name(words, one)) for one in regions_of(ask, seen)]
    queues = [(one, wording.queue_name(words, rules, one)) for one in seen]
    return {
        "region": regions if len(regions) > 1 else [],
        "queue": queues if len(queues) > 1 else [],
        "category": [(one.id, wording.category(words, rules.categories, one.id)) for one in rules.categories],
    }
