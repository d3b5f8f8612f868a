"""Writes down what a decision asks for: decision, ticket, history and letter, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, assert_never

from sqlalchemy import Connection, true

from triage.core import surges
from triage.core.address import counted_address
from triage.core.completeness import missing_parts
from triage.core.compose import NO_CODE, Envelope, compose, new_message_id
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
    PlannedReply,
)
from triage.core.document import document, linked_to, outcome_name
from triage.core.excerpt import excerpt
from triage.core.facts import Facts
from triage.core.identity import stored_id
from triage.core.letternames import VERIFICATION_NO
from triage.core.letters import LetterCase, letter_values
from triage.core.mail import Mail
from triage.core.notices import notice_values, treasury_to_warn
from triage.core.paging import cause_to_page
from triage.core.replies import reply_address
from triage.core.robots import READ_RECEIPT
from triage.core.rules import Rulebook
from triage.core.searchentry import said_in_mail
from triage.core.surroundings import participants
from triage.core.text import one_line
from triage.core.tickets import TicketStatus, day_of_receipt
from triage.core.veil import Veil
from triage.db import (
    decisions,
    held,
    history,
    mails,
    outbox,
    pages,
    parties,
    searchindex,
    senderlists,
    sightings,
    ticketcodes,
    tickets,
    units,
)
from triage.db.facts import CAP_WINDOW
from triage.db.mails import ClaimedMail
from triage.db.related import PARTICIPANTS
from triage.service import pausing, staffmail, undelivered
from triage.service.lettercase import letter_case
from triage.service.means import Means, Ours
from triage.service.surges import joined


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of one mail: the name of the outcome, its ticket, the letter that goes out.

    ``notices`` counts the letters to others than the sender.
    """

    outcome: str
    ticket_id: int | None
    letter: str | None
    notices: int = 0


@dataclass(frozen=True, slots=True)
class DecidedMail:
    """One mail with everything that is known of it when it is written down; secrets under its ``veil``."""

    stored: ClaimedMail
    mail: Mail
    key: str
    veil: Veil = field(repr=False)
    facts: Facts
    decision: Decision
    marks: Sequence[str] = ()
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class _Joined:
    """The ticket that a mail belongs to now, if any."""

    ticket_id: int | None
    code: str | None


def apply(connection: Connection, means: Means, decided: DecidedMail) -> Applied:
    """Write down one decided mail. Raises IntegrityError when a mail with this key was acted on first."""
    now = means.clock.now()
    stored, mail, decision = decided.stored, decided.mail, decided.decision
    decisions.add(
        connection,
        stored.id,
        decided.key,
        now,
        acting=not isinstance(decision.outcome, MarkDuplicate),
        facts=decided.facts.as_json(),
        document=decided.veil.over(document(decision)),
    )
    joined = _join(connection, means, decided, now)
    _alert(connection, means, decided, joined, now)
    letter = _write_letter(connection, means, decided, joined, now)
    notices = sum(_write_notice(connection, means, decided, joined, one, now) for one in decision.notices)
    mails.finish(
        connection,
        stored.id,
        mail_key=decided.key,
        message_id=stored_id(mail.message_id),
        from_name=decided.veil.hide(mail.sender.name),
        from_address=mail.sender.address.lower()[:400],
        subject=decided.veil.hide(mail.subject),
        kind=decision.kind.value,
        ticket_id=joined.ticket_id,
    )
    if decision.registration:
        units.propose(
            connection, stored.id, mail.sender.address.lower()[:400], decision.registration.as_json(), now
        )
    if not isinstance(decision.outcome, MarkDuplicate):
        senderlists.add_marks(connection, stored.id, decided.marks)
        _index(connection, decided, joined)
    told = staffmail.tell_refused(connection, means, stored, decision)
    return Applied(outcome_name(decision.outcome), joined.ticket_id, letter, notices + told)


def _alert(
    connection: Connection, means: Means, decided: DecidedMail, joined: _Joined, now: datetime
) -> None:
    """Note what cannot wait; old mail that is taken in is no news to anybody."""
    if joined.ticket_id is None or decided.facts.imported or not means.pages:
        return
    cause = cause_to_page(decided.decision, means.rules.categories)
    if cause:
        pages.raise_alert(connection, joined.ticket_id, cause, now)


def _index(connection: Connection, decided: DecidedMail, joined: _Joined) -> None:
    """Let a mail be found by its words; one that belongs to no ticket is nobody's to find."""
    if joined.ticket_id is not None:
        stored = decided.stored
        said = said_in_mail(stored.id, decided.mail, decided.veil, stored.received_at, decided.decision.unit)
        searchindex.write(connection, joined.ticket_id, said, is_new=True)


