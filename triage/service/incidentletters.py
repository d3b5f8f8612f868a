"""Brings the answer of an incident to each of its tickets, and closes them with it, some at a time.

What is to be done stands in rows that were written with the act that asked for it. Each batch does some of
them in one transaction with what it notes of them, so a crash, a second process or a repeated tick changes
nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from triage.core.closings import Closing
from triage.core.people import Person
from triage.core.tickets import TicketStatus
from triage.db import incidentanswers, incidents, people, tickets
from triage.db.engine import Database
from triage.db.incidentanswers import DueLetter, IncidentAnswer
from triage.db.savepoints import savepoint
from triage.db.tickets import TicketRow
from triage.errors import LetterError, TriageError
from triage.service import changes
from triage.service.addressee import addressee
from triage.service.answering import Answer, note_answered, put
from triage.service.errands import Doing
from triage.service.means import Means

log = structlog.get_logger()

BATCH = 20
"""Letters or closings of one transaction: each writes into the audit, whose lock others wait for."""

ROUND = 25
"""Batches that one tick works off."""


def send_to_joined(connection: Connection, number: int, ticket_id: int) -> None:
    """Let a ticket that joins an incident have the answer that was approved last, if there is one."""
    answer_id = incidentanswers.newest_approved(connection, number)
    if answer_id is not None:
        incidentanswers.send_to(connection, answer_id, [ticket_id])


def work_off(database: Database, means: Means, rounds: int = ROUND) -> int:
    """Write letters that are due and close tickets of incidents that were closed; gives how many."""
    done = 0
    for work in (_write_batch, _close_batch):
        for _ in range(rounds):
            batch = database.transact(partial(work, means=means))
            done += batch
            if not batch:
                break
    return done


def work_off_regularly(database: Database, means: Means) -> None:
    """Do the same as a scheduled job: trouble is logged, and the next tick goes on where this one stopped."""
    try:
        if done := work_off(database, means):
            log.info("incident_letters", count=done)
    except TriageError as error:
        log.error("incident_letters_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def _write_batch(connection: Connection, means: Means) -> int:
    letters = incidentanswers.due(connection, BATCH)
    # all rows before the first line of the audit, whose lock is the last that a transaction takes
    held = {one.id: one for one in tickets.by_ids(connection, [one.ticket_id for one in letters], lock=True)}
    standing = incidents.standing_in_any(connection, list(held))
    answers = {one: incidentanswers.find(connection, one) for one in {one.answer_id for one in letters}}
    writers = _writers(connection, answers)
    now = means.clock.now()
    for letter in letters:
        answer = answers[letter.answer_id]
        if answer is not None and answer.decided_by is not None:
            here = standing.get(letter.ticket_id) == answer.incident_id
            ticket, person = held[letter.ticket_id], writers[answer.decided_by]
            _write(connection, means, letter, answer, Doing(connection, now, person, ticket), here=here)
    return len(letters)


def _writers(connection: Connection, answers: Mapping[int, IncidentAnswer | None]) -> dict[str, Person]:
    names = {one.decided_by for one in answers.values() if one and one.decided_by}
    found = {name: people.find(connection, name) for name in names}
    return {name: person for name, person in found.items() if person is not None}


def _write(
    connection: Connection,
    means: Means,
    letter: DueLetter,
    answer: IncidentAnswer,
    do: Doing,
    *,
    here: bool,
) -> None:
    """Write one letter, or note why there is none."""
    if do.ticket.status == TicketStatus.CLOSED:
        incidentanswers.mark(connection, letter, "skipped", incidentanswers.SKIPPED_CLOSED)
        return
    if not here:
        incidentanswers.mark(connection, letter, "skipped", incidentanswers.SKIPPED_LEFT)
        return
    to = addressee(connection, do.ticket, means)
    if to is None:
        incidentanswers.mark(connection, letter, "skipped", incidentanswers.SKIPPED_NOBODY)
        return
    try:
        with savepoint(connection):
            _, message_id = put(do, means, to, answer.body, f"incident/{answer.id}", None)
    except (ValueError, LetterError):
        # one letter that cannot be written must not keep the others waiting
        log.exception("incident_letter_unwritten", ticket_id=letter.ticket_id)
        incidentanswers.mark(connection, letter, "skipped", incidentanswers.SKIPPED_UNWRITTEN)
        return
    incidentanswers.mark(connection, letter, "written")
    sent = Answer(answer.body, answer.outcome or "")
    note_answered(do, to, sent, message_id, pauses=means.pauses, incident=answer.incident_id)


def _close_batch(connection: Connection, means: Means) -> int:
    """Close tickets of incidents that ended so; one to which a letter is due waits for that."""
    rows = incidents.unsettled(connection, BATCH)
    ids = [ticket_id for _, ticket_id, _, _ in rows]
    waiting = incidentanswers.waiting_for(connection, ids)
    ready = [row for row in rows if row[1] not in waiting]
    held = {one.id: one for one in tickets.by_ids(connection, [row[1] for row in ready], lock=True)}
    for number, ticket_id, _, _ in ready:
        incidents.settle(connection, number, [ticket_id])
    _close(connection, means.clock.now(), [(held[row[1]], row[2], row[3]) for row in ready])
    return len(ready)


def _close(connection: Connection, now: datetime, many: Sequence[tuple[TicketRow, str, str]]) -> None:
    for ticket, outcome, actor in many:
        if ticket.status not in {TicketStatus.CLOSED, TicketStatus.HELD}:
            changes.close(connection, now, ticket, outcome=Closing(outcome), actor=actor)
