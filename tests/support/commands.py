"""Runs the triage command as a person would, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TRIAGE = Path(sys.executable).parent / "triage"


def environment(**more: str) -> dict[str, str]:
    """Give this environment without settings of ours, and what the test adds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE")}
    return {**kept, "PYTHONWARNINGS": "default", **more}


def triage(
    *arguments: str | Path, cwd: Path | None = None, stdin: bytes | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    done = subprocess.run(
        [TRIAGE, *arguments],
        cwd=cwd,
        env=environment(**more),
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def start(arguments: Sequence[str | Path], **more: str) -> subprocess.Popen[bytes]:
    """Start one command and leave it running."""
    return subprocess.Popen(
        [TRIAGE, *arguments], env=environment(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
