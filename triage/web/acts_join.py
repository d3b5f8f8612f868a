"""Tickets that belong together or apart: link, merge, split, and the way back."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response
from pydantic import Field

from triage.core.people import Right
from triage.service import linking, merging, splitting
from triage.web.access import DeskRouter
from triage.web.rownumbers import LAST
from triage.web.ticketact import Acting, Short, ticket_path

router = DeskRouter()

Mails = Annotated[list[Annotated[int, Field(ge=1, le=LAST)]], Form(max_length=200)]


@router.act("/tickets/{code}/link", Right.WORK)
def link(act: Acting, other: Short = "") -> Response:
    """Say that two tickets have to do with each other."""
    errand = act.errand(act.ask.words.say("Đã ghi phiếu %(code)s liên quan tới %(other)s."), other=other)
    linking.link(act.database, act.clock, errand, other)
    return act.done()


@router.act("/tickets/{code}/unlink", Right.WORK)
def unlink(act: Acting, other: Short = "") -> Response:
    """Say that two tickets have nothing to do with each other after all."""
    errand = act.errand(act.ask.words.say("Đã bỏ liên quan giữa %(code)s và %(other)s."), other=other)
    linking.unlink(act.database, act.clock, errand, other)
    return act.done()


@router.act("/tickets/{code}/merge", Right.WORK)
def merge(act: Acting, other: Short = "") -> Response:
    """Merge a ticket into another and go there."""
    errand = act.errand(act.ask.words.say("Đã gộp phiếu %(code)s vào phiếu này."))
    done = merging.merge(act.database, act.clock, errand, act.rules, other)
    return act.done(ticket_path(str(done["into"])))


@router.act("/tickets/{code}/unmerge", Right.WORK)
def unmerge(act: Acting) -> Response:
    """Take a merge back."""
    errand = act.errand(act.ask.words.say("Đã tách phiếu %(code)s trở lại như trước khi gộp."))
    merging.unmerge(act.database, act.clock, errand)
    return act.done()


@router.act("/tickets/{code}/split", Right.WORK)
def split(act: Acting, mail: Mails = []) -> Response:  # noqa: B006 - FastAPI copies what a form lacks
    """Move chosen mails to a new ticket and go there."""
    errand = act.errand(act.ask.words.say("Đã tách thư từ phiếu %(code)s thành phiếu này."))
    done = splitting.split(act.database, act.ask.desk.app.means, errand, mail)
    return act.done(ticket_path(str(done["new"])))
