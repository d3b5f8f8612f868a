"""What a person decides about a doubted sender: release the mail, or confirm the impostor. One act each."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from triage.core.closings import Closing
from triage.core.decide import decide
from triage.core.decision import SECURITY, Decision, Kind, NoReply, OpenTicket, Verdict
from triage.core.document import document
from triage.core.facts import Facts
from triage.core.history import RELEASED
from triage.core.identity import mail_key
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.parse import parts_of, read_mail
from triage.core.reasons import Reason
from triage.core.senderlists import (
    Entry,
    ListedSender,
    ListSort,
)
from triage.core.tickets import TicketStatus
from triage.core.veil import veil_of
from triage.db import decisions, history, mails, outbox, senderlists, tickets
from triage.db.engine import Database
from triage.db.mails import ClaimedMail
from triage.db.senderlists import CONFIRMED_IMPOSTOR, MarkedMail
from triage.db.tickets import TicketRow
from triage.errors import RefusedActError
from triage.service import desk, senders
from triage.service.decidedmail import DecidedMail, Joined
from triage.service.impostors import Known, known_by
from triage.service.means import Means
from triage.service.plannedletters import write_letter
from triage.service.stopping import stop_answers

_NO_CAPS: dict[str, Any] = {
    "letters_last_hour": 0,
    "letters_to_domain_last_hour": 0,
    "letters_on_ticket_last_day": 0,
    "verifications_last_hour": 0,
}
"""The caps hold floods of automatic letters back; a release is a person's wish."""


@dataclass(frozen=True, slots=True)
class Released:
    """Where a released ticket went, which letter goes out, or why none does."""

    queue: str
    letter: str | None
    why_none: Reason | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmed impostor left behind.

    ``watched`` went onto the watch list (or stood there); ``spared`` did not, since others hold it too;
    ``seen_again`` are older mails that hold one of the entries.
    """

    watched: tuple[str, ...]
    spared: tuple[str, ...]
    seen_again: tuple[MarkedMail, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A ticket that is held back, and how its mail is decided now that a person vouches for it."""

    ticket: TicketRow
    stored: ClaimedMail
    decided: DecidedMail


def release(database: Database, means: Means, code: str, *, actor: str) -> Released:
    """End the hold on a ticket: it goes where its mail would have gone, and its sender is answered now.

    A ticket whose sender was only suspicious waits in its queue unanswered; this answers him too. Raises
    NotFoundError, and RefusedActError where nothing is held back.
    """
    with database.read() as connection:
        weighed = weigh(connection, means, desk.find(connection, code))
    with database.write() as connection:
        return let_go(connection, means, weighed, actor=actor)


def weigh(connection: Connection, means: Means, ticket: TicketRow) -> Weighed:
    """Decide the mail of a held ticket anew. Raises RefusedActError where nothing is held back."""
    held = _held_back(connection, ticket)
    stored, mail = _first_mail(connection, held)
    decided = _decide_again(means, stored, mail, _facts_then(connection, stored.id))
    return Weighed(held, stored, decided)


def let_go(connection: Connection, means: Means, weighed: Weighed, *, actor: str) -> Released:
    """Write a release down. What a person held in its queue stays there; nobody is acknowledged twice."""
    ticket, stored, decided = weighed.ticket, weighed.stored, weighed.decided
    now = means.clock.now()
    before = TicketStatus(ticket.status)
    queue, status = _where_to(ticket, decided)
    changed = tickets.change_from(connection, ticket.id, before, now, status=status, queue=queue)
    if not changed or _was_released(connection, ticket):
        raise RefusedActError("not_held", f"Ticket {ticket.code} is not held any more.", ticket=ticket.code)
    letter = None
    if not outbox.is_acknowledged(connection, stored.id):
        letter = write_letter(connection, means, decided, Joined(ticket.id, ticket.code), now)
    decisions.add(
        connection,
        stored.id,
        decided.key,
        now,
        acting=False,
        facts=decided.facts.as_json(),
        document=decided.veil.over(document(decided.decision)),
    )
    history.add_event(
        connection,
        ticket.id,
        now,
        RELEASED,
        actor=actor,
        mail_id=stored.id,
        before=ticket.queue,
        after=queue,
        letter=letter,
    )
    return Released(queue, letter, _why_none(decided.decision))


