"""Answers to like cases, on a page of their own: looked for only when somebody asks, and never sent by it."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.nearest import Nearness
from triage.core.people import Right
from triage.service import suggesting
from triage.web import wording
from triage.web.access import Asking, DeskRouter
from triage.web.rownumbers import Version
from triage.web.templating import Words
from triage.web.ticketact import ticket_path

router = DeskRouter()

Source = Annotated[str, Form(max_length=20)]


@router.page("/tickets/{code}/suggestions", Right.NOTE)
def page(ask: Asking, code: str) -> HTMLResponse:
    """Show what like tickets were answered, with names and numbers hidden."""
    means = ask.desk.app.means
    ticket, found = suggesting.suggestions(ask.desk.database, means.clock, means.rules, ask.person, code)
    return ask.page(
        "desk/suggestions.html",
        ticket=ticket,
        category=wording.category(ask.words, means.rules.categories, ticket.category),
        allowed=suggesting.may_be_suggested(ticket),
        found=found,
        near={one.value: nearness(ask.words, one) for one in Nearness},
        day=lambda moment: wording.moment(moment, means.rules.calendar),
    )


@router.act("/tickets/{code}/suggestions", Right.NOTE)
def take_over(ask: Asking, code: str, source: Source = "", version: Version = None) -> Response:
    """Put one of these answers below the draft; a person goes on writing, and sends."""
    means = ask.desk.app.means
    suggesting.take_over(
        ask.desk.database, means.clock, means.rules, ask.person, code, source=source, version=version
    )
    return ask.go(f"{ticket_path(code)}#answer")


def nearness(words: Words, one: Nearness) -> str:
    """Say how near a case is."""
    match one:
        case Nearness.NEAREST:
            return words.say("Gần như cùng một việc")
        case Nearness.NEARER:
            return words.say("Rất giống")
        case Nearness.NEAR:
            return words.say("Khá giống")
