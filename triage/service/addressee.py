"""Whom an answer on a ticket goes to: whoever wrote last, unless he is doubted or no person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from triage.core.address import can_be_answered
from triage.core.compose import can_stand_in_header
from triage.core.decide import decide
from triage.core.decision import Verdict
from triage.core.facts import Facts
from triage.core.firstreading import QUIET
from triage.core.history import HELD, RELEASED
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail
from triage.core.replies import reply_address
from triage.core.reply_guards import is_robot
from triage.core.rules import Office
from triage.core.tickets import TicketStatus
from triage.db import conversation, decisions, history, mails
from triage.db.mails import MailRow
from triage.db.senderlists import CONFIRMED_IMPOSTOR
from triage.db.tickets import TicketRow
from triage.errors import StorageError
from triage.service.means import Means

_QUIET = frozenset(kind.value for kind in QUIET)
_BELIEVED = frozenset({Verdict.TRUSTED, Verdict.ORDINARY})
_JUDGED = frozenset({HELD, RELEASED, CONFIRMED_IMPOSTOR})


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is answered, and the thread that the answer joins.

    ``elsewhere`` is the address that the mail would have answers sent to where that is not followed, and
    ``imitated`` says that it is this address for which the mail was held until somebody released it;
    ``mailbox`` is what the mail that is answered was stored under.
    """

    address: str
    message_id: str
    references: Sequence[str]
    elsewhere: str = ""
    mailbox: str = ""
    imitated: bool = False


def addressee(connection: Connection, ticket: TicketRow, means: Means) -> Addressee | None:
    """Give who an answer goes to; None where nobody may be answered: an impostor, a robot, ourselves."""
    if ticket.status == TicketStatus.HELD:
        return None
    if ticket.verdict == Verdict.IMPERSONATION:
        return _of_released(connection, ticket, means)
    numbers = conversation.told_mail_ids(connection, ticket.id)
    rows = mails.listed(connection, ids=numbers) if numbers else []
    for row in rows:  # the newest first
        if row.kind in _QUIET or _is_doubted(connection, row.id):
            continue
        found = _of(connection, row)
        return found if _may_be_answered(found.address, means.rules.office) else None
    return None


def shown_addressee(connection: Connection, ticket: TicketRow, means: Means) -> Addressee | None:
    """Give the same for a page; nobody while the storage is down and the mail cannot say who is answered."""
    try:
        return addressee(connection, ticket, means)
    except StorageError:
        return None


def _of_released(connection: Connection, ticket: TicketRow, means: Means) -> Addressee | None:
    """Give From of the mail that somebody released, where nothing but its Reply-To was an impostor's.

    Whether that is so is decided anew without Reply-To, with what was known on the day: a From that would
    have been doubted by itself is answered as little as before.
    """
    judged = [one for one in history.events(connection, ticket.id) if one.verb in _JUDGED]
    released = judged[-1] if judged and judged[-1].verb == RELEASED else None
    stored = mails.contents(connection, [released.mail_id]) if released and released.mail_id else []
    raw = stored[0].readable() if stored else None
    known = decisions.latest(connection, stored[0].id) if raw else None
    if raw is None or known is None:
        return None
    mail = read_mail(raw)
    alone, facts = replace(mail, reply_to=()), Facts.from_json(known.facts)
    decision = decide(alone, facts, means.rules, stored[0].received_at, parts_of(mail, raw))
    to = mail.sender.address.strip()
    if decision.sender.verdict not in _BELIEVED or not _may_be_answered(to, means.rules.office):
        return None
    return replace(_of_mail(mail, to, stored[0].mailbox), imitated=True)


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
    return _of_mail(mail, reply_address(mail), row.mailbox)


def _of_mail(mail: Mail, to: str, mailbox: str) -> Addressee:
    thread = mail.references or mail.in_reply_to
    return Addressee(to, mail.message_id, thread, _elsewhere(mail, to), mailbox)


def _elsewhere(mail: Mail, to: str) -> str:
    """Give the addresses that a mail would have answers sent to beside the one that gets them."""
    wanted = (one.address.strip() for one in mail.reply_to)
    return ", ".join(one for one in wanted if one.lower() != to.lower())


def _may_be_answered(address: str, office: Office) -> bool:
    ours = address.lower() in office.addresses | office.misprints
    return not ours and not is_robot(address) and can_be_answered(address) and can_stand_in_header(address)