def _where_to(ticket: TicketRow, decided: DecidedMail) -> tuple[str, str]:
    """Give queue and status of a ticket that is let go."""
    if ticket.status != TicketStatus.HELD:
        return ticket.queue, ticket.status
    outcome = decided.decision.outcome
    was_moved = ticket.queue == SECURITY and isinstance(outcome, OpenTicket)
    queue = outcome.queue if was_moved and isinstance(outcome, OpenTicket) else ticket.queue
    status = TicketStatus.IN_PROGRESS if ticket.assignee else TicketStatus.NEW
    return queue, status.value


def confirm_impostor(
    database: Database, means: Means, code: str, *, reason: str, actor: str, sure: bool = False
) -> Confirmed:
    """Close a ticket as an impostor's, watch for everything he can be known by, and look for it in old mail.

    Where nothing about the sender was doubted, ``sure`` says that no slip of the pen is meant. Raises
    NotFoundError, and RefusedActError where the ticket is closed or its mail only reports an impostor.
    """
    with database.read() as connection:
        ticket = desk.find(connection, code)
        found = recognise(connection, means, ticket, reason=reason, sure=sure)
    with database.write() as connection:
        return condemn(connection, means, ticket, found, reason=reason, actor=actor)


def recognise(connection: Connection, means: Means, ticket: TicketRow, *, reason: str, sure: bool) -> Known:
    """Give what the impostor of a ticket can be known by. Raises RefusedActError where he is none."""
    if not reason.strip():
        raise RefusedActError(
            "no_reason", "To confirm an impostor takes a reason; it stands in the history and on the list."
        )
    _demand_no_report(connection, _open_one(ticket))
    _demand_doubt(ticket, sure=sure)
    return known_by(connection, means.rules, _written_by_him(connection, ticket))


def condemn(
    connection: Connection, means: Means, ticket: TicketRow, found: Known, *, reason: str, actor: str
) -> Confirmed:
    """Write down that a ticket is an impostor's."""
    now = means.clock.now()
    if not tickets.change_from(
        connection,
        ticket.id,
        TicketStatus(ticket.status),
        now,
        status=TicketStatus.CLOSED.value,
        closed_at=now,
        outcome=Closing.IMPOSTOR.value,
        queue=SECURITY,
        verdict=Verdict.IMPERSONATION.value,
    ):
        raise RefusedActError(
            "changed_meanwhile", f"Somebody else has just changed ticket {ticket.code}; look at it again."
        )
    stop_answers(connection, now, ticket, actor=actor)
    for entry in found.entries:
        _watch(connection, means, ticket, entry, reason=reason.strip(), actor=actor)
    history.add_event(
        connection,
        ticket.id,
        now,
        CONFIRMED_IMPOSTOR,
        actor=actor,
        outcome=Closing.IMPOSTOR.value,
        reason=reason.strip(),
        watched=[entry.text for entry in found.entries],
        spared=list(found.spared),
    )
    seen = senders.note_seen_again(
        connection, found.entries, now, actor=actor, but_ticket=ticket.id, because=ticket.code
    )
    return Confirmed(tuple(entry.text for entry in found.entries), found.spared, seen)


def _demand_doubt(ticket: TicketRow, *, sure: bool) -> None:
    if sure or ticket.verdict in {Verdict.SUSPICIOUS, Verdict.IMPERSONATION}:
        return
    raise RefusedActError(
        "not_doubted",
        f"Nothing about {ticket.requester_address}, the sender of {ticket.code}, was doubted; "
        "say --sure to block and watch them all the same.",
    )


