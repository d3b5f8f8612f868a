"""Waiting for new mail on a connection, with a bell that another thread can ring."""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from enum import Enum, auto

from triage.adapters.imap_ask import Asker
from triage.adapters.imap_gate import Gate

IDLE_SECONDS = 9 * 60.0
"""Ends an IDLE long before the 29 minutes of RFC 2177, and before most firewalls forget the connection."""

BREATH_SECONDS = 1.0
"""An IDLE that ends sooner than this without news is followed by a pause of this length."""


class Ended(Enum):
    """What ended a wait: the bell, the time, words of the server, or its answer to a question."""

    BELL = auto()
    TIME = auto()
    WORDS = auto()
    ANSWER = auto()


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

    def wait(self, seconds: float, other: socket.socket | None = None) -> Ended:
        """Wait for the bell, for ``other`` to become readable, or for the time to pass."""
        spoken = False
        ear, clapper = socket.socketpair()
        with ear, clapper, selectors.DefaultSelector() as selector:
            selector.register(ear, selectors.EVENT_READ)
            if other is not None:
                selector.register(other, selectors.EVENT_READ)
            with self._lock:
                self._clapper = clapper
                rung = self._rung
            if not rung:
                ready = selector.select(max(seconds, 0.0))
                spoken = any(key.fileobj is other for key, _events in ready)
            with self._lock:
                self._clapper = None
                rung, self._rung = self._rung, False
        if rung:
            return Ended.BELL
        return Ended.WORDS if spoken else Ended.TIME


def wait_for_mail(
    gate: Gate, seconds: float, bell: Bell, has_news: Callable[[], bool], asker: Asker, *, idle: bool
) -> bool:
    """Wait until ``has_news``, the bell rings or the time is up; True when there is news.

    What a server says during IDLE, or answers to a question, only ends the IDLE: ``has_news`` then asks it
    by a search. So neither "Still here" nor any other talk can be mistaken for mail, and nothing that is said
    too early is missed.
    """
    end = time.monotonic() + seconds
    began: float | None = None
    ended = Ended.TIME
    asker.begin()
    while not has_news():
        now = time.monotonic()
        if began is not None and now - began < BREATH_SECONDS:
            # A server that talks about nothing all the time must not keep us busy all the time.
            if bell.wait(min(BREATH_SECONDS, end - now)) is Ended.BELL:
                return False
            now = time.monotonic()
        left = min(end - now, IDLE_SECONDS)
        if left <= 0:
            return False
        began = now
        ended = _idle(gate, left, bell, asker) if idle else _listen(left, bell, asker)
        if ended is Ended.BELL:
            return False
    if idle and ended is not Ended.TIME:
        asker.was_first(question=ended is Ended.ANSWER)
    return True


def _idle(gate: Gate, seconds: float, bell: Bell, asker: Asker) -> Ended:
    talk, has_spoken = gate.idle()
    if has_spoken:
        ended = Ended.BELL if bell.wait(0.0) is Ended.BELL else Ended.WORDS
    else:
        ended = _listen(seconds, bell, asker, talk)
    gate.idle_done()
    return ended


def _listen(seconds: float, bell: Bell, asker: Asker, talk: socket.socket | None = None) -> Ended:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        ended = bell.wait(min(left, asker.interval or left), talk)
        if ended is Ended.TIME and asker.has_heard():
            # Words that came while the answer was under way came no later.
            at_once = bell.wait(0.0, talk)
            return Ended.ANSWER if at_once is Ended.TIME else at_once
        if ended is not Ended.TIME:
            return ended
    return Ended.TIME
