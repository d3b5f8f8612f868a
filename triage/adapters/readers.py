"""Processes apart that read mails ahead: while this one decides and writes down some, they read the next.

They are started when first there is something for them, and end when there has been nothing for a while. A
process that dies or hangs is replaced; what it had in hand is left for the service to find out about.
"""

import fcntl
import os
import pickle
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock, Timer
from typing import Any, BinaryIO

import structlog

from triage.adapters.pipes import receive, send

log = structlog.get_logger()

SECONDS = 60
"""How long a process may take for the mails of one request; they take a second where none is odd."""

IDLE_SECONDS = 60
"""How long a process stays that has nothing to do."""

_PIPE_BYTES = 1024 * 1024
"""What a pipe shall hold, so that a request is handed over in one go; what Linux lets anybody ask for."""


class _SilentError(Exception):
    """A process died or hangs."""


class ReaderPool:
    """So many processes, each started by ``command``, that are sent mails and send back what they read."""

    def __init__(
        self,
        command: Sequence[str],
        count: int,
        *,
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._command = list(command)
        self._count = count
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._threads = ThreadPoolExecutor(count, "read-ahead")
        self._lock = Lock()
        self._free: list[_Process] = []
        self._busy = 0
        self._rest: Timer | None = None

    @property
    def count(self) -> int:
        """How many processes there may be."""
        return self._count

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any]]:
        """Have mails read; what was not read for whatever reason is left out of the answer."""
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
            return self._read(raws) if raws else {}
        finally:
            self._finished()

    def _read(self, raws: dict[int, bytes]) -> dict[int, Any]:
        process = None
        try:
            with self._lock:
                process = self._free.pop() if self._free else None
            process = process or _Process(self._command)
            answers = process.ask(list(raws.values()), self._seconds)
        except (_SilentError, OSError) as error:
            log.warning("reader_ended", why=str(error))
            if process:
                process.end()
            return {}
        with self._lock:
            self._free.append(process)
        return {number: one for number, one in zip(raws, answers, strict=True) if one is not None}

    def _finished(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self._rest = Timer(self._idle_seconds, self.close)
                self._rest.daemon = True
                self._rest.start()


class _Process:
    """One process with its two pipes. What comes back is our own program's, so it may be unpickled."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin  # noqa: S101 - tells mypy what PIPE gives
        assert self._process.stdout  # noqa: S101 - same
        self._to: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]
        for pipe in (self._to, self._from):
            with suppress(OSError):  # the machine may allow less
                fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def ask(self, raws: list[bytes], seconds: float) -> list[Any]:
        """Send mails and give what came back. Raises _SilentError."""
        try:
            send(self._to, pickle.dumps(raws, pickle.HIGHEST_PROTOCOL))
        except OSError as error:
            raise _SilentError(str(error)) from None
        if not select.select([self._from], [], [], seconds)[0]:
            raise _SilentError(f"no answer within {seconds} seconds")
        answer = receive(self._from)
        if answer is None:
            raise _SilentError(f"the process died (status {self._process.wait()})")
        return list(pickle.loads(answer))  # noqa: S301 - see above

    def end(self) -> None:
        """End the process; it holds nothing that would be lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()


def own_command(module: str, *args: str) -> list[str]:
    """Give the command that starts a module of ours in a process of its own."""
    return [sys.executable, "-m", module, *args]


def cores() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
