"""The service as an operator gets it: the wheel in an empty environment, far from the source tree."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support.commands import environment
from support.programs import unavailable

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
NO_INDEX = "The requirements of the service cannot be installed, since no package index gives them"


@dataclass(frozen=True, slots=True)
class Installed:
    """A wheel and the environment that it was installed into."""

    wheel: Path
    folder: Path

    @property
    def names(self) -> set[str]:
        """Every file in the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "triage"

    def environment(self, **more: str) -> dict[str, str]:
        """Give an environment in which Python finds nothing but what is installed."""
        return {name: value for name, value in environment(**more).items() if name != "PYTHONPATH"}

    def triage(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [self.program, *arguments],
            cwd=cwd,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def install(folder: Path) -> Installed:
    """Build the wheel and install it with the locked requirements into a new environment."""
    made = folder / "environment"
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder])
    [wheel] = folder.glob("triage-*.whl")
    _run([UV, "venv", "--quiet", "--python", sys.executable, made])
    into = [UV, "pip", "install", "--quiet", "--python", made / "bin" / "python"]
    locked = [*into, "--require-hashes", "-r", ROOT / "requirements" / "service.txt"]
    done = _ended(locked)
    if done.returncode != 0:
        unavailable(f"{NO_INDEX}: {done.stderr}")
    _run([*into, "--no-deps", "--offline", wheel])
    return Installed(wheel, made)


def _run(words: Sequence[str | Path]) -> None:
    done = _ended(words)
    assert done.returncode == 0, done.stderr


def _ended(words: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, env=_plain(), capture_output=True, text=True, timeout=600, check=False
    )


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
