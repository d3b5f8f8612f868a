"""Runs the triage command as a person would, in a process of its own.

A command that is run to its end is forked off a process that has imported the command line already: importing
it anew takes longer than most commands. A service that is left running is started from nothing.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

TRIAGE = Path(sys.executable).parent / "triage"

_FORKS = multiprocessing.get_context("forkserver")
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
        files = [stack.enter_context(tempfile.NamedTemporaryFile(prefix="triage-")) for _ in range(3)]
        given, told, told_of_errors = files
        given.write(stdin or b"")
        given.flush()
        process = _FORKS.Process(
            target=_run, args=(words, environment(**more), cwd, [file.name for file in files])
        )
        process.start()
        process.join(_PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, _PATIENCE_SECONDS)
        return subprocess.CompletedProcess(words, process.exitcode, _read(told), _read(told_of_errors))


def start(
    arguments: Sequence[str | Path], within: Sequence[str] = (), **more: str
) -> subprocess.Popen[bytes]:
    """Start one command and leave it running; ``within`` are words before it, as of nsenter."""
    return subprocess.Popen(
        [*within, TRIAGE, *arguments], env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@contextmanager
def running(config: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let the service run for as long as the block lasts; what is left of it then is killed."""
    process = start(["--config", config, "run"], **more)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told_until(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    """Give what the service tells up to the first line with the word; a slow machine only takes longer."""
    assert process.stderr is not None
    told = b""
    for line in process.stderr:
        told += line
        if word in line:
            return told
    raise AssertionError(f"the service ended before it told of {word.decode()}: {told.decode()}")


def preload() -> None:
    """Let the process that commands are forked off import the command line; it starts with the first one."""
    folder = Path(__file__).parents[2] / "triage/cli"
    modules = (path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    _FORKS.set_forkserver_preload(["triage.cli", *(f"triage.cli.{name}" for name in sorted(modules))])


def _run(words: list[str], environ: dict[str, str], cwd: Path | None, files: list[str]) -> None:
    """Be the command: take its environment, folder and streams, as an exec would give them."""
    for number, (name, flags) in enumerate(zip(files, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        descriptor = os.open(name, flags)
        os.dup2(descriptor, number)
        os.close(descriptor)
    # multiprocessing has given it an empty standard input of its own.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends
    os.environ.clear()
    os.environ.update(environ)
    warnings.simplefilter("default")  # PYTHONWARNINGS is read by an exec only
    if cwd is not None:
        os.chdir(cwd)
    sys.argv = [str(TRIAGE), *words]
    from triage.cli import main  # noqa: PLC0415 - imported where it runs, not where tests wait for it

    main()


def _read(file: BinaryIO) -> str:
    return Path(file.name).read_bytes().decode()


preload()
