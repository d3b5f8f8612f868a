"""Bringing a CSV file into the directory of units: first what it would do, line by line, then the act."""

from typing import Annotated

from fastapi import File, Form, UploadFile
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right
from triage.errors import RefusedActError
from triage.service import unitforms
from triage.service.unitentries import COLUMNS
from triage.service.unitforms import MOST_ROWS, TriedLine
from triage.service.units import Imported
from triage.web import refusals
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.ticketact import new_key
from triage.web.unitspage import Key, form_of

router = DeskRouter()

LARGEST = 400_000
"""Bytes of a file; a form is sent back with all of it."""

MOST_SHOWN = 200
"""Lines that the page names, what is wrong first."""

Brought = Annotated[UploadFile | None, File()]
Text = Annotated[str, Form(max_length=LARGEST)]


@router.page("/units/import", Right.UNITS)
def page(ask: Asking) -> HTMLResponse:
    """Ask for a file."""
    return _page(ask)


@router.act("/units/import/try", Right.UNITS)
def try_file(ask: Asking, text: Text = "", file: Brought = None) -> HTMLResponse:
    """Show what a file would do, line by line, and do nothing."""
    say = ask.words.say
    brought = file.file.read(LARGEST + 1) if file is not None and file.size else text.encode()
    if not brought.strip():
        return _page(ask, status=422, refused=say("Hãy chọn một tệp CSV."))
    if len(brought) > LARGEST:
        told = say("Tệp lớn hơn 400 KB. Hãy chia nhỏ, hoặc dùng lệnh triage units import trên máy chủ.")
        return _page(ask, status=422, refused=told)
    try:
        read = brought.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = say("Tệp không phải UTF-8. Trong bảng tính, hãy lưu dạng “CSV UTF-8”.")
        return _page(ask, status=422, refused=told)
    desk = ask.desk
    try:
        tried = unitforms.try_file(desk.database, desk.app.means, read, actor=ask.person.name)
    except RefusedActError as error:
        return _page(ask, status=422, refused=refusals.worded(ask.words, error))
    return _page(ask, text=read, tried=tried)


@router.act("/units/import", Right.UNITS)
def bring_in(ask: Asking, text: Text, key: Key) -> Response:
    """Bring a file in that was tried before: all of it or nothing."""
    words, desk = ask.words, ask.desk

    def tell(done: Imported) -> str:
        added = words.count("Đã thêm %(num)s đơn vị", "Đã thêm %(num)s đơn vị", done.added)
        return words.say("%(added)s, sửa %(changed)s đơn vị.", added=added, changed=done.changed)

    form = form_of(ask, key, {"text": text})
    unitforms.bring_in(desk.database, desk.app.means, form, text, tell)
    return ask.go("/units", act=key)


def _page(
    ask: Ask, *, status: int = 200, refused: str = "", text: str = "", tried: list[TriedLine] | None = None
) -> HTMLResponse:
    lines = tried or []
    wrong = [one for one in lines if one.error]
    telling = [*wrong, *(one for one in lines if not one.error and not one.same)]
    return ask.page(
        "desk/unit_import.html",
        status,
        refused=refused,
        text=text,
        tried=tried is not None,
        lines=[
            (one, refusals.sentence(ask.words, one.error) if one.error else "")
            for one in telling[:MOST_SHOWN]
        ],
        hidden=max(0, len(telling) - MOST_SHOWN),
        wrong=len(wrong),
        added=sum(1 for one in lines if not one.error and one.known is None),
        changed=sum(1 for one in lines if not one.error and one.known and not one.same),
        same=sum(1 for one in lines if one.same),
        columns=COLUMNS,
        most=MOST_ROWS,
        key=new_key(),
        visible=visible,
    )