def _join(connection: Connection, means: Means, decided: DecidedMail, now: datetime) -> _Joined:
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
            return _Joined(ticket_id, code)
        case FileQuietly(ticket_id=ticket_id, code=code):
            if ticket_id is not None:
                verb, more = _filed_as(decided.decision)
                history.add_event(connection, ticket_id, now, verb, mail_id=decided.stored.id, **more)
                _told_of_failure(connection, decided, ticket_id, now)
            return _Joined(ticket_id, code)
        case ActByMail():
            staffmail.act(connection, means, decided.mail, decided.veil, decided.decision)
            return _Joined(None, None)
    assert_never(outcome)


def _told_of_failure(connection: Connection, decided: DecidedMail, ticket_id: int, now: datetime) -> None:
    """Bring a ticket back where a report says of a person's answer that it will never arrive."""
    delivery = decided.decision.delivery
    if delivery and delivery.lost and (decided.facts.our_letter or not delivery.letter):
        undelivered.came_back(connection, now, ticket_id, delivery)


def _open(
    connection: Connection, means: Means, decided: DecidedMail, queue: str, status: TicketStatus
) -> _Joined:
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
    return _Joined(ticket_id, code)


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
) -> _Joined:
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
    return _Joined(outcome.ticket_id, outcome.code)


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


def write_letter(
    connection: Connection, means: Means, decided: DecidedMail, ticket_id: int, code: str, now: datetime
) -> str | None:
    """Answer a mail that has its ticket already, if its decision plans a letter; give the letter's name."""
    return _write_letter(connection, means, decided, _Joined(ticket_id, code), now)


def _write_letter(
    connection: Connection, means: Means, decided: DecidedMail, joined: _Joined, now: datetime
) -> str | None:
    reply = decided.decision.reply
    if not isinstance(reply, PlannedReply) or (joined.code is None and reply.letter != VERIFICATION_NO):
        return None
    values = letter_values(_case(decided, joined.code or "", means.rules), means.rules.office, means.zone)
    ours = means.ours(decided.stored.mailbox)
    envelope = _envelope(means, ours, decided, reply, joined.code or NO_CODE, now)
    _put(connection, means, decided, joined, values, envelope)
    return reply.letter


def _write_notice(
    connection: Connection,
    means: Means,
    decided: DecidedMail,
    joined: _Joined,
    notice: PlannedReply,
    now: datetime,
) -> bool:
    """Warn a coordinator, unless so many impostors wrote within the hour that he has been warned enough."""
    mail, rules = decided.mail, means.rules
    named = treasury_to_warn(mail, decided.decision.subject, rules.treasuries)
    if joined.ticket_id is None or joined.code is None or named is None:
        return False
    sent = outbox.count_to(connection, notice.to, notice.letter, now - CAP_WINDOW)
    if sent >= rules.replies.letters_per_hour:
        history.add_event(
            connection, joined.ticket_id, now, "notice_withheld", mail_id=decided.stored.id, to=notice.to
        )
        return False
    case = _case(decided, joined.code, rules)
    values = notice_values(case, rules.office, means.zone, named, mail.sender.address)
    answer = _envelope(means, Ours(means.from_address), decided, notice, joined.code, now)
    # It answers nobody, so it must not stand in the impostor's thread.
    envelope = replace(answer, in_reply_to="", references=(), auto_submitted="auto-generated")
    _put(connection, means, decided, joined, values, envelope)
    return True


def _put(
    connection: Connection,
    means: Means,
    decided: DecidedMail,
    joined: _Joined,
    values: Mapping[str, Any],
    envelope: Envelope,
) -> None:
    """Render, compose and sign a letter and put it into the outbox: the stored bytes are the ones sent."""
    rendered = means.renderer.render(envelope.letter, values)
    content = compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
    outbox.add(
        connection,
        mail_id=decided.stored.id,
        ticket_id=joined.ticket_id,
        letter=envelope.letter,
        recipient=envelope.recipient,
        counted_as=counted_address(envelope.recipient),
        domain=envelope.recipient.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(content),
        created_at=envelope.date.astimezone(UTC),
    )


def _case(decided: DecidedMail, code: str, rules: Rulebook) -> LetterCase:
    received_at = decided.stored.received_at
    mail, veil, facts, decision = decided.mail, decided.veil, decided.facts, decided.decision
    return letter_case(mail, veil, facts, decision, rules, code=code, received_at=received_at)


def _envelope(
    means: Means, ours: Ours, decided: DecidedMail, reply: PlannedReply, code: str, now: datetime
) -> Envelope:
    mail = decided.mail
    seed = f"{code}/{reply.letter}/{decided.stored.id}"
    return Envelope(
        sender_name=means.rules.office.name,
        sender_address=ours.address,
        recipient=reply.to,
        message_id=new_message_id(seed, ours.domain),
        in_reply_to=mail.message_id,
        references=mail.references or mail.in_reply_to,
        date=now.astimezone(means.zone),
        letter=reply.letter,
        ticket_code=code,
        reply_to=ours.reply_to,
    )
