"""What registration forms of connecting units (Decision 935) propose, beside what the directory says."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.core.senderlists import LONGEST_MARK
from triage.db.units import ProposalRow, UnitRow
from triage.service import registering as service, unitforms
from triage.service.registering import Compared, Filled
from triage.service.unitentries import Entry
from triage.web import refusals, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.rownumbers import Number
from triage.web.shown import visible
from triage.web.ticketact import LONGEST_WORDS, new_key
from triage.web.unitspage import Field, Key, form_of, sort_words, treasuries, treasury_name

router = DeskRouter()

MOST_SHOWN = 50
"""Proposals of one page, the oldest; the next ones come as these are settled."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what stands in the directory, and what accepting the form would write."""

    label: str
    stands: str
    proposed: str

    @property
    def differs(self) -> bool:
        """Whether accepting would change it."""
        return self.stands != self.proposed


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposal; ``known`` is the unit that it would change, ``wrong`` why it cannot be accepted.

    ``seen`` goes with the form, so that nobody accepts what has changed since.
    """

    row: ProposalRow
    came_at: str
    known: UnitRow | None
    fields: tuple[Difference, ...]
    seen: str
    wrong: str = ""


@router.page("/units/proposals", Right.OVERSEE)
def page(ask: Asking) -> HTMLResponse:
    """Show what nobody has settled, the oldest first, each field beside what stands in the directory."""
    found, more = service.compared(ask.desk.database, ask.desk.app.means, MOST_SHOWN)
    return ask.page(
        "desk/unit_proposals.html",
        shown=[_shown(ask, one) for one in found],
        more=more,
        treasuries=treasuries(ask),
        keeps=ask.person.may(Right.UNITS),
        key=new_key(),
        visible=visible,
    )


@router.act("/units/proposals/{proposal_id}/accept", Right.UNITS)
def accept(
    ask: Asking,
    proposal_id: Number,
    key: Key,
    treasury: Field = "",
    sender: Annotated[str, Form(max_length=LONGEST_MARK)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Take a proposed unit into the directory, with the treasury and the address that a person names."""
    words, desk = ask.words, ask.desk

    def tell(row: UnitRow) -> str:
        return words.say("Đã nhận “%(name)s” vào danh bạ.", name=visible(row.name))

    form = form_of(ask, key, {"treasury": treasury, "sender": sender, "proposal": str(proposal_id)})
    filled = Filled(treasury, sender, seen)
    unitforms.accept(desk.database, desk.app.means, form, proposal_id, filled, tell)
    return ask.go("/units/proposals", act=key)


@router.act("/units/proposals/{proposal_id}/refuse", Right.UNITS)
def refuse(
    ask: Asking,
    proposal_id: Number,
    key: Key,
    reason: Annotated[str, Form(max_length=LONGEST_WORDS)] = "",
) -> Response:
    """Leave a proposed unit out of the directory, with a reason."""
    desk, told = ask.desk, ask.words.say("Đã từ chối đăng ký. Danh bạ không thay đổi.")
    form = form_of(ask, key, {"reason": reason, "proposal": str(proposal_id)})
    unitforms.refuse(desk.database, desk.app.means, form, proposal_id, told, reason=reason)
    return ask.go("/units/proposals", act=key)


def _shown(ask: Ask, one: Compared) -> Shown:
    row = one.proposal
    came_at = wording.moment(row.created_at, ask.desk.app.means.rules.calendar)
    if one.entry is None:
        return Shown(
            row, came_at, None, (), one.seen, refusals.worded(ask.words, one.error) if one.error else ""
        )
    return Shown(row, came_at, one.known, tuple(_differences(ask, one.entry, one.known)), one.seen)


def _differences(ask: Ask, entry: Entry, known: UnitRow | None) -> list[Difference]:
    say = ask.words.say

    def told(code: str) -> str:
        return f"{code} {treasury_name(ask, code)}".strip()

    pairs = (
        (say("Mã ĐVQHNS"), known.code if known else "", entry.code),
        (say("Tên đơn vị"), known.name if known else "", entry.name),
        (say("Kho bạc"), told(known.treasury) if known else "", told(entry.treasury)),
        (
            say("Loại đơn vị"),
            sort_words(ask.words, known.sort) if known else "",
            sort_words(ask.words, entry.sort.value),
        ),
        (say("Phần mềm kết nối"), known.software if known else "", entry.software),
        (say("Điện thoại"), known.phone if known else "", entry.phone),
    )
    return [Difference(label, visible(stands), visible(proposed)) for label, stands, proposed in pairs]
