"""Whether the ticket that a mail is to join still stands as it did when that was decided."""

from sqlalchemy import Connection, true

from triage.core.decision import AppendToTicket, Outcome
from triage.core.facts import Facts
from triage.db import tickets


def still_stands(connection: Connection, outcome: Outcome, known: Facts) -> bool:
    """Whether nobody has closed, merged or moved the ticket meanwhile; from here on nobody else changes it.

    PostgreSQL lets a person commit between the question for facts and the act: a further mail would lie on a
    closed ticket, unseen by everybody.
    """
    if not isinstance(outcome, AppendToTicket):
        return True
    row = tickets.find_by_id(connection, outcome.ticket_id, visible=true(), lock=True)
    told = (one for one in (known.thread, known.ticket, known.alike) if one and one.id == outcome.ticket_id)
    fact = next(told, None)
    if row is None or fact is None:
        return True
    return row.merged_into is None and (row.status, row.queue) == (fact.status.value, fact.queue)
