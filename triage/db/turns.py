"""A lock that goes to whoever has waited longest, and whose holder may let others share its commit."""

import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sqlalchemy import Connection


class SharedCommit:
    """A transaction whose owner has done its work, in which guests do theirs before it is committed.

    One thread uses the connection at a time: the owner waits for each guest, and the guests for the commit.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._free = threading.Event()
        self._settled = threading.Event()
        self._failure: str | None = None

    def lend(self) -> None:
        """Note that a guest has the connection from now on."""
        self._free.clear()

    def give_back(self) -> None:
        """As its guest: let go of the connection."""
        self._free.set()

    def wait_for_guest(self) -> None:
        """As its owner: wait until the connection is free. Ctrl-C waits as well: two cannot use it."""
        interrupted: BaseException | None = None
        while not self._free.is_set():
            try:
                self._free.wait()
            except BaseException as error:  # noqa: BLE001 - raised below
                interrupted = error
        if interrupted:
            raise interrupted

    def settle(self, failure: str | None = None) -> None:
        """As its owner: tell the guests that their work is on disk, or why it is not."""
        self._failure = failure
        self._settled.set()

    def result(self) -> str | None:
        """As a guest: wait for the commit; give why there was none."""
        self._settled.wait()
        return self._failure


@dataclass(eq=False, slots=True)
class _Waiter:
    joins: bool
    called: threading.Event = field(default_factory=threading.Event)
    shared: SharedCommit | None = None


class Turns:
    """A context manager like threading.Lock, which is given to whoever asks first after it was let go.

    That may be the very thread that let it go, again and again, while others wait without end: a stage that
    writes one long transaction after the other would keep another from its short ones.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[_Waiter] = deque()
        self._held = False
        self._has_guest = False

    @property
    def wanted(self) -> bool:
        """Whether somebody waits at this moment: for the turn, or for the commit of whoever has it."""
        return bool(self._queue) or self._has_guest

    def __enter__(self) -> Self:
        self.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def enter(self, *, joins: bool = False) -> SharedCommit | None:
        """Wait for the turn, and give None; who ``joins`` may be given the transaction of another instead."""
        mine = _Waiter(joins)
        with self._lock:
            if not self._held:
                self._held = True
                return None
            self._queue.append(mine)
        try:
            mine.called.wait()
        except BaseException:
            self._step_back(mine)
            raise
        return mine.shared

    def leave(self) -> None:
        """Let the next one have the turn."""
        with self._lock:
            self._pass_on()

    def invite(self, shared: SharedCommit) -> bool:
        """As the holder: lend a transaction to the one whose turn is next, if that one joins any."""
        with self._lock:
            if not (self._queue and self._queue[0].joins):
                return False
            guest = self._queue.popleft()
            self._has_guest = True
            shared.lend()
            guest.shared = shared
            guest.called.set()
            return True

    def _step_back(self, mine: _Waiter) -> None:
        """Wait no longer, as after Ctrl-C; a turn that has come meanwhile goes to the next."""
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)
            elif mine.shared:
                mine.shared.give_back()
            else:
                self._pass_on()

    def _pass_on(self) -> None:
        self._has_guest = False
        if self._queue:
            self._queue.popleft().called.set()
        else:
            self._held = False
