"""Takes back answers that still wait when somebody holds their ticket or judges its sender an impostor."""

from datetime import datetime

from sqlalchemy import Connection

from triage.core.history import RECALLED
from triage.core.searchentry import EntryKind
from triage.db import drafts, history, notices, outbox, people, searchindex, tickets, undelivered
from triage.db.tickets import TicketRow
from triage.db.undelivered import Written


def stop_answers(connection: Connection, now: datetime, ticket: TicketRow, *, actor: str) -> None:
    """Take back what has not gone out of a ticket that its caller holds; each text is a draft again.

    What is under way, or may have arrived, is left to go on.
    """
    for letter_id, message_id in outbox.stop(connection, ticket.id):
        searchindex.remove(connection, EntryKind.LETTER, [letter_id])
        answer = undelivered.written(connection, ticket.id, message_id)
        besides = undelivered.is_answered_besides(connection, ticket.id, letter_id)
        unanswered = answer is not None and answer.data.get("first") and not besides
        tickets.change(connection, ticket.id, now, **({"answered_at": None} if unanswered else {}))
        if answer:
            _give_back(connection, now, ticket, answer, actor=actor)
        history.add_event(connection, ticket.id, now, RECALLED, actor=actor, letter=letter_id)


def put_before(connection: Connection, ticket: TicketRow, person_id: int, text: str, now: datetime) -> None:
    """Make a text somebody's draft of an answer again, before whatever he has begun meanwhile."""
    begun = drafts.find(connection, ticket.id, person_id, drafts.ANSWER)
    more = f"\n\n{begun.body}" if begun and begun.body.strip() and begun.body != text else ""
    drafts.put(
        connection,
        ticket.id,
        person_id,
        drafts.ANSWER,
        body=text + more,
        version=ticket.version + 1,
        now=now,
    )


def _give_back(
    connection: Connection, now: datetime, ticket: TicketRow, answer: Written, *, actor: str
) -> None:
    writer = people.find(connection, answer.actor)
    if writer is None:
        return
    put_before(connection, ticket, writer.id, str(answer.data["text"]), now)
    if writer.name != actor:
        notices.add(connection, [writer.id], ticket.id, notices.STOPPED, actor, now)
