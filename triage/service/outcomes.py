"""Carries out the outcome of a decided mail: the ticket that it opens, goes on with or is filed on."""

from datetime import datetime
from itertools import chain
from typing import Any, assert_never

from sqlalchemy import Connection, true

from triage.core import surges
from triage.core.completeness import missing_parts
from triage.core.decision import (
    UNROUTED,
    ActByMail,
    AppendToTicket,
    Decision,
    FileQuietly,
    HoldForReview,
    MarkDuplicate,
    OpenTicket,
    Part,
)
from triage.core.document import linked_to
from triage.core.excerpt import excerpt
from triage.core.mail import Mail
from triage.core.replies import reply_address
from triage.core.robots import READ_RECEIPT
from triage.core.surroundings import participants
from triage.core.text import one_line
from triage.core.tickets import TicketStatus, day_of_receipt
from triage.db import held, history, parties, sightings, ticketcodes, tickets
from triage.db.related import PARTICIPANTS
from triage.service import pausing, staffmail, undelivered
from triage.service.decidedmail import DecidedMail, Joined
from triage.service.means import Means
from triage.service.surges import joined


def carry_out(connection: Connection, means: Means, decided: DecidedMail, now: datetime) -> Joined:
    """Do what a decision makes of its mail, and tell the ticket that the mail belongs to now."""
    outcome = decided.decision.outcome
    match outcome:
        case OpenTicket(queue=queue):
            return _open(connection, means, decided, queue, TicketStatus.NEW)
        case HoldForReview(queue=queue):
            return _open(connection, means, decided, queue, TicketStatus.HELD)
        case AppendToTicket():
            return _append(connection, means, decided, outcome, now)
        case MarkDuplicate(of_mail_id=original):
            ticket_id, code = tickets.of_mail(connection, original)
            return Joined(ticket_id, code)
        case FileQuietly(ticket_id=ticket_id, code=code):
            if ticket_id is not None:
                verb, more = _filed_as(decided.decision)
                history.add_event(connection, ticket_id, now, verb, mail_id=decided.stored.id, **more)
                _told_of_failure(connection, decided, ticket_id, now)
            return Joined(ticket_id, code)
        case ActByMail():
            staffmail.act(connection, means, decided.mail, decided.veil, decided.decision)
            return Joined(None, None)
    assert_never(outcome)


def _told_of_failure(connection: Connection, decided: DecidedMail, ticket_id: int, now: datetime) -> None:
    """Bring a ticket back where a report says of a person's answer that it will never arrive."""
    delivery = decided.decision.delivery
    if delivery and delivery.lost and (decided.facts.our_letter or not delivery.letter):
        undelivered.came_back(connection, now, ticket_id, delivery)


def _open(
    connection: Connection, means: Means, decided: DecidedMail, queue: str, status: TicketStatus
) -> Joined:
    stored, mail, decision = decided.stored, decided.mail, decided.decision
    now = means.clock.now()
    code = str(ticketcodes.next_code(connection, day_of_receipt(stored.received_at, means.zone)))
    ticket_id = tickets.open_ticket(
        connection,
        code=code,
        queue=queue,
        treasury=decision.subject.treasury,
        status=status.value,
        subject=decided.veil.hide(decision.subject.bare or mail.subject),
        requester_name=decided.veil.hide(mail.sender.name),
        requester_address=mail.sender.address.lower()[:400],
        category=decision.category,
        priority=decision.priority,
        verdict=decision.sender.verdict.value,
        opened_at=stored.received_at,
        due_at=decision.due_at,
        updated_at=now,
        excerpt=excerpt(decided.veil.hide(mail.new_text)),
        unit_name=_unit_name(decided),
        unit_id=decision.unit.id if decision.unit else None,
        missing=",".join(decision.missing),
        lacking=",".join(decision.missing),
    )
    told = _told(means, decided)
    parties.add(
        connection, ticket_id, writers=_parties(mail), told=chain(_named_beside(mail), *told.values())
    )
    history.add_event(
        connection,
        ticket_id,
        now,
        "opened",
        mail_id=stored.id,
        queue=queue,
        status=status.value,
        **_indicators(decision),
        **_participants(told),
    )
    _link(connection, decided, ticket_id, code, now)
    _sight(connection, means, decided, ticket_id)
    return Joined(ticket_id, code)


def _sight(connection: Connection, means: Means, decided: DecidedMail, ticket_id: int) -> None:
    """Keep what a new ticket tells of an error; where an incident is open that tells of it, it joins that.

    What was taken from an old mailbox tells of errors that are long over.
    """
    decision, known = decided.decision, decided.facts
    if not decided.signature or known.imported or not surges.counts(decision):
        return
    province = surges.province_of(decision, means.rules.treasuries)
    sightings.add(connection, ticket_id, decided.stored.received_at, province, decided.signature)
    if known.incident is not None:
        joined(connection, means, known.incident, ticket_id)


