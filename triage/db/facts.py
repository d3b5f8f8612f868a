"""Gathers what the database knows about a mail, for the pure decision."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, case, func, select, union_all

from triage.core.address import counted_address
from triage.core.belonging import takes_part
from triage.core.facts import Facts, TicketFact
from triage.core.letternames import WRITTEN
from triage.core.onespelling import spellings
from triage.core.reading import Question
from triage.core.surges import like_any
from triage.core.tickets import TicketStatus
from triage.db import incidents, related, senderlists, units, verification
from triage.db.schema import ACTING, WRITES, decisions, mails, outbox, ticket_parties, tickets

CAP_WINDOW = timedelta(hours=1)
TICKET_CAP_WINDOW = timedelta(days=1)


_SENDERS: BindParameter[str] = bindparam("senders", expanding=True)
_DOMAINS: BindParameter[str] = bindparam("domains", expanding=True)
_KNOWN = select(
    select(decisions.c.mail_id)
    .where(decisions.c.mail_key == bindparam("key"), ACTING)
    .scalar_subquery()
    .label("acted_mail_id"),
    select(tickets.c.queue)
    .where(tickets.c.requester_address.in_(_SENDERS))
    .order_by(tickets.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("history_queue"),
    select(func.count())
    .where(
        outbox.c.counted_as == bindparam("counted_as"),
        outbox.c.created_at > bindparam("since"),
        outbox.c.letter.not_in(WRITTEN),
    )
    .scalar_subquery()
    .label("letters_last_hour"),
    select(func.count())
    .where(
        outbox.c.domain.in_(_DOMAINS),
        outbox.c.created_at > bindparam("since"),
        outbox.c.letter.not_in(WRITTEN),
    )
    .scalar_subquery()
    .label("letters_to_domain"),
    senderlists.ANSWERED.label("was_answered"),
    incidents.ANY_OPEN.label("incident_open"),
)
_ON_TICKET = select(
    func.count(),
    func.count(case((outbox.c.created_at > bindparam("since"), outbox.c.id))).label("lately"),
).where(outbox.c.ticket_id == bindparam("ticket_id"), outbox.c.letter.not_in(WRITTEN))
_NAMED = tickets.alias("named")
_TICKETS = select(
    tickets.c.id,
    tickets.c.code,
    tickets.c.queue,
    tickets.c.status,
    tickets.c.closed_at,
    ticket_parties.c.address,
).join(ticket_parties, and_(ticket_parties.c.ticket_id == tickets.c.id, WRITES), isouter=True)
_BY_ID = _TICKETS.where(tickets.c.id == bindparam("ticket_id"))
# A ticket that was merged into another is that other one, whoever names its code.
_BY_CODE = (
    _TICKETS.add_columns(_NAMED.c.code.label("called"))
    .join(_NAMED, tickets.c.id == func.coalesce(_NAMED.c.merged_into, _NAMED.c.id))
    .where(_NAMED.c.code.in_(bindparam("codes", expanding=True)))
)
_IDS: BindParameter[str] = bindparam("message_ids", expanding=True)
_THREADS = union_all(
    select(outbox.c.message_id, outbox.c.ticket_id).where(outbox.c.message_id.in_(_IDS)),
    select(mails.c.message_id, mails.c.ticket_id).where(mails.c.message_id.in_(_IDS)),
)


def gather(connection: Connection, question: Question, now: datetime) -> Facts:
    """Answer with what is known at this moment, seeing this transaction's own writes."""
    asked = {
        "key": question.mail_key,
        "senders": spellings(question.sender),
        "counted_as": counted_address(question.recipient),
        "domains": [one.rpartition("@")[2] for one in spellings(question.recipient)],
        "since": now - CAP_WINDOW,
    }
    known = connection.execute(_KNOWN, asked).one()
    thread = _by_thread(connection, question.thread_ids)
    unit, of_many = units.matching(connection, question.sender, question.unit_codes)
    ticket = _by_code(connection, question.codes, question.sender, domain_of_many=of_many)
    on_ticket, on_ticket_lately = _on_ticket(connection, ticket or thread, now)
    lately = related.Lately() if ticket or thread else _lately(connection, question, now)
    return Facts(
        acted_mail_id=known.acted_mail_id,
        thread=thread,
        ticket=ticket,
        history_queue=known.history_queue if question.sender else None,
        letters_last_hour=known.letters_last_hour if question.recipient else 0,
        letters_to_domain_last_hour=known.letters_to_domain if question.recipient else 0,
        letters_on_ticket=on_ticket,
        letters_on_ticket_last_day=on_ticket_lately,
        issued=verification.issued(connection, question.named, question.sender, domain_of_many=of_many),
        asked_code=verification.asked_code(connection, question.asked or (), question.sender),
        verifications_last_hour=_answered(connection, question, now),
        our_letter=_is_ours(connection, question),
        listed=senderlists.matching(connection, question.marks, now),
        unit=unit,
        domain_of_many=of_many,
        known_sender=bool(question.sender) and bool(known.was_answered),
        alike=lately.alike,
        same_words_lately=lately.same_words,
        incident=_incident(connection, question) if known.incident_open else None,
        on_incident=_is_on_incident(connection, ticket or thread),
    )


