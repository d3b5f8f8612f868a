"""The processes that a process has started."""

import os
from contextlib import suppress
from pathlib import Path


def children(of: int | None = None) -> set[int]:
    """The processes that this one, or another, has started and that still run."""
    mine = of or os.getpid()
    found = set()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = file.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == mine and state != "Z":
                found.add(int(file.parent.name))
    return found
