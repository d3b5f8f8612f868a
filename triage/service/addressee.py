"""Whom an answer on a ticket goes to: whoever wrote last, unless he is doubted or no person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from triage.core.address import can_be_answered
from triage.core.compose import can_stand_in_header
from triage.core.decision import Verdict
from triage.core.firstreading import QUIET
from triage.core.parse import read_mail
from triage.core.replies import reply_address
from triage.core.reply_guards import is_robot
from triage.core.rules import Office
from triage.core.tickets import TicketStatus
from triage.db import decisions, mails, tickets
from triage.db.mails import MailRow
from triage.db.tickets import TicketRow
from triage.errors import StorageError

_QUIET = frozenset(kind.value for kind in QUIET)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is answered, and the thread that the answer joins.

    ``elsewhere`` is the address that the mail would have answers sent to where that is not followed;
    ``mailbox`` is what the mail that is answered was stored under.
    """

    address: str
    message_id: str
    references: Sequence[str]
    elsewhere: str = ""
    mailbox: str = ""


def addressee(connection: Connection, ticket: TicketRow, office: Office) -> Addressee | None:
    """Give who an answer goes to; None where nobody may be answered: an impostor, a robot, ourselves."""
    if ticket.status == TicketStatus.HELD or ticket.verdict == Verdict.IMPERSONATION:
        return None
    numbers = tickets.mail_ids(connection, ticket.id)
    rows = mails.listed(connection, ids=numbers) if numbers else []
    for row in rows:  # the newest first
        if row.kind in _QUIET or _is_doubted(connection, row.id):
            continue
        found = _of(connection, row)
        return found if _may_be_answered(found.address, office) else None
    return None


def shown_addressee(connection: Connection, ticket: TicketRow, office: Office) -> Addressee | None:
    """Give the same for a page; nobody while the storage is down and the mail cannot say who is answered."""
    try:
        return addressee(connection, ticket, office)
    except StorageError:
        return None


def _is_doubted(connection: Connection, mail_id: int) -> bool:
    decided = decisions.latest(connection, mail_id)
    sender = decided.document.get("sender", {}) if decided else {}
    return bool(sender.get("verdict") == Verdict.IMPERSONATION.value)


def _of(connection: Connection, row: MailRow) -> Addressee:
    """Read the mail that is answered; of one whose bytes were erased the columns are left."""
    stored = next(iter(mails.contents(connection, [row.id])), None)
    raw = stored.readable() if stored else None
    if not raw:
        return Addressee(row.from_address, row.message_id, (), mailbox=row.mailbox)
    mail = read_mail(raw)
    to = reply_address(mail)
    wanted = [one.address.strip() for one in mail.reply_to if one.address.strip().lower() != to.lower()]
    thread = mail.references or mail.in_reply_to
    return Addressee(to, mail.message_id, thread, ", ".join(wanted), row.mailbox)


def _may_be_answered(address: str, office: Office) -> bool:
    ours = address.lower() in office.addresses | office.misprints
    return not ours and not is_robot(address) and can_be_answered(address) and can_stand_in_header(address)
