"""What tests start as a command is a process like any other, though it was forked off one that was ready."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from support.commands import environment, start, triage
from support.forks import Forked

from triage import __version__


def test_it_has_its_own_arguments_environment_folder_and_streams(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[", encoding="utf-8")
    told = triage("tickets", "list", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (78, "")
    assert told.stderr.startswith("triage: config.toml")
    assert "nowhere.toml" in triage("tickets", "list", cwd=tmp_path, TRIAGE_CONFIG="nowhere.toml").stderr
    said = triage("check-sender", "-", stdin="nguyễn@đơn-vị.example\n".encode())
    assert "nguyễn@đơn-vị.example" in said.stdout


@pytest.mark.parametrize("anew", [False, True], ids=["forked", "started from nothing"])
def test_it_is_asked_like_any_other_process(anew: bool) -> None:  # noqa: FBT001 - a parameter
    process = start(["--version"], anew=anew)
    told, told_of_errors = process.communicate(timeout=120)
    assert told.decode().startswith(f"triage {__version__}")
    assert told_of_errors == b""
    assert (process.returncode, process.poll(), process.wait()) == (0, 0, 0)


def test_how_it_was_killed_is_told() -> None:
    asked, asking = os.pipe()
    process = Forked(["check-sender", "-"], environment(), stdin=asked)
    try:
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.send_signal(signal.SIGSTOP)
        assert process.poll() is None
        process.kill()
        assert process.wait(60) == -signal.SIGKILL
        process.kill()
        assert process.communicate() == (b"", b"")
    finally:
        os.close(asked)
        os.close(asking)
