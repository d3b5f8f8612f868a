"""Imports the program, then forks a process for each command that ``support.forks`` asks for."""

import atexit
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import triage

TRIAGE = Path(sys.executable).parent / "triage"

_BYTES = 1024 * 1024
_FILES = 4


def main() -> NoReturn:
    """Import everything, then fork for each request until nobody is there to send any."""
    for module in pkgutil.walk_packages(triage.__path__, "triage."):
        import_module(module.name)
    # What stands now stays: looking through it for garbage would copy it for each process.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever runs the tests
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        serve(asking)
    os._exit(0)


def serve(asking: socket.socket) -> None:
    """Answer requests: by the number of the new process, and by how it ended when it has."""
    running: dict[int, tuple[int, int]] = {}
    waiting = select.poll()
    waiting.register(asking, select.POLLIN)
    while True:
        for ready, _ in waiting.poll():
            if ready != asking.fileno():
                waiting.unregister(ready)
                number, status = running.pop(ready)
                tell(status, os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
                os.close(status)
                os.close(ready)
                continue
            request, files, _, _ = socket.recv_fds(asking, _BYTES, _FILES)
            if not request:
                return
            number = os.fork()
            if not number:
                asking.close()
                for process, (_, status) in running.items():
                    os.close(process)
                    os.close(status)
                be(files, **json.loads(request))
            process = os.pidfd_open(number)
            *streams, status = files
            for one in streams:
                os.close(one)
            running[process] = number, status
            waiting.register(process, select.POLLIN)
            tell(status, number)


def tell(whom: int, number: int) -> None:
    """Write a number to somebody who may have gone."""
    with suppress(BrokenPipeError):
        os.write(whom, number.to_bytes(4, sys.byteorder, signed=True))


def be(files: list[int], words: list[str], environ: dict[str, str], cwd: str) -> NoReturn:
    """Be the command: take its streams, environment and folder as an exec would give them."""
    *streams, status = files
    os.close(status)
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warnings.simplefilter("default")  # PYTHONWARNINGS is read by an exec only
    sys.argv = [str(TRIAGE), *words]
    end(run())


def run() -> int:
    from triage.cli import main as command  # noqa: PLC0415 - tests change nothing that is imported before

    try:
        command()
    except SystemExit as ended:
        return code_of(ended.code)
    except BaseException:  # noqa: BLE001 - told as the interpreter tells what nobody has caught
        traceback.print_exc()
        return 1
    return 0


def code_of(given: Any) -> int:
    """Give the exit code as the interpreter does."""
    if given is None or isinstance(given, int):
        return given or 0
    sys.stderr.write(f"{given}\n")
    return 1


def end(code: int) -> NoReturn:
    """Do what the interpreter does at its end, but for taking everything apart: that takes long."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 0xFF)


if __name__ == "__main__":
    main()
