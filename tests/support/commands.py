"""Runs the triage command as a person would, in a process of its own.

They are forked off a process that has imported the program already (support.forks): importing it anew takes
longer than most commands. What is asked for ``anew`` is started from nothing.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from support.forks import Forked

TRIAGE = Path(sys.executable).parent / "triage"

Started = Forked | subprocess.Popen[bytes]
"""A command that runs."""

_PATIENCE_SECONDS = 120


def environment(**more: str) -> dict[str, str]:
    """Give this environment without settings of ours, and what the test adds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE")}
    return {**kept, "PYTHONWARNINGS": "default", **more}


def triage(
    *arguments: str | Path, cwd: Path | None = None, stdin: bytes | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    words = [str(argument) for argument in arguments]
    with ExitStack() as stack:
        given, told, told_of_errors = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(stdin or b"")
        given.seek(0)
        streams = {"stdin": given.fileno(), "stdout": told.fileno(), "stderr": told_of_errors.fileno()}
        process = Forked(words, environment(**more), cwd=cwd, **streams)
        try:
            code = process.wait(_PATIENCE_SECONDS)
        finally:
            process.kill()
        for one in (told, told_of_errors):
            one.seek(0)
        return subprocess.CompletedProcess(words, code, told.read().decode(), told_of_errors.read().decode())


def start(
    arguments: Sequence[str | Path], within: Sequence[str] = (), *, anew: bool = False, **more: str
) -> Started:
    """Start one command and leave it running.

    ``within`` are words before it, as of nsenter; with them, or ``anew``, or another program that PYTHONPATH
    leads to, it is started from nothing.
    """
    if not (anew or within or "PYTHONPATH" in more):
        return Forked([str(argument) for argument in arguments], environment(**more))
    return subprocess.Popen(
        [*within, TRIAGE, *arguments], env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@contextmanager
def running(config: Path, *, anew: bool = False, **more: str) -> Iterator[Started]:
    """Let the service run for as long as the block lasts; what is left of it then is killed."""
    process = start(["--config", config, "run"], anew=anew, **more)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told_until(process: Started, word: bytes) -> bytes:
    """Give what the service tells up to the first line with the word; a slow machine only takes longer."""
    assert process.stderr is not None
    told = b""
    for line in process.stderr:
        told += line
        if word in line:
            return told
    raise AssertionError(f"the service ended before it told of {word.decode()}: {told.decode()}")