def _unit_name(decided: DecidedMail) -> str:
    """Give the unit that a mail comes from: the directory's name, else what the writer says."""
    unit, contact = decided.decision.unit, decided.decision.contact
    return one_line(unit.name if unit else decided.veil.hide(contact.unit))[:200]


def _link(connection: Connection, decided: DecidedMail, ticket_id: int, code: str, now: datetime) -> None:
    """Note on both tickets that a mail named the older one and opened the newer."""
    old, facts = linked_to(decided.decision.outcome), decided.facts
    if old is None:
        return
    history.add_event(connection, ticket_id, now, "linked", mail_id=decided.stored.id, to=old)
    known = next((one for one in (facts.ticket, facts.thread) if one and one.code == old), None)
    if known:
        history.add_event(connection, known.id, now, "linked", mail_id=decided.stored.id, to=code)


def _told(means: Means, decided: DecidedMail) -> dict[str, list[str]]:
    """Give who else was told of the matter, by sort; they get no letters and may not write on the ticket."""
    return participants(decided.mail, decided.decision.source, means.rules.office)


def _participants(told: dict[str, list[str]]) -> dict[str, Any]:
    return {PARTICIPANTS: told} if told else {}


def _filed_as(decision: Decision) -> tuple[str, dict[str, Any]]:
    """Give the word for a mail that only stands on its ticket, and what it says of a letter of ours."""
    if any(reason.code == READ_RECEIPT for reason in decision.reasons):
        return "read", {}
    return decision.kind.value, {"delivery": decision.delivery.as_json()} if decision.delivery else {}


def _append(
    connection: Connection, means: Means, decided: DecidedMail, outcome: AppendToTicket, now: datetime
) -> Joined:
    due_at = decided.decision.due_at if outcome.reopen else None
    held_then = due_at is not None and held.when_closed(connection, outcome.ticket_id)
    reopen_as = TicketStatus.HELD if held_then else TicketStatus.NEW
    clock = _clock(connection, means, decided, outcome, now)
    tickets.wake(connection, outcome.ticket_id, now, reopen_due_at=due_at, reopen_as=reopen_as, **clock)
    tickets.supply(connection, outcome.ticket_id, frozenset(Part) - frozenset(missing_parts(decided.mail)))
    told = _told(means, decided)
    writer = decided.mail.sender.address.lower()
    parties.add(connection, outcome.ticket_id, writers=[writer], told=chain.from_iterable(told.values()))
    verb = "reopened" if outcome.reopen else "mail_added"
    more = {**_indicators(decided.decision), **_participants(told)}
    history.add_event(connection, outcome.ticket_id, now, verb, mail_id=decided.stored.id, **more)
    if outcome.reroute_to:
        _reroute(connection, means, decided, outcome.ticket_id, outcome.reroute_to, now)
    return Joined(outcome.ticket_id, outcome.code)


def _clock(
    connection: Connection, means: Means, decided: DecidedMail, outcome: AppendToTicket, now: datetime
) -> dict[str, Any]:
    """Let the working time of a ticket go on, or begin anew, from when the mail came in."""
    came_at = min(decided.stored.received_at, now)
    if outcome.reopen:
        return pausing.anew(came_at)
    ticket = tickets.find_by_id(connection, outcome.ticket_id, visible=true(), lock=True)
    return pausing.resume(connection, means.rules.calendar, ticket, came_at) if ticket else {}


def _reroute(
    connection: Connection, means: Means, decided: DecidedMail, ticket_id: int, queue: str, now: datetime
) -> None:
    """Move a ticket that waited unrouted to the treasury that this mail names."""
    decision = decided.decision
    told = means.rules.treasuries.lookup(decision.subject.treasury or "")
    if told is None or told.queue != queue:
        told = means.rules.treasuries.lookup(queue)
    tickets.change(connection, ticket_id, now, queue=queue, treasury=told.code if told else None)
    history.add_event(
        connection,
        ticket_id,
        now,
        "rerouted",
        mail_id=decided.stored.id,
        before=UNROUTED,
        after=queue,
        why=decision.route.reasons[-1].vi,
    )


def _indicators(decision: Decision) -> dict[str, Any]:
    return {"indicators": decision.indicators.as_json()} if decision.indicators else {}


def _parties(mail: Mail) -> list[str]:
    """Give the writer and the address at which he is answered.

    Codes count from one, so they can be guessed: a forged From that brought whomever it names beside the
    writer onto the ticket would let him read what the unit is answered.
    """
    return [mail.sender.address.lower(), reply_address(mail).lower()]


def _named_beside(mail: Mail) -> list[str]:
    """Give whom From and Reply-To name: they may not write, yet a search for a person must find them."""
    return [address.address.lower() for address in (*mail.senders, *mail.reply_to)]
