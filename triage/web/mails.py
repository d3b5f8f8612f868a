"""The mails of the desk: each as a page, its HTML in a frame, its files, and for some its bytes as they came.

A mail is seen by whoever sees its ticket; one that belongs to none, by those who see everything. Pictures are
the exception: the frame of a mail's HTML sends no cookie, so a token alone lets them be loaded.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import HTTPException, Query, Response
from fastapi.responses import HTMLResponse

from triage.core.parse import read_mail
from triage.core.people import Right
from triage.db import decisions, onemail
from triage.db.onemail import OneMail
from triage.web import letterwords, mailboxes, shown, verdictwords, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import AnyDesk, Ask, Desk
from triage.web.dispositions import content_disposition
from triage.web.files import shown_files
from triage.web.headers import DOWNLOAD_HEADERS, PDF_HEADERS
from triage.web.mailpage import ShownMail, View, mail_page
from triage.web.rownumbers import Number, Place
from triage.web.tellings import Telling
from triage.web.templating import Words
from triage.web.viewer import (
    SAVES_A_FILE,
    SHOWS_A_PICTURE,
    Destination,
    body_of,
    file_of,
    made_safe,
    part_of,
    picture_of,
)

router = DeskRouter()

_SHOWN_IN_A_FRAME = frozenset({"", "iframe", "document"})

AnyView = Annotated[View, Query()]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A mail that somebody sees: its row, and what is shown of it; None where it cannot be shown."""

    row: OneMail
    one: ShownMail | None

    def shown(self) -> ShownMail:
        """Give what is shown. Raises HTTPException (404) where there is nothing to show."""
        if self.one is None:
            raise HTTPException(404)
        return self.one

    @property
    def text_only(self) -> bool:
        """Whether pictures and papers wait for somebody to save them: the sender is held or an impostor."""
        return verdictwords.shows_text_only(self.row.status, self.row.verdict)


@router.page("/m/{mail}", Right.READ)
def page(ask: Asking, mail: Number, view: AnyView = View.NEW) -> HTMLResponse:
    """Show a mail with its secrets hidden: its new words first."""
    return _page(ask, _seen(ask, mail), view, f"/m/{mail}")


@router.page("/m/{mail}/unmasked", Right.RAW)
def unmasked(ask: Asking, mail: Number, view: AnyView = View.NEW) -> HTMLResponse:
    """Show a mail with everything that it gives away."""
    return _page(ask, _seen(ask, mail, unmasked=True), view, f"/m/{mail}/unmasked")


@router.page("/m/{mail}/body", Right.READ)
def body(ask: Asking, mail: Number) -> Response:
    """Give the HTML of a mail as a document of its own; none where anything of the mail is hidden."""
    return body_of(_seen(ask, mail).shown(), f"/m/{mail}", ask.desk.images)


@router.page("/m/{mail}/unmasked/body", Right.RAW)
def unmasked_body(ask: Asking, mail: Number) -> Response:
    """Give the HTML of a mail with everything that it gives away."""
    return body_of(_seen(ask, mail, unmasked=True).shown(), f"/m/{mail}", ask.desk.images)


@router.get("/m/{mail}/image/{place}")
def image(
    desk: AnyDesk,
    mail: Number,
    place: Place,
    t: Annotated[str, Query(max_length=100)] = "",
    destination: Destination = "",
) -> Response:
    """Give one picture of a mail to whoever holds its token."""
    if not desk.images.is_good(t, mail, place) or destination not in SHOWS_A_PICTURE:
        raise HTTPException(404)
    one = _read(desk, mail, unmasked=False)
    if one is None:
        raise HTTPException(404)
    return picture_of(one, place)


@router.page("/m/{mail}/part/{place}", Right.READ)
def part(ask: Asking, mail: Number, place: Place, destination: Destination = "") -> Response:
    """Give one attachment to be saved, never to be shown."""
    if destination not in SAVES_A_FILE:
        raise HTTPException(403)
    return file_of(_seen(ask, mail).shown(), place)


@router.page("/m/{mail}/look/{place}", Right.READ)
def look(ask: Asking, mail: Number, place: Place) -> HTMLResponse:
    """Show a picture or a PDF of a mail by itself; 404 for whatever else, and where only text is shown."""
    seen = _seen(ask, mail)
    files = shown_files(seen.shown(), ask.words, None if seen.text_only else ask.desk.images)
    found = next((one for one in files if one.place == place), None)
    if found is None or seen.text_only or not (found.picture or found.is_pdf):
        raise HTTPException(404)
    return ask.page("desk/look.html", file=found, mail=seen.row)


