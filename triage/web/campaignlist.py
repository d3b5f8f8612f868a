"""The list of campaigns on the page of held mails: which are active, whom they hit, as whom they pose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from triage.core.rules import Rulebook
from triage.db.campaigns import Member, Seen
from triage.service.campaignacts import label
from triage.service.campaignnotice import hit
from triage.service.campaignsheets import Overview
from triage.web import wording
from triage.web.campaignwords import some_of
from triage.web.desk import Ask
from triage.web.shown import visible


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign of the list."""

    number: int
    label: str
    name: str
    mails: int
    last: str
    places: str
    names: str


def lines(ask: Ask, found: Iterable[Overview]) -> list[Line]:
    """Give the lines of some campaigns."""
    return [_line(ask, one.seen, one.members) for one in found]


def _line(ask: Ask, seen: Seen, members: list[Member]) -> Line:
    rules = ask.desk.app.means.rules
    return Line(
        number=seen.id,
        label=label(seen.id),
        name=visible(seen.name),
        mails=seen.mails,
        last=moment_of(rules, seen.last_at),
        places=some_of(places_of(ask, members)),
        names=some_of(visible(name) for one in members for name in one.names),
    )


def places_of(ask: Ask, members: list[Member]) -> list[str]:
    """Give the treasuries that mails of a campaign concern, each once."""
    rules = ask.desk.app.means.rules
    queues = dict.fromkeys(queue for one in members if (queue := hit(rules, one)))
    return [wording.queue_name(ask.words, rules, queue) for queue in queues]


def moment_of(rules: Rulebook, at: datetime) -> str:
    """Write a moment as pages do."""
    return wording.moment(at, rules.calendar)
