"""What a sign-in by OpenID Connect is about: one attempt of a browser, and who comes back from it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, begun at a moment in UTC; all three secrets are random and used once.

    ``there`` is the page that follows. ``again`` asks the provider to have its person prove himself anew.
    """

    state: str
    nonce: str
    verifier: str
    there: str
    again: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in: issuer and subject, nothing else. ``proved_at`` (UTC) is when, where that was told."""

    issuer: str
    subject: str
    proved_at: datetime | None