@router.page("/m/{mail}/pdf/{place}", Right.READ)
def pdf(ask: Asking, mail: Number, place: Place, destination: Destination = "") -> Response:
    """Give a PDF for the browser's own reader, under a policy that leaves it no rights at all."""
    seen = _seen(ask, mail)
    attachment, data = part_of(seen.shown(), place)
    if seen.text_only or attachment.detected != "pdf" or destination not in _SHOWN_IN_A_FRAME:
        raise HTTPException(404)
    disposition = content_disposition("inline", attachment.name, place + 1)
    headers = {**PDF_HEADERS, "Content-Disposition": disposition}
    return Response(data, media_type="application/pdf", headers=headers)


@router.page("/m/{mail}/raw", Right.RAW)
def source(ask: Asking, mail: Number, destination: Destination = "") -> Response:
    """Show the bytes of a mail as they came, as text."""
    if destination not in SAVES_A_FILE:
        raise HTTPException(403)
    return Response(_bytes(ask, mail), media_type="text/plain; charset=utf-8", headers=DOWNLOAD_HEADERS)


@router.page("/m/{mail}/eml", Right.RAW)
def eml(ask: Asking, mail: Number, destination: Destination = "") -> Response:
    """Give the bytes of a mail as they came, to be saved."""
    if destination not in SAVES_A_FILE:
        raise HTTPException(403)
    disposition = content_disposition("attachment", f"thu-{mail}.eml", mail)
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": disposition}
    return Response(_bytes(ask, mail), media_type="application/octet-stream", headers=headers)


def _found(ask: Ask, mail: int) -> OneMail:
    with ask.desk.database.read() as connection:
        row = onemail.find(connection, mail, ask.person, ask.desk.now())
    if row is None:
        raise HTTPException(404)
    return row


def _seen(ask: Ask, mail: int, *, unmasked: bool = False) -> _Seen:
    row = _found(ask, mail)
    return _Seen(row, _read(ask.desk, mail, unmasked=unmasked) if row.may_be_read else None)


def _read(desk: Desk, mail: int, *, unmasked: bool) -> ShownMail | None:
    with desk.database.read() as connection:
        stored = onemail.shown_bytes(connection, mail)
    if stored is None:
        return None
    received_at, raw = stored
    return ShownMail(mail, received_at, raw, read_mail(raw), unmasked=unmasked)


def _bytes(ask: Ask, mail: int) -> bytes:
    """Give the bytes of any mail that this person sees, also one that nobody could read."""
    _found(ask, mail)
    with ask.desk.database.read() as connection:
        raw = onemail.raw_bytes(connection, mail)
    if raw is None:
        raise HTTPException(404)
    return raw


def _page(ask: Ask, seen: _Seen, view: View, here: str) -> HTMLResponse:
    row, zone = seen.row, ask.desk.app.means.zone
    head: dict[str, Any] = {
        "mail": row,
        "here": here,
        "kind": letterwords.mail_kind(ask.words, row.kind),
        "received": wording.moment(row.received_at, ask.desk.app.means.rules.calendar),
        "mailbox": mailboxes.called(ask.desk.app.config, row.mailbox),
        "size": shown.size(row.size),
        "erased": shown.moment(row.erased_at, zone),
        "band": _band(ask, row),
        "text_only": seen.text_only,
        "may_see_raw": ask.person.may(Right.RAW),
    }
    return ask.page("desk/mail.html", **head, **_content(ask, seen, view, here))


def _content(ask: Ask, seen: _Seen, view: View, here: str) -> dict[str, Any]:
    if seen.one is None:
        return {"page": None, "fields": (), "files": ()}
    english = ask.words.language == "en"
    notes: tuple[str, ...] = ()
    if view is View.HTML:
        safe = made_safe(seen.one, here, ask.desk.images)
        notes = tuple(note.en if english else note.vi for note in safe.notes)
        view = view if safe.html is not None else View.FULL
    tokens = None if seen.text_only else ask.desk.images
    shown_mail = mail_page(seen.one, view, notes, ask.desk.app.means.zone)
    labels = _labels(ask.words)
    return {
        "page": shown_mail,
        "fields": tuple((labels.get(label, label), value) for label, value in shown_mail.fields),
        "files": shown_files(seen.one, ask.words, tokens, look_inside=True),
    }


def _labels(words: Words) -> dict[str, str]:
    """Give the words for the fields of a mail, by those of the page that is served without a desk."""
    return {
        "Từ": words.say("Từ"),
        "Trả lời về": words.say("Trả lời về"),
        "Tới": words.say("Tới"),
        "Đồng gửi": words.say("Đồng gửi"),
        "Nhận lúc": words.say("Nhận lúc"),
        "Thư ghi ngày": words.say("Thư ghi ngày"),
    }


def _band(ask: Ask, row: OneMail) -> verdictwords.Band | None:
    with ask.desk.database.read() as connection:
        documents = decisions.latest_documents(connection, [row.id])
    known = frozenset(filter(None, [row.code]))
    return verdictwords.band_of(row.verdict or "", documents.values(), Telling(ask.words, known))
