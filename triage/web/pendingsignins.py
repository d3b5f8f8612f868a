"""Sign-ins that are under way at a provider: kept in memory, bound to one browser, used once."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock

from triage.core.oidc import Attempt
from triage.core.tokens import hash_of

VALID = timedelta(minutes=10)
_MOST = 10_000
_BYTES = 32


class PendingSignIns:
    """Attempts by their state. Where there are too many the oldest goes, and that person begins again."""

    def __init__(self) -> None:
        self._attempts: dict[str, tuple[str, Attempt]] = {}
        self._lock = Lock()

    def begin(self, browser: str, there: str, now: datetime, *, again: bool) -> Attempt:
        """Begin an attempt of the browser that holds this token."""
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, there, again, now)
        with self._lock:
            while len(self._attempts) >= _MOST:
                del self._attempts[next(iter(self._attempts))]
            self._attempts[state] = (hash_of(browser), attempt)
        return attempt

    def take(self, browser: str, state: str, now: datetime) -> Attempt | None:
        """Give an attempt of this browser, once; None for what it did not begin or begun too long ago."""
        with self._lock:
            holder, attempt = self._attempts.get(state, ("", None))
            if attempt is None or not compare_digest(holder, hash_of(browser)):
                return None
            del self._attempts[state]
        return attempt if now - attempt.started_at < VALID else None
