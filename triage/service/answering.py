"""An answer that a person writes: guarded, put into the outbox, and taken back in time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from triage.core.address import counted_address
from triage.core.compose import BY_A_PERSON, Envelope, compose, new_message_id
from triage.core.history import QUIET, RECALLED
from triage.core.letternames import ANSWER
from triage.core.letters import answer_values
from triage.core.outboundguard import Objection, objections
from triage.core.people import Person, Right
from triage.core.searchentry import EntryKind
from triage.core.tickets import TicketStatus
from triage.db import drafts, handovers, history, notices, outbox, people, searchindex, tickets, undelivered
from triage.db.drafts import Draft
from triage.db.engine import Database
from triage.db.outbox import ANSWERED
from triage.db.searchsources import StoredLetter
from triage.db.tickets import TicketRow
from triage.errors import RefusedActError
from triage.ports import RenderedLetter
from triage.service import changes, handover
from triage.service.addressee import Addressee, addressee
from triage.service.errands import Act, Doing, Errand, run
from triage.service.handling import closing_of
from triage.service.means import Means
from triage.service.searchindex import index_letter
from triage.service.stopping import put_before


class ChangedSinceError(RefusedActError):
    """Somebody else has changed the ticket since the writer of an answer looked at it."""


class StoppedError(RefusedActError):
    """The guard of outgoing answers stops a text; ``objections`` say why."""

    def __init__(self, found: tuple[Objection, ...]) -> None:
        super().__init__("stopped", "The answer holds what must not go out.")
        self.objections = found


@dataclass(frozen=True, slots=True)
class Answer:
    """A text to be sent. ``close`` is what the ticket comes to with it (empty: it waits for the unit).

    ``anyway`` sends although somebody else has changed the ticket; ``after`` is what its writer does next,
    which is remembered. ``apart`` tells that it is not what he was writing: his draft stays. ``writer`` is
    the login of whoever left the text for approval, empty for one's own.
    """

    text: str
    close: str = ""
    anyway: bool = False
    after: str = ""
    apart: bool = False
    writer: str = ""


def send(
    database: Database, means: Means, errand: Errand, answer: Answer, *, recall_seconds: int
) -> dict[str, Any]:
    """Send an answer to whoever wrote last; until ``recall_seconds`` have passed nobody hands it on.

    Raises StoppedError, ChangedSinceError, and RefusedActError where nobody may be answered. The draft stays
    then.
    """
    return run(database, means.clock, errand, "answer", sending(means, errand, answer, recall_seconds))


def sending(means: Means, errand: Errand, answer: Answer, recall_seconds: int) -> Act:
    """Give the act that sends an answer, for whoever has a transaction; see ``send``."""

    def act(do: Doing) -> dict[str, Any]:
        if not do.person.may(Right.WORK):
            handover.demand_own_answer(do, answer.writer)
        writer = proposal_of(do, answer.writer)[0] if answer.writer else None
        to = _demand_sendable(do, means, errand, answer)
        held_until = do.now + timedelta(seconds=recall_seconds) if recall_seconds else None
        seed = f"{do.person.id}/{errand.key}"
        letter_id, message_id = put(do, means, to, answer.text, seed, held_until)
        # Rows are written before the audit, whose lock everybody waits for until this transaction ends.
        if writer:
            drafts.remove(do.connection, do.ticket.id, writer.id, drafts.PROPOSED)
            notices.add(do.connection, [writer.id], do.ticket.id, notices.APPROVED, do.actor, do.now)
        elif not answer.apart:
            drafts.remove(do.connection, do.ticket.id, do.person.id, drafts.ANSWER)
        if answer.after:
            remembered = {**do.person.preferences, "after_send": answer.after}
            people.change(do.connection, do.person.id, preferences=remembered)
        note_answered(do, to, answer, message_id, pauses=means.pauses)
        return {"letter": letter_id, "to": to.address} | (
            {"held_until": held_until.isoformat(), "seconds": recall_seconds} if held_until else {}
        )

    return act


def recall(database: Database, means: Means, errand: Errand, letter_id: int) -> dict[str, Any]:
    """Take an answer back: its writer has the very text as a draft again, and the ticket stands as before."""

    def act(do: Doing) -> None:
        message_id = outbox.recall(do.connection, letter_id, do.ticket.id, do.now)
        sent = _event_of(do, message_id) if message_id else None
        if sent is None:
            raise RefusedActError("recall_late", "It is too late to take the letter back.")
        searchindex.remove(do.connection, EntryKind.LETTER, [letter_id])
        _give_back(do, sent)
        _undo(do, sent, letter_id)
        history.add_event(do.connection, do.ticket.id, do.now, RECALLED, actor=do.actor, letter=letter_id)

    return run(database, means.clock, errand, "recall", act)


def preview(means: Means, ticket: TicketRow, text: str) -> RenderedLetter:
    """Fill the letter around an answer as it would go out."""
    return means.renderer.render(ANSWER, answer_values(text, ticket.code, ticket.subject, means.rules.office))


def demand_sayable(do: Doing, means: Means, text: str) -> None:
    """Raise RefusedActError for no text and for a closed ticket, StoppedError for what must not go out."""
    if not text.strip():
        raise RefusedActError("empty_answer", "The answer is empty.")
    changes.demand_open(do.ticket)
    if found := objections(text, means.rules.trust):
        raise StoppedError(found)


def proposal_of(do: Doing, writer: str) -> tuple[Person, Draft]:
    """Give what somebody else has left for approval on the ticket, and who that is.

    Raises RefusedActError where nothing of his waits any more, or where it is one's own.
    """
    whose = people.find(do.connection, writer)
    if whose is not None and whose.id == do.person.id:
        raise RefusedActError("own_proposal", "Nobody approves a draft of his own.")
    waiting = drafts.find(do.connection, do.ticket.id, whose.id, drafts.PROPOSED) if whose else None
    if whose is None or waiting is None:
        raise RefusedActError("no_proposal", f"No draft of {writer!r} waits on {do.ticket.code}.")
    return whose, waiting


def _demand_sendable(do: Doing, means: Means, errand: Errand, answer: Answer) -> Addressee:
    if answer.close:
        closing_of(answer.close)
    demand_sayable(do, means, answer.text)
    if not answer.anyway and changed_by_others(do, errand.version):
        raise ChangedSinceError("changed_since", "Somebody else has changed the ticket meanwhile.")
    to = addressee(do.connection, do.ticket, means)
    if to is None:
        raise RefusedActError("nobody_to_answer", f"Nobody on {do.ticket.code} may be answered.")
    return to


def changed_by_others(do: Doing, version: int | None) -> bool:
    """Whether somebody else, or a mail, has changed the ticket since it had a version."""
    left = 0 if version is None else do.ticket.version - version
    if left <= 0:
        return False
    told = history.events(do.connection, do.ticket.id)
    loud = [event for event in told if event.verb not in QUIET]
    return any(event.actor != do.actor for event in loud[-left:])


def put(
    do: Doing, means: Means, to: Addressee, text: str, seed: str, held_until: datetime | None
) -> tuple[int, str]:
    """Put an answer into the outbox; gives its number and its Message-ID, which follows from the seed."""
    rendered = preview(means, do.ticket, text)
    ours = means.ours(to.mailbox)
    envelope = Envelope(
        sender_name=means.rules.office.name,
        sender_address=ours.address,
        recipient=to.address,
        message_id=new_message_id(f"{do.ticket.code}/{ANSWER}/{seed}", ours.domain),
        in_reply_to=to.message_id,
        references=to.references,
        date=do.now.astimezone(means.zone),
        letter=ANSWER,
        ticket_code=do.ticket.code,
        auto_submitted=BY_A_PERSON,
        reply_to=ours.reply_to,
    )
    content = compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
    created_at = do.now.astimezone(UTC)
    letter_id = outbox.hold(
        do.connection,
        ticket_id=do.ticket.id,
        letter=ANSWER,
        recipient=to.address,
        counted_as=counted_address(to.address),
        domain=to.address.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(content),
        created_at=created_at,
        held_until=held_until,
    )
    index_letter(do.connection, StoredLetter(letter_id, do.ticket.id, created_at, content, text))
    return letter_id, envelope.message_id


def note_answered(
    do: Doing,
    to: Addressee,
    answer: Answer,
    message_id: str,
    *,
    pauses: bool,
    **more: Any,  # noqa: ANN401 - JSON
) -> None:
    """Note the answer: the ticket waits for the unit now, or is closed; who answers first has it."""
    ticket = do.ticket
    status = TicketStatus.CLOSED if answer.close else TicketStatus.WAITING
    written: dict[str, Any] = {"writer": answer.writer} if answer.writer else {}
    handovers.answered(do.connection, ticket.id, do.now)
    tickets.change(
        do.connection,
        ticket.id,
        do.now,
        status=status.value,
        assignee=ticket.assignee or do.actor,
        answered_at=ticket.answered_at or do.now,
        snoozed_until=None,
        paused_at=ticket.stands_since or (do.now if pauses and not answer.close else None),
        **({"closed_at": do.now, "outcome": answer.close} if answer.close else {}),
    )
    history.add_event(
        do.connection,
        ticket.id,
        do.now,
        ANSWERED,
        actor=do.actor,
        before=ticket.status,
        after=status.value,
        to=to.address,
        message_id=message_id,
        text=answer.text,
        first=ticket.answered_at is None,
        had=ticket.assignee,
        rest=ticket.snoozed_until.isoformat() if ticket.snoozed_until else None,
        paused=ticket.stands_since.isoformat() if ticket.stands_since else None,
        **written,
        **more,
    )


def _event_of(do: Doing, message_id: str) -> dict[str, Any] | None:
    """Give what stood in the history when this person sent a letter; None where somebody else sent it."""
    events = reversed(history.events(do.connection, do.ticket.id))
    mine = (one for one in events if one.verb == ANSWERED and one.actor == do.actor)
    return next((one.data for one in mine if one.data.get("message_id") == message_id), None)


def _give_back(do: Doing, sent: dict[str, Any]) -> None:
    """Put the text back where it was sent from: one's own draft, or what somebody had left for approval."""
    text, writer = str(sent["text"]), sent.get("writer")
    whose = people.find(do.connection, str(writer)) if writer else None
    if whose is None:
        put_before(do.connection, do.ticket, do.person.id, text, do.now)
        return
    drafts.put(
        do.connection,
        do.ticket.id,
        whose.id,
        drafts.PROPOSED,
        body=text,
        version=do.ticket.version + 1,
        now=do.now,
    )