def _incident(connection: Connection, question: Question) -> int | None:
    return like_any(question.signature, incidents.founders(connection)) if question.signature else None


def _is_on_incident(connection: Connection, ticket: TicketFact | None) -> bool:
    return ticket is not None and bool(incidents.standing(connection, [ticket.id]))


def _lately(connection: Connection, question: Question, now: datetime) -> related.Lately:
    return related.lately(connection, question.sender, question.bare, question.said, now)


def _on_ticket(connection: Connection, ticket: TicketFact | None, now: datetime) -> tuple[int, int]:
    """Count the automatic letters on a ticket: all of them, and those of the last day."""
    if ticket is None:
        return 0, 0
    asked = {"ticket_id": ticket.id, "since": now - TICKET_CAP_WINDOW}
    total, lately = connection.execute(_ON_TICKET, asked).one()
    return total, lately


def _answered(connection: Connection, question: Question, now: datetime) -> int:
    if question.asked is None:
        return 0
    return verification.answers_since(connection, question.sender, now - CAP_WINDOW)


def _is_ours(connection: Connection, question: Question) -> bool | None:
    return None if question.bounced is None else verification.is_ours(connection, question.bounced)


def _by_thread(connection: Connection, message_ids: Sequence[str]) -> TicketFact | None:
    if not message_ids:
        return None
    found: dict[str, int] = {}
    for message_id, ticket_id in connection.execute(_THREADS, {"message_ids": message_ids}):
        if ticket_id is not None:
            found.setdefault(message_id, ticket_id)
    best = next((found[message_id] for message_id in message_ids if message_id in found), None)
    if best is None:
        return None
    rows: list[Any] = list(connection.execute(_BY_ID, {"ticket_id": best}))
    return _fact(rows) if rows else None


def _by_code(
    connection: Connection, codes: Sequence[str], sender: str, *, domain_of_many: bool
) -> TicketFact | None:
    """Give the first ticket that the sender takes part in, else the first: their order is nobody's choice."""
    if not codes:
        return None
    rows = connection.execute(_BY_CODE, {"codes": codes}).all()
    found = _facts(rows, [row.called for row in rows])
    there = [code for code in codes if code in found]
    if not there:
        return None
    own = (code for code in there if takes_part(sender, found[code].parties, domain_of_many=domain_of_many))
    called = next(own, there[0])
    fact = found[called]
    return fact if fact.code == called else replace(fact, called=called)


def _facts(rows: Sequence[Row[Any]], names: Sequence[str]) -> dict[str, TicketFact]:
    """Make one fact, by name, of the rows of each ticket: there is one for each of its parties."""
    by_code: dict[str, list[Row[Any]]] = {}
    for row, name in zip(rows, names, strict=True):
        by_code.setdefault(name, []).append(row)
    return {code: _fact(same) for code, same in by_code.items()}


def _fact(rows: Sequence[Row[Any]]) -> TicketFact:
    """Make the fact of one ticket of its rows."""
    one, parties = rows[0], frozenset(row.address for row in rows if row.address is not None)
    return TicketFact(one.id, one.code, one.queue, TicketStatus(one.status), parties, one.closed_at)
