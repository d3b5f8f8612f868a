"""What the database knows about a mail before it is decided."""

from dataclasses import dataclass
from datetime import datetime

from triage.core.tickets import TicketStatus


@dataclass(frozen=True, slots=True)
class TicketFact:
    """An existing ticket that a mail may belong to. ``parties`` are lower-case addresses that wrote or got mail on it."""

    id: int
    code: str
    queue: str
    status: TicketStatus
    parties: frozenset[str]
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one mail from elsewhere than its bytes.

    ``acted_mail_id`` is the stored mail with the same MailKey that was acted on; ``thread`` the ticket that
    In-Reply-To or References lead to; ``ticket`` the ticket whose code stands in the mail; ``history_queue``
    the queue of the sender's latest ticket; ``letters_last_hour`` counts automatic letters to this sender.
    """

    acted_mail_id: int | None = None
    thread: TicketFact | None = None
    ticket: TicketFact | None = None
    history_queue: str | None = None
    letters_last_hour: int = 0


NO_FACTS = Facts()