def _undo(do: Doing, sent: dict[str, Any], letter_id: int) -> None:
    """Put the ticket back as it stood before, unless something else has changed its state since.

    Where another answer stands, the ticket goes on waiting for the unit.
    """
    answered = undelivered.is_answered_besides(do.connection, do.ticket.id, letter_id)
    later = answered and _answered_since(do, sent["message_id"])
    values: dict[str, Any] = {"answered_at": None} if sent["first"] and not answered else {}
    if not answered:
        handovers.answered(do.connection, do.ticket.id, None)
    if do.ticket.status == sent["after"] and not later:
        rest, paused = sent["rest"], sent.get("paused")
        values |= {
            "status": sent["before"],
            "closed_at": None,
            "outcome": None,
            "snoozed_until": datetime.fromisoformat(rest) if rest else None,
            "paused_at": datetime.fromisoformat(paused) if paused else None,
        }
        if do.ticket.assignee == do.actor:
            values["assignee"] = sent["had"]
    tickets.change(do.connection, do.ticket.id, do.now, **values)


def _answered_since(do: Doing, message_id: str) -> bool:
    """Whether the history tells of another answer after this one."""
    said = [one.data for one in history.events(do.connection, do.ticket.id) if one.verb == ANSWERED]
    return bool(said) and said[-1].get("message_id") != message_id
