"""Shells complete commands and options once they have sourced what triage completion prints."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.commands import TRIAGE, environment, triage
from support.programs import unavailable

TYPED = """
source <(triage completion bash)
COMP_WORDS=({words})
COMP_CWORD={last}
_triage_completion triage
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(*words: str) -> list[str]:
    """Let a real bash complete the last word."""
    bash = shutil.which("bash")
    if bash is None:
        unavailable("bash is not installed; on Debian: apt-get install bash")
    script = TYPED.format(words=" ".join(words), last=len(words) - 1)
    path = f"{TRIAGE.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", script],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(PATH=path),
    )
    return done.stdout.split()


def test_bash_completes_commands() -> None:
    assert completed("triage", "tick") == ["tickets"]


def test_bash_completes_options() -> None:
    assert completed("triage", "explain", "--js") == ["--json"]


@pytest.mark.parametrize(
    ("shell", "begins"), [("zsh", "#compdef triage"), ("fish", "complete --command triage")]
)
def test_zsh_and_fish_get_a_script_of_their_own(shell: str, begins: str) -> None:
    done = triage("completion", shell)
    assert (done.returncode, done.stdout.startswith(begins)) == (0, True), done.stderr


def test_another_shell_is_wrong_use(tmp_path: Path) -> None:
    assert triage("completion", "csh", cwd=tmp_path).returncode == 2
