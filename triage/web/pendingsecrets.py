"""Secrets of authenticators that are being set up: kept in memory until a first code proves them right."""

from threading import Lock

from triage.service.secondfactor import new_secret

_MOST = 1000


class PendingSecrets:
    """One secret a session. Where there are too many the oldest goes, and that page shows a new picture."""

    def __init__(self) -> None:
        self._secrets: dict[int, str] = {}
        self._lock = Lock()

    def of(self, session_id: int) -> str:
        """Give the secret that a session is being shown, a new one at its first question."""
        with self._lock:
            if session_id not in self._secrets:
                while len(self._secrets) >= _MOST:
                    del self._secrets[next(iter(self._secrets))]
                self._secrets[session_id] = new_secret()
            return self._secrets[session_id]

    def forget(self, session_id: int) -> None:
        """Forget a secret once it is set up."""
        with self._lock:
            self._secrets.pop(session_id, None)
