"""What the page of a ticket says and offers of its hand-over between centre and province."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.core.handovers import BackReason
from triage.core.people import Right
from triage.core.tickets import TicketStatus
from triage.db.handovers import Standing, Stay
from triage.db.tickets import TicketRow
from triage.service.queues import all_queues
from triage.web import wording
from triage.web.desk import Ask
from triage.web.historyvalues import back_reason
from triage.web.shown import visible

Choice = tuple[str, str]
"""What a form sends, and what it is called."""


@dataclass(frozen=True, slots=True)
class ProvincePanel:
    """Whose turn it is, and what this person may do about it; ``stay`` is None where the centre has it.

    ``places`` are the provinces that it may be given to. ``receives``, ``gives_back`` and ``answers`` are
    what a coordinator may do, ``answers`` without anybody's approval.
    """

    stay: Stay | None = None
    name: str = ""
    giver: str = ""
    holder: str = ""
    note: str = ""
    places: Sequence[Choice] = ()
    reasons: Sequence[Choice] = ()
    receives: bool = False
    gives_back: bool = False
    answers: bool = False


def province_panel(ask: Ask, ticket: TicketRow, found: Standing) -> ProvincePanel:
    """Work out how the hand-over of a ticket stands for this person."""
    person, stay, names = ask.person, found.stay, found.names
    is_open = ticket.status != TicketStatus.CLOSED
    if stay is None:
        gives = person.may(Right.WORK) and is_open and ticket.status != TicketStatus.HELD
        return ProvincePanel(places=_places(ask, found.places) if gives else ())
    of_province = person.may(Right.PROVINCE) and is_open
    mine = stay.taken_by == person.name
    return ProvincePanel(
        stay=stay,
        name=wording.queue_name(ask.words, ask.desk.app.means.rules, stay.queue),
        giver=names.get(stay.handed_by, stay.handed_by),
        holder=names.get(stay.taken_by or "", stay.taken_by or ""),
        note=visible(found.note),
        reasons=[(one.value, back_reason(ask.words, one.value)) for one in BackReason],
        receives=of_province and not mine,
        gives_back=of_province and (mine or stay.taken_by is None),
        answers=of_province and mine and person.may_answer,
    )


def _places(ask: Ask, places: Sequence[str]) -> list[Choice]:
    rules = ask.desk.app.means.rules
    known = all_queues(rules)
    return [(one, wording.queue_name(ask.words, rules, one)) for one in places if one in known]
