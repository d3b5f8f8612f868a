"""Processes apart that read mails ahead: while this one decides and writes down some, they read the next.

They are started when first there is something for them, and end when there has been nothing for a while. A
process that dies or hangs is replaced; what it had in hand is left for the service to find out about.
"""

import fcntl
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import Any

import structlog

from triage.adapters.pipes import receive, send, start

log = structlog.get_logger()

SECONDS = 60
"""How long a process may take to start, and for the mails of one request; they take a second where none is
odd.
"""

IDLE_SECONDS = 60
"""How long a process stays that has nothing to do."""

PAUSE_SECONDS = 60
"""How long none is started after one that could not be used: starting takes a second of a processor."""

_PIPE_BYTES = 1024 * 1024
"""What a pipe shall hold, so that a request is handed over in one go; what Linux lets anybody ask for."""


class _SilentError(Exception):
    """A process died, hangs, or says that it cannot read for us."""


class ReaderPool:
    """So many processes, each started by ``command``, that are sent mails and send back what they read."""

    def __init__(
        self,
        command: Sequence[str],
        count: int,
        *,
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._command = list(command)
        self._count = count
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._pause_seconds = pause_seconds
        self._threads = ThreadPoolExecutor(count, "read-ahead")
        self._lock = Lock()
        self._free: list[_Process] = []
        self._busy = 0
        self._rest: Timer | None = None
        self._none_before = time.monotonic()

    @property
    def count(self) -> int:
        """How many processes there may be."""
        return self._count

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any]]:
        """Have mails read.

        None is what a process could not read, or had in hand when it died, or was ended because it hung; the
        answer is empty where no process could be had.
        """
        with self._lock:
            self._busy += 1
            if self._rest:
                self._rest.cancel()
                self._rest = None
        return self._threads.submit(self._work, dict(raws))

    def close(self) -> None:
        """End the processes; whoever begins something anew starts new ones."""
        with self._lock:
            ending, self._free = self._free, []
        for process in ending:
            process.end()

    def _work(self, raws: dict[int, bytes]) -> dict[int, Any]:
        try:
            process = self._process() if raws else None
            return self._read(process, raws) if process else {}
        finally:
            self._finished()

    def _process(self) -> "_Process | None":
        """Give a process that is ready for mails; None where there is none to be had for now."""
        while True:
            with self._lock:
                process = self._free.pop() if self._free else None
            if process is None:
                return self._started()
            if process.lives():
                return process
            process.end()

    def _started(self) -> "_Process | None":
        if time.monotonic() < self._none_before:
            return None
        try:
            return _Process(self._command, self._seconds)
        except (_SilentError, OSError) as error:
            self._none_before = time.monotonic() + self._pause_seconds
            log.warning("reader_not_started", why=str(error))
            return None

    def _read(self, process: "_Process", raws: dict[int, bytes]) -> dict[int, Any]:
        try:
            answers = process.ask(list(raws.values()), self._seconds)
            found = dict(zip(raws, answers, strict=True))
        except Exception as error:  # noqa: BLE001 - an answer that is no answer is the mails' fault as well
            log.warning("reader_ended", why=f"{type(error).__name__}: {error}")
            process.end()
            return dict.fromkeys(raws)
        with self._lock:
            self._free.append(process)
        return found

    def _finished(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self._rest = Timer(self._idle_seconds, self.close)
                self._rest.daemon = True
                self._rest.start()


class _Process:
    """One process with its two pipes. What comes back is our own program's, so it may be unpickled."""

    def __init__(self, command: list[str], seconds: float) -> None:
        """Start it. Raises OSError, and _SilentError where it does not come to read for us."""
        self._process, self._to, self._from = start(command, subprocess.DEVNULL)
        for pipe in (self._to, self._from):
            with suppress(OSError):  # the machine may allow less
                fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        hindrance = self._greeting(seconds)
        if hindrance:
            self.end()
            raise _SilentError(hindrance)

    def lives(self) -> bool:
        """Whether it has not died since it was asked last."""
        return self._process.poll() is None

    def ask(self, raws: list[bytes], seconds: float) -> list[Any]:
        """Send mails and give what came back. Raises _SilentError, OSError, what unpickling raises."""
        with self._within(seconds):
            send(self._to, pickle.dumps(raws, pickle.HIGHEST_PROTOCOL))
            answer = self._receive()
        return list(pickle.loads(answer))  # noqa: S301 - see above

    def end(self) -> None:
        """End the process; it holds nothing that would be lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()

    def _greeting(self, seconds: float) -> str:
        """Give why it cannot read for us; empty where it can."""
        try:
            with self._within(seconds):
                return self._receive().decode("utf-8", "replace")
        except _SilentError as error:
            return str(error)

    def _receive(self) -> bytes:
        answer = receive(self._from)
        if answer is None:
            raise _SilentError(f"the process ended (status {self._process.wait()})")
        return answer

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Kill the process where the block takes longer: so no read or write waits for it for ever."""
        timer = Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        began = time.monotonic()
        try:
            yield
        except (_SilentError, OSError) as error:
            raise _SilentError(
                f"{error} after {time.monotonic() - began:.0f} of {seconds:g} seconds"
            ) from None
        finally:
            timer.cancel()


def own_command(module: str, *args: str) -> list[str]:
    """Give the command that starts a module of ours in a process of its own."""
    return [sys.executable, "-m", module, *args]
