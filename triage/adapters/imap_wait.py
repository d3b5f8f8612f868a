"""Waiting for new mail on a connection, with a bell that another thread can ring."""

import selectors
import socket
import threading
import time
from collections.abc import Callable

from triage.adapters.imap_gate import Gate

IDLE_SECONDS = 9 * 60.0
"""Ends an IDLE long before the 29 minutes of RFC 2177, and before most firewalls forget the connection."""

BREATH_SECONDS = 1.0
"""An IDLE that ends sooner than this without news is followed by a pause of this length."""


class Bell:
    """Ends a wait from another thread. Rung while nobody waits, it ends the next wait at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rung = False
        self._clapper: socket.socket | None = None

    def ring(self) -> None:
        """End the wait; may be called from any thread."""
        with self._lock:
            self._rung = True
            if self._clapper is not None:
                self._clapper.send(b"!")

    def wait(self, seconds: float, other: socket.socket | None = None) -> bool:
        """Wait for the bell, for ``other`` to become readable, or for the time to pass; True for the bell."""
        ear, clapper = socket.socketpair()
        with ear, clapper, selectors.DefaultSelector() as selector:
            selector.register(ear, selectors.EVENT_READ)
            if other is not None:
                selector.register(other, selectors.EVENT_READ)
            with self._lock:
                self._clapper = clapper
                rung = self._rung
            if not rung:
                selector.select(max(seconds, 0.0))
            with self._lock:
                self._clapper = None
                rung, self._rung = self._rung, False
        return rung


def wait_for_mail(
    gate: Gate, seconds: float, bell: Bell, has_news: Callable[[], bool], *, idle: bool
) -> bool:
    """Wait until ``has_news``, the bell rings or the time is up; True when there is news.

    What a server says during IDLE only ends the IDLE: ``has_news`` then asks it by a search. So neither
    "Still here" nor any other talk can be mistaken for mail, and nothing that is said too early is missed.
    """
    end = time.monotonic() + seconds
    began: float | None = None
    while not has_news():
        now = time.monotonic()
        if began is not None and now - began < BREATH_SECONDS:
            # A server that talks about nothing all the time must not keep us busy all the time.
            if bell.wait(min(BREATH_SECONDS, end - now)):
                return False
            now = time.monotonic()
        left = min(end - now, IDLE_SECONDS)
        if left <= 0:
            return False
        began = now
        rung = _idle(gate, left, bell) if idle else bell.wait(left)
        if rung:
            return False
    return True


def _idle(gate: Gate, seconds: float, bell: Bell) -> bool:
    talk, has_spoken = gate.idle()
    rung = bell.wait(0.0 if has_spoken else seconds, talk)
    gate.idle_done()
    return rung
