"""What somebody is writing: kept on the server, filled from ready answers, looked at before it is sent."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.outboundguard import objections
from triage.core.people import Right
from triage.db import drafts
from triage.service import answering, drafting
from triage.web import actpanel, guardwords, readyanswers
from triage.web.access import Asking, DeskRouter
from triage.web.rownumbers import Version
from triage.web.ticketact import Acting, Short, Text, new_key, ticket_path

router = DeskRouter()

LIKE = "suggestions"
"""Where the answers to like cases stand, below the page of a ticket."""

Parts = Annotated[list[str], Form(max_length=3)]


@router.act("/tickets/{code}/draft", Right.NOTE)
def keep(
    ask: Asking,
    code: str,
    text: Text = "",
    sort: Short = "answer",
    then: Short = "",
    version: Version = None,
) -> Response:
    """Keep what somebody is writing; also asked for by the page itself while he types.

    ``then`` leads on to the answers to like cases, so that nothing is lost on the way there and back.
    """
    kind, desk = drafts.NOTE if sort == drafts.NOTE else drafts.ANSWER, ask.desk
    drafting.keep(
        desk.database, desk.app.means.clock, ask.person, code, sort=kind, body=text, version=version
    )
    return ask.go(f"{ticket_path(code)}/{LIKE}" if then == LIKE else f"{ticket_path(code)}#{kind}")


@router.act("/tickets/{code}/insert", Right.WORK)
def insert(
    ask: Asking, code: str, text: Text = "", template: Short = "", version: Version = None
) -> Response:
    """Add a ready answer at the end of the draft; with JavaScript the page does it at the cursor instead."""
    desk, ticket = ask.desk, ask.ticket(code)
    more = readyanswers.filled_one(ask, ticket, template)
    drafting.append(
        desk.database, desk.app.means.clock, ask.person, code, body=text, more=more, version=version
    )
    return ask.go(f"{ticket_path(code)}#answer")


@router.act("/tickets/{code}/preview", Right.WORK)
def preview(act: Acting, text: Text = "", outcome: Short = "") -> HTMLResponse:
    """Show the letter as the unit will get it, with what would stop it, else with the way to send it."""
    ask, means = act.ask, act.ask.desk.app.means
    ticket = ask.ticket(act.code)
    act.keep(drafts.ANSWER, text)
    return ask.page(
        "desk/answer_preview.html",
        ticket=ticket,
        text=text,
        outcome=outcome,
        version=ticket.version if act.version is None else act.version,
        after=actpanel.after_send(ask.person),
        key=new_key(),
        letter=answering.preview(means, ticket, text),
        stops=guardwords.worded(ask.words, objections(text, means.rules.trust)),
    )