def _held_back(connection: Connection, ticket: TicketRow) -> TicketRow:
    unanswered = (
        ticket.verdict == Verdict.SUSPICIOUS
        and ticket.status != TicketStatus.CLOSED
        and not _was_released(connection, ticket)
        and not outbox.listed(connection, ticket_id=ticket.id, limit=1)
    )
    if ticket.status != TicketStatus.HELD and not unanswered:
        raise RefusedActError(
            "not_held", f"Ticket {ticket.code} is not held; it is {ticket.status}.", ticket=ticket.code
        )
    return ticket


def _was_released(connection: Connection, ticket: TicketRow) -> bool:
    """Whether a person has answered the sender of a ticket that was never held already."""
    if ticket.status == TicketStatus.HELD:
        return False
    return any(event.verb == RELEASED for event in history.events(connection, ticket.id))


def _open_one(ticket: TicketRow) -> TicketRow:
    if ticket.status == TicketStatus.CLOSED:
        raise RefusedActError("closed", f"Ticket {ticket.code} is closed.", ticket=ticket.code)
    return ticket


def _first_mail(connection: Connection, ticket: TicketRow) -> tuple[ClaimedMail, Mail]:
    """Give the mail that opened a ticket, as stored and as read."""
    opened = next((one.mail_id for one in history.events(connection, ticket.id) if one.mail_id), None)
    found = mails.contents(connection, [opened]) if opened is not None else []
    if not found:
        raise RefusedActError("no_mail", f"Ticket {ticket.code} was not opened by a mail.")
    return found[0], read_mail(found[0].raw())


def _facts_then(connection: Connection, mail_id: int) -> Facts:
    """Give the facts of the day of receipt: today's history of the sender is this very ticket."""
    stored = decisions.latest(connection, mail_id)
    return Facts.from_json(stored.facts) if stored else Facts()


def _decide_again(means: Means, stored: ClaimedMail, mail: Mail, known: Facts) -> DecidedMail:
    facts = replace(known, released=True, **_NO_CAPS)
    raw = stored.raw()
    decision = decide(mail, facts, means.rules, stored.received_at, parts_of(mail, raw))
    return DecidedMail(stored, mail, mail_key(mail, raw), veil_of(mail), facts, decision)


def _why_none(decision: Decision) -> Reason | None:
    return decision.reply.why if isinstance(decision.reply, NoReply) else None


def _watch(
    connection: Connection, means: Means, ticket: TicketRow, entry: Entry, *, reason: str, actor: str
) -> None:
    now = means.clock.now()
    because = f"{ticket.code}: {reason}"
    senderlists.remove(connection, ListSort.ALLOW, entry, now, actor=actor, reason=because)
    senders.clear(connection, ListSort.WATCH, entry, now, actor=actor)
    if not senderlists.rows(connection, now, sort=ListSort.WATCH, entry=entry):
        one = ListedSender(ListSort.WATCH, entry, because)
        senderlists.add(connection, one, now, author=actor, ticket_id=ticket.id)


def _written_by_him(connection: Connection, ticket: TicketRow) -> list[tuple[Mail, OwnResults | None]]:
    """Give the mail that opened a ticket and the further ones of the same address, with what we verified."""
    stored, first = _first_mail(connection, ticket)
    ids = [number for number in tickets.mail_ids(connection, ticket.id) if number != stored.id]
    others = [(one.id, read_mail(one.raw())) for one in mails.contents(connection, ids)]
    address = first.sender.address.lower()
    his = [(stored.id, first), *(one for one in others if one[1].sender.address.lower() == address)]
    return [(mail, _facts_then(connection, number).own_results) for number, mail in his]


def _demand_no_report(connection: Connection, ticket: TicketRow) -> None:
    """Refuse where the writer only tells of an impostor: then it is not he who must be watched."""
    numbers = tickets.mail_ids(connection, ticket.id)
    kinds = {row.kind for row in mails.listed(connection, ids=numbers)}
    if ticket.status != TicketStatus.HELD and Kind.IMPERSONATION_REPORT.value in kinds:
        raise RefusedActError(
            "report",
            f"Ticket {ticket.code} reports an impostor, its sender is none; put what the report names on the "
            "list with triage senders watch.",
        )
