"""What else a mail may have to do with: the sender's latest tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from triage.core.excerpt import excerpt
from triage.core.facts import TicketFact
from triage.core.onespelling import spellings
from triage.core.privacy import mask
from triage.core.text import fold, one_line
from triage.core.tickets import TicketStatus
from triage.db.schema import tickets

ALIKE_WINDOW = timedelta(days=7)
MOST_ALIKE = 20
"""Latest tickets of the sender that are compared."""

PARTICIPANTS = "participants"
"""The name under which an event keeps who else stood on its mail, by sort: ``cc`` or ``forwarded``."""

_FEWEST_LETTERS = 4
_FEWEST_WORDS = 20
"""Characters; shorter texts ("Nhờ xem giúp") are written anew for each matter."""

_MOST_SAID = 5_000

_LATEST = (
    select(
        tickets.c.id,
        tickets.c.code,
        tickets.c.queue,
        tickets.c.status,
        tickets.c.closed_at,
        tickets.c.subject,
    )
    .add_columns(tickets.c.opened_at, tickets.c.excerpt)
    .where(tickets.c.requester_address.in_(bindparam("senders", expanding=True)))
    .order_by(tickets.c.id.desc())
    .limit(MOST_ALIKE)
)


@dataclass(frozen=True, slots=True)
class Lately:
    """The sender's newest ticket of the same subject, and how many hours saw the same words."""

    alike: TicketFact | None = None
    same_words: int = 0


def lately(connection: Connection, sender: str, bare: str, said: str, now: datetime) -> Lately:
    """Look through the sender's latest tickets, prefixes and tags of subjects aside.

    ``said`` is the new text as written; it is compared as tickets keep it, with secrets hidden.
    """
    if not sender:
        return Lately()
    found = connection.execute(_LATEST, {"senders": spellings(sender)}).all()
    rows = [row for row in found if row.opened_at > now - ALIKE_WINDOW]
    if not rows:
        return Lately()
    words = excerpt(mask(said[:_MOST_SAID]))
    hours = {row.opened_at.replace(minute=0, second=0, microsecond=0) for row in rows if row.excerpt == words}
    return Lately(_alike(rows, sender, bare), len(hours) if len(words) >= _FEWEST_WORDS else 0)


def _alike(rows: Sequence[Row[Any]], sender: str, bare: str) -> TicketFact | None:
    wanted = _compared(bare)
    if len(wanted) < _FEWEST_LETTERS:
        return None
    row = next((row for row in rows if _compared(row.subject) == wanted), None)
    if row is None:
        return None
    return TicketFact(
        row.id, row.code, row.queue, TicketStatus(row.status), frozenset({sender}), row.closed_at
    )


def _compared(subject: str) -> str:
    return fold(one_line(subject))
