"""Sends each new ticket of his queues to a coordinator who wishes so, as it came or in our words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from triage.core.address import counted_address
from triage.core.compose import new_message_id
from triage.core.decision import Verdict
from triage.core.letternames import RESENT, TICKET_NOTICE
from triage.core.letters import in_words, quoted_subject, spelled_out, without_links
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.people import Person, Right
from triage.core.resent import resent
from triage.core.staffmail import MARK
from triage.core.tickets import TicketStatus
from triage.core.veil import shows_all, veil_of
from triage.db import forwards, history, mails, outbox, tickets
from triage.db.engine import Database
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import TriageError
from triage.service import colleagueletters
from triage.service.means import Means

log = structlog.get_logger()

FORWARD, SINCE = "forward", "forward_since"
"""The wish among the preferences of a person, and from when on (ISO 8601, UTC)."""

MOST_AT_ONCE = 50
LOOKS_BACK = timedelta(days=2)
"""A ticket that is older is in the digest of the morning."""

LONGEST_QUOTED = 4_000
_TRUSTED = frozenset({Verdict.TRUSTED.value, Verdict.ORDINARY.value})


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How tickets are told of: ``original`` sends mails as they came, up to ``most_bytes``."""

    original: bool
    most_bytes: int


def send_due(database: Database, means: Means, how: Forwarding) -> int:
    """Tell of the tickets that are due, each in a transaction of its own; gives how many.

    A crash leaves each told or not told; any number of processes may do this at once.
    """
    now = means.clock.now()
    with database.read() as connection:
        due = [
            (person, ticket_id)
            for person in forwards.readers(connection, now)
            if person.preferences.get(FORWARD) is True
            for ticket_id in forwards.without(connection, person, _since(person, now), now, MOST_AT_ONCE)
        ]
    sent = 0
    for person, ticket_id in due:
        with database.write() as connection:
            sees = visible_to(person, now)
            ticket = tickets.find_by_id(connection, ticket_id, visible=sees, lock=True)
            if ticket is None or ticket.status in {TicketStatus.HELD, TicketStatus.CLOSED}:
                continue
            if forwards.claim(connection, person.id, ticket_id, now):
                _write(connection, means, how, person, ticket, now)
                sent += 1
    return sent


def send_regularly(database: Database, means: Means, how: Forwarding) -> None:
    """Send as a scheduled job: trouble is logged, and the next round goes on where this one stopped."""
    try:
        if sent := send_due(database, means, how):
            log.info("tickets_forwarded", count=sent)
    except TriageError as error:
        log.error("forwarding_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def _since(person: Person, now: datetime) -> datetime:
    """Give from when on somebody is told: since he wished it, and nothing that is older than two days."""
    try:
        wished = datetime.fromisoformat(str(person.preferences.get(SINCE)))
    except ValueError:
        return now
    return max(wished, now - LOOKS_BACK)


def _write(
    connection: Connection, means: Means, how: Forwarding, person: Person, ticket: TicketRow, now: datetime
) -> None:
    raw = _first_mail(connection, ticket) if ticket.verdict in _TRUSTED else b""
    mail = read_mail(raw) if raw else None
    if how.original and mail and len(raw) <= how.most_bytes and _may_have(person, mail):
        message_id = new_message_id(
            f"{RESENT}/{ticket.code}/{person.id}", means.from_address.rpartition("@")[2]
        )
        at = now.astimezone(means.zone)
        whole = resent(raw, ours=means.from_address, to=person.email, at=at, message_id=message_id)
        if whole:
            _put(connection, person, ticket, whole, message_id, now)
            return
    code = means.codes.write(ticket.id, person.id, now) if means.codes else ""
    tagged = bool(means.codes and means.codes.tagged)
    colleagueletters.write(
        connection,
        means,
        TICKET_NOTICE,
        person.email,
        {**_values(means, ticket, mail, code, tagged=tagged), "office": means.rules.office},
        seed=f"{ticket.code}/{person.id}",
        now=now,
        reply_to=means.codes.address(means.from_address, code) if means.codes and tagged else "",
    )


def _first_mail(connection: Connection, ticket: TicketRow) -> bytes:
    number = history.first_mail_id(connection, ticket.id)
    stored = next(iter(mails.contents(connection, [number])), None) if number is not None else None
    return (stored.readable() if stored else None) or b""


def _may_have(person: Person, mail: Mail) -> bool:
    """Whether a raw mail shows somebody no more than the desk does, where secrets are hidden from him."""
    return person.may(Right.RAW) or shows_all(mail)


def _values(means: Means, ticket: TicketRow, mail: Mail | None, code: str, *, tagged: bool) -> dict[str, Any]:
    text = without_links(veil_of(mail).hide(mail.new_text))[:LONGEST_QUOTED].strip() if mail else ""
    return {
        "code": ticket.code,
        "due": in_words(ticket.due_at, means.zone) if ticket.due_at else None,
        "mark": MARK,
        "reply_days": means.codes.days if means.codes else 0,
        "notice": {
            "queue": ticket.queue,
            "name": spelled_out(means.rules.treasuries.queue_name(ticket.queue)) or ticket.queue,
            "subject": quoted_subject(ticket.subject),
            "lines": tuple(text.split("\n")) if text else (),
            "files": len([one for one in mail.attachments if not one.inline]) if mail else 0,
            "doubted": ticket.verdict not in _TRUSTED,
            "reply_code": code or None,
            "in_subject": bool(code) and not tagged,
        },
    }


def _put(
    connection: Connection, person: Person, ticket: TicketRow, whole: bytes, message_id: str, now: datetime
) -> None:
    outbox.add(
        connection,
        letter=RESENT,
        recipient=person.email,
        counted_as=counted_address(person.email),
        domain=person.email.rpartition("@")[2].lower(),
        subject=ticket.subject,
        message_id=message_id,
        content=whole,
        created_at=now.astimezone(UTC),
    )
