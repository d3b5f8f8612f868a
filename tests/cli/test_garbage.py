"""The collector rests while a command is loaded, and works in the service as Python has it."""

import gc
import subprocess
import sys
from pathlib import Path

from support.commands import environment

ASKED = """
import gc
usual = gc.get_threshold()
from triage.cli.garbage import look_as_usual, look_rarely
look_rarely()
rare = gc.get_threshold()
look_as_usual()
print(usual[0] < rare[0], usual == gc.get_threshold(), gc.get_freeze_count() > 1000, gc.isenabled())
"""


def test_the_collector_looks_rarely_at_first_and_then_as_usual(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True"] * 4
    assert gc.isenabled()
