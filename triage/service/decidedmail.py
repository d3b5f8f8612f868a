"""A mail on its way from the decision to the database: what is known of it, and the ticket it came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from triage.core.decision import Decision
from triage.core.facts import Facts
from triage.core.mail import Mail
from triage.core.veil import Veil
from triage.db.mails import ClaimedMail


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
class Joined:
    """The ticket that a mail belongs to now, if any."""

    ticket_id: int | None
    code: str | None
