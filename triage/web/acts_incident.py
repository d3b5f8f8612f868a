"""What is done about an incident: look at an answer, send or propose it, add and take out, end it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, Response

from triage.core.outboundguard import Objection, objections
from triage.core.people import Right
from triage.core.tickets import typed_code
from triage.db import incidents as rows
from triage.db.engine import Database
from triage.db.visibility import visible_to
from triage.service import answering, incidents as service
from triage.service.answering import StoppedError
from triage.service.incidents import IncidentForm
from triage.service.means import Means
from triage.web import guardwords, incidentwords
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.incidents import counted
from triage.web.rownumbers import LAST, Number
from triage.web.ticketact import LONGEST_KEY, Short, Text, digest_of, new_key

router = DeskRouter()

Proposal = Annotated[int, Form(ge=0, le=LAST)]


@dataclass(frozen=True, slots=True)
class IncidentAct:
    """One form about one incident."""

    ask: Ask
    number: int
    key: str
    form: str

    def does(self, told: str) -> IncidentForm:
        """Say what is done, with the sentence that is told afterwards."""
        return IncidentForm(self.ask.person, self.number, self.key, told, self.form, self.ask.network)

    def done(self) -> Response:
        """Go to the page of the incident, and tell there what was done."""
        return self.ask.go(f"/incidents/{self.number}", act=self.key)


async def incident_act(
    ask: Asking, incident_id: Number, key: Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)]
) -> IncidentAct:
    """Read what every form about an incident carries."""
    filled = (await ask.request.form()).multi_items()
    return IncidentAct(ask, incident_id, key, digest_of(filled))


Acting = Annotated[IncidentAct, Depends(incident_act)]


@router.act("/incidents/{incident_id}/preview", Right.NOTE)
def preview(
    ask: Asking,
    incident_id: Number,
    text: Text = "",
    outcome: Short = "",
    proposal: Proposal = 0,
    insert: Short = "",
    template: Short = "",
) -> HTMLResponse:
    """Show the letter as a unit will get it, what would stop it, and to how many tickets it goes."""
    if insert:
        ready = incidentwords.ready_answers(ask, counted(ask, incident_id).incident.category)
        more = next((one.text for one in ready if one.name == template), "")
        text = "\n\n".join(part for part in (text.strip(), more) if part)
    found = objections(text, ask.desk.app.means.rules.trust)
    return _looked_at(ask, incident_id, text, outcome, proposal, found)


@router.act("/incidents/{incident_id}/propose", Right.NOTE)
def propose(act: Acting, text: Text = "") -> Response:
    """Leave an answer for approval; what would stop it is shown at once, with the text."""
    told = act.ask.words.say("Đã gửi duyệt thư trả lời chung của sự cố.")
    return _or_stopped(act, text, lambda: service.propose(*_means(act), act.does(told), text))


@router.act("/incidents/{incident_id}/answer", Right.WORK)
def answer(act: Acting, text: Text = "", outcome: Short = "", proposal: Proposal = 0) -> Response:
    """Send an answer to every open ticket, one's own or what somebody left for approval."""
    told = act.ask.words.say("Thư trả lời chung đang được gửi tới các phiếu của sự cố.")

    def send() -> None:
        service.answer(*_means(act), act.does(told), text, close=outcome, proposal=proposal)

    return _or_stopped(act, text, send, outcome, proposal)


@router.act("/incidents/{incident_id}/drop", Right.WORK)
def drop(act: Acting, proposal: Proposal = 0) -> Response:
    """Put aside what somebody left for approval."""
    told = act.ask.words.say("Đã bỏ bản nháp chờ duyệt.")
    service.drop(act.ask.desk.database, act.ask.desk.app.means.clock, act.does(told), proposal)
    return act.done()


@router.act("/incidents/{incident_id}/add", Right.WORK)
def add(act: Acting, code: Short = "") -> Response:
    """Let a ticket belong to the incident."""
    told = act.ask.words.say("Đã thêm phiếu %(code)s vào sự cố.", code=str(typed_code(code) or ""))
    service.add_ticket(act.ask.desk.database, act.ask.desk.app.means.clock, act.does(told), code)
    return act.done()


@router.act("/incidents/{incident_id}/take-out", Right.WORK)
def take_out(act: Acting, code: Short = "") -> Response:
    """Take a ticket out of the incident."""
    told = act.ask.words.say("Đã tách phiếu %(code)s khỏi sự cố.", code=str(typed_code(code) or ""))
    service.take_out(act.ask.desk.database, act.ask.desk.app.means.clock, act.does(told), code)
    return act.done()


@router.act("/incidents/{incident_id}/close", Right.WORK)
def close(act: Acting, outcome: Short = "") -> Response:
    """End the incident, with its tickets where an outcome is chosen."""
    told = act.ask.words.say("Sự cố đã kết thúc.")
    service.close(act.ask.desk.database, act.ask.desk.app.means.clock, act.does(told), outcome)
    return act.done()


@router.act("/incidents/{incident_id}/dissolve", Right.WORK)
def dissolve(act: Acting) -> Response:
    """Take a false alarm back."""
    told = act.ask.words.say("Đã bỏ sự cố báo nhầm. Các phiếu trở lại như trước.")
    service.dissolve(act.ask.desk.database, act.ask.desk.app.means.clock, act.does(told))
    return act.done()


def _or_stopped(
    act: IncidentAct, text: str, does: Callable[[], None], outcome: str = "", proposal: int = 0
) -> Response:
    try:
        does()
    except StoppedError as error:
        return _looked_at(act.ask, act.number, text, outcome, proposal, error.objections, status=409)
    return act.done()


def _looked_at(
    ask: Ask,
    number: int,
    text: str,
    outcome: str,
    proposal: int,
    found: tuple[Objection, ...],
    status: int = 200,
) -> HTMLResponse:
    incident = counted(ask, number)
    with ask.desk.database.read() as connection:
        members = rows.members(connection, number, visible_to(ask.person, ask.desk.now()), most=1)
        count = len(rows.open_ticket_ids(connection, number))
    means = ask.desk.app.means
    shown = answering.preview(means, members[0].ticket, text) if members else None
    return ask.page(
        "desk/incident_preview.html",
        status,
        incident=incidentwords.Teller(ask.words, means.rules, ask.desk.now()).head(incident),
        text=text,
        outcome=outcome,
        proposal=proposal,
        count=count,
        letter=shown,
        stops=guardwords.worded(ask.words, found),
        sends=ask.person.may(Right.WORK),
        closings=incidentwords.closings(ask.words),
        key=new_key,
    )


def _means(act: IncidentAct) -> tuple[Database, Means]:
    return act.ask.desk.database, act.ask.desk.app.means
