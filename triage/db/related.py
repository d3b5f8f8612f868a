"""What else a mail may have to do with: the sender's latest tickets."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from triage.core.facts import TicketFact
from triage.core.text import fold, one_line
from triage.core.tickets import TicketStatus
from triage.db.schema import tickets

ALIKE_WINDOW = timedelta(days=7)
MOST_ALIKE = 20
"""Latest tickets of the sender that are compared."""

PARTICIPANTS = "participants"
"""The name under which an event keeps who else stood on its mail, by sort: ``cc`` or ``forwarded``."""

_FEWEST_LETTERS = 4

_LATEST = (
    select(
        tickets.c.id,
        tickets.c.code,
        tickets.c.queue,
        tickets.c.status,
        tickets.c.closed_at,
        tickets.c.subject,
    )
    .add_columns(tickets.c.opened_at)
    .where(tickets.c.requester_address == bindparam("sender"))
    .order_by(tickets.c.id.desc())
    .limit(MOST_ALIKE)
)


def alike(connection: Connection, sender: str, bare: str, now: datetime) -> TicketFact | None:
    """Give the sender's newest ticket of the last days with the same subject, prefixes and tags aside."""
    wanted = _compared(bare)
    if not sender or len(wanted) < _FEWEST_LETTERS:
        return None
    for row in connection.execute(_LATEST, {"sender": sender}):
        if row.opened_at > now - ALIKE_WINDOW and _compared(row.subject) == wanted:
            status = TicketStatus(row.status)
            return TicketFact(row.id, row.code, row.queue, status, frozenset({sender}), row.closed_at)
    return None


def _compared(subject: str) -> str:
    return fold(one_line(subject))
