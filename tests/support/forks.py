"""Commands of the program in processes that are forked off one which has imported all of it.

Importing takes two seconds of a processor, and tests start hundreds of commands. Such a process is as real as
one that was started from nothing: it has an id, a folder, an environment and streams of its own, hears
signals and can be killed. What cannot be tested on it is how a start goes, how much memory it takes, what is
told at the very end of an interpreter, and whether a command loads all that it needs: here all is loaded.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

FORKSERVER = Path(__file__).with_name("forkserver.py")

_NUMBER_BYTES = 4
_ASKING = threading.Lock()


class Forked:
    """A running command; it is asked by the names that ``subprocess.Popen`` has.

    ``stdin`` is empty unless a file is given; ``stdout`` and ``stderr`` are pipes unless files are.
    """

    def __init__(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        *,
        cwd: Path | None = None,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> None:
        self.args = [*words]
        self.returncode: int | None = None
        self.stdout, told = _to_tell(stdout)
        self.stderr, told_of_errors = _to_tell(stderr)
        given = os.open(os.devnull, os.O_RDONLY) if stdin is None else os.dup(stdin)
        self._status, status = os.pipe()
        weakref.finalize(self, os.close, self._status)
        self._lock = threading.Lock()
        request = {"words": self.args, "environ": dict(environ), "cwd": str(cwd or Path.cwd())}
        handed = (given, told, told_of_errors, status)
        try:
            with _ASKING:
                socket.send_fds(_forkserver(), [json.dumps(request).encode()], handed)
        finally:
            for one in handed:
                os.close(one)
        self.pid = self._number()

    def poll(self) -> int | None:
        """Give how it ended; None as long as it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and give how. Raises subprocess.TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Give the rest of what it tells until it ends. Kills it and raises subprocess.TimeoutExpired."""
        with ThreadPoolExecutor(2) as pool:
            reading = [pool.submit(_rest_of, one) for one in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            told, told_of_errors = (one.result() for one in reading)
        return told, told_of_errors

    def _ended(self, seconds: float | None) -> int | None:
        waiting = select.poll()
        waiting.register(self._status, select.POLLIN)
        # nobody holds the lock while he waits: others may want to know meanwhile
        if self.returncode is None and waiting.poll(None if seconds is None else seconds * 1000):
            with self._lock:
                if self.returncode is None:
                    self.returncode = self._number()
        return self.returncode

    def _number(self) -> int:
        told = os.read(self._status, _NUMBER_BYTES)
        assert len(told) == _NUMBER_BYTES, "the process that commands are forked off has ended"
        return int.from_bytes(told, sys.byteorder, signed=True)


def _to_tell(given: int | None) -> tuple[IO[bytes] | None, int]:
    """Give what to read from, and what to hand to the command."""
    if given is not None:
        return None, os.dup(given)
    near, far = os.pipe()
    return os.fdopen(near, "rb"), far


def _rest_of(stream: IO[bytes] | None) -> bytes:
    if stream is None or stream.closed:
        return b""
    with stream:
        return stream.read()


@cache
def _forkserver() -> socket.socket:
    """Start the process that commands are forked off; it ends with this one, when its socket does."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with far:
        # -P: neighbours of that file must not be taken for modules of the same name
        command = [sys.executable, "-P", str(FORKSERVER), str(far.fileno())]
        process = subprocess.Popen(command, pass_fds=[far.fileno()], stdin=subprocess.DEVNULL)
    process.returncode = 0  # nobody waits for its end
    return near
