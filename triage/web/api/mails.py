"""Mails for programs: what a mail says with its secrets hidden, and for some its bytes as they came."""

from fastapi.responses import Response

from triage.core.apiscopes import Scope
from triage.core.mail import Address
from triage.core.parse import read_mail
from triage.core.people import Right
from triage.db import onemail
from triage.db.onemail import OneMail
from triage.errors import NotFoundError
from triage.web import mailboxes
from triage.web.api.access import ApiRouter, Caller, Calling
from triage.web.api.models import FileHead, MailCard, Party
from triage.web.headers import DOWNLOAD_HEADERS
from triage.web.mailpage import ShownMail
from triage.web.rownumbers import Number

router = ApiRouter()

_MOST_PARTIES = 100
_BYTES = {"content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}


@router.ask("GET", "/mails/{mail}", Scope.MAILS_READ, responses={404: {}})
def show_mail(ask: Calling, mail: Number) -> MailCard:
    """Show a mail: its heads, its new words, its files."""
    row = _found(ask, mail)
    one = _read(ask, row) if row.may_be_read else None
    said = one.mail if one else None
    return MailCard(
        id=row.id,
        ticket=row.code,
        kind=row.kind,
        state=row.state,
        received_at=row.received_at,
        mailbox=mailboxes.called(ask.desk.app.config, row.mailbox) or None,
        erased_at=row.erased_at,
        size=row.size,
        date=said.date if said else None,
        sender=_parties(one, said.senders)[0] if one and said and said.senders else None,
        reply_to=_parties(one, said.reply_to) if said else [],
        to=_parties(one, said.to) if said else [],
        cc=_parties(one, said.cc) if said else [],
        subject=one.hide(one.mail.subject) if one else None,
        text=one.hide(one.mail.new_text) if one else None,
        files=[
            FileHead(name=one.hide(file.name), type=file.type, size=file.size, inline=file.inline)
            for file in (said.attachments if said else ())
            if one
        ],
    )


@router.ask(
    "GET",
    "/mails/{mail}/raw",
    Scope.MAILS_RAW,
    Right.RAW,
    response_class=Response,
    responses={200: _BYTES, 404: {}},
)
def raw_mail(ask: Calling, mail: Number) -> Response:
    """Give the bytes of a mail as they came, with everything that it gives away."""
    row = _found(ask, mail)
    with ask.desk.database.read() as connection:
        raw = onemail.raw_bytes(connection, row.id)
    if raw is None:
        raise NotFoundError("The bytes of this mail are gone.")
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": f'attachment; filename="mail-{row.id}.eml"'}
    return Response(raw, media_type="message/rfc822", headers=headers)


def _found(ask: Caller, mail: int) -> OneMail:
    with ask.desk.database.read() as connection:
        row = onemail.find(connection, mail, ask.person, ask.desk.now())
    if row is None:
        raise NotFoundError("There is no such mail.")
    return row


def _read(ask: Caller, row: OneMail) -> ShownMail | None:
    with ask.desk.database.read() as connection:
        stored = onemail.shown_bytes(connection, row.id)
    return ShownMail(row.id, stored[0], stored[1], read_mail(stored[1])) if stored else None


def _parties(one: ShownMail | None, many: tuple[Address, ...]) -> list[Party]:
    if one is None:
        return []
    return [
        Party(name=one.hide(party.name), address=one.hide(party.address)) for party in many[:_MOST_PARTIES]
    ]
