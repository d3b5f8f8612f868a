"""What tests keep in memory is gone after them, however they end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from support.fastfolder import held_folder, sweep

KEEP = """
import os, signal, sys
from pathlib import Path
from support.fastfolder import held_folder
(held_folder(Path(sys.argv[1])) / "big").write_bytes(b"x")
if sys.argv[2] == "killed": os.kill(os.getpid(), signal.SIGKILL)
"""


def keep(memory: Path, how: str) -> int:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", KEEP, str(memory), how]
    return subprocess.run(command, check=False, env=environment).returncode


def test_whoever_ends_leaves_nothing(tmp_path: Path) -> None:
    assert keep(tmp_path, "ended") == 0
    assert list(tmp_path.iterdir()) == []


def test_what_killed_ones_left_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    assert keep(tmp_path, "killed") == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    ours = held_folder(tmp_path)
    sweep(tmp_path)
    assert left.exists(), "it may be somebody's who has just come"
    os.utime(left, (0, 0))
    os.utime(ours, (0, 0))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [ours]
