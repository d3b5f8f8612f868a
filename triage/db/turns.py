"""A lock that is given to whoever has waited longest, and that says whether anybody waits."""

import threading
from collections import deque
from types import TracebackType
from typing import Self


class Turns:
    """A context manager like threading.Lock, which is given to whoever asks first after it was let go.

    That may be the very thread that let it go, again and again, while others wait without end: a stage that
    writes one long transaction after the other would keep another from its short ones.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    @property
    def wanted(self) -> bool:
        """Whether somebody waits at this moment."""
        return bool(self._queue)

    def __enter__(self) -> Self:
        mine = threading.Event()
        with self._lock:
            if not self._held:
                self._held = True
                return self
            self._queue.append(mine)
        try:
            mine.wait()
        except BaseException:
            self._step_back(mine)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._pass_on()

    def _step_back(self, mine: threading.Event) -> None:
        """Wait no longer, as after Ctrl-C; a turn that has come meanwhile goes to the next."""
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)
            else:
                self._pass_on()

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.popleft().set()
        else:
            self._held = False
