"""Asking beside IDLE: a second, light connection that says NOOP a few times a second while mail comes.

Some servers hold the notices of IDLE back (Dovecot for half a second); asked, they tell at once. The
questions end where the server proves as fast by itself, and rest while no mail comes (docs/adr/0018).
Whatever goes wrong here costs time and never a mail: the first connection hears of all of it, if later.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from triage.adapters.imap_gate import Gate
from triage.errors import MailboxError, TriageError

ACTIVE_SECONDS = 10 * 60.0
"""How long after a mail, or after the service came up, the questions go on."""

PROMPT_TIMES = 5
"""So many notices in a row that come no later than our questions prove a server to be prompt."""

PROMPT_SECONDS = 3600.0
"""How long a server counts as prompt before it is tried again."""

AGAIN_SECONDS = 300.0
"""How long no second connection is tried after one that could not be had, or did not last."""

LONGEST_WAIT_SECONDS = 3.0
"""What each wait for the server may take here: meanwhile the first connection is not listened to."""


@dataclass
class Asker:
    """Asks on a connection of its own, ``every`` so many seconds, 0 never. Used by one thread.

    ``connect`` gives a connection with the folder examined and how many messages that holds.
    """

    connect: Callable[[], tuple[Gate, int]]
    every: float
    now: Callable[[], float] = time.monotonic
    _gate: Gate | None = None
    _messages: int = 0
    _in_row: int = 0
    _active_until: float = field(init=False)
    _prompt_until: float = -inf
    _not_before: float = -inf

    def __post_init__(self) -> None:
        self._active_until = self.now() + ACTIVE_SECONDS

    @property
    def interval(self) -> float | None:
        """Seconds to the next question; None while none is asked."""
        return self.every if self._gate is not None and self._gate.alive and self._is_wanted() else None

    def begin(self) -> None:
        """Be ready to hear what comes from now on: connect, or take note of what has come meanwhile.

        To be called before the first connection looks, so that nothing comes in between unseen by both.
        """
        if not self._is_wanted():
            self.close()
        elif self.interval is None:
            self._connect()
        else:
            self.has_heard()

    def has_heard(self) -> bool:
        """Ask whether a message has come since the last question; a connection that breaks hears nothing."""
        if self._gate is None or self.interval is None:
            return False
        heard = False
        try:
            for number, word in self._gate.changes():
                if word == b"EXISTS":
                    # Some servers repeat the number after each EXPUNGE.
                    heard = heard or number > self._messages
                    self._messages = number
                elif word == b"EXPUNGE":
                    self._messages -= 1
        except MailboxError:
            self._gate.drop()
            return False
        return heard

    def mail_came(self) -> None:
        """Note that mail comes these days: the questions go on."""
        self._active_until = self.now() + ACTIVE_SECONDS

    def was_first(self, *, question: bool) -> None:
        """Note who knew of a mail first: our question, or the server of its own accord."""
        if self.interval is None:
            return
        self._in_row = 0 if question else self._in_row + 1
        if self._in_row == PROMPT_TIMES:
            self._in_row = 0
            self._prompt_until = self.now() + PROMPT_SECONDS

    def close(self) -> None:
        """End the connection as politely as it allows; ``begin`` may make another one."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.logout()

    def _is_wanted(self) -> bool:
        return self.every > 0 and self._prompt_until <= self.now() < self._active_until

    def _connect(self) -> None:
        if self.now() < self._not_before:
            return
        self._not_before = self.now() + AGAIN_SECONDS
        try:
            self._gate, self._messages = self.connect()
        except TriageError:
            # Servers allow a user so many connections: without this one, IDLE alone tells.
            self._gate = None
