"""What the reader makes of the reference data is what the projects that collected it expect."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPORA = ROOT / ".." / "shared" / "corpora"
PROGRAM = ROOT / "bench" / "corpora.py"
LEAST = "0.99"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=False, timeout=200
    )


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the reference data are not at hand")
def test_the_reader_agrees_with_every_collection() -> None:
    done = run(str(CORPORA), "--miss", "--least", LEAST)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_reader_that_must_agree_where_nothing_is_compared_says_so(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none"), "--least", LEAST)
    assert done.returncode == 0
    assert "nothing was compared" in done.stdout


def test_each_explained_difference_has_a_reason() -> None:
    rows = (ROOT / "bench" / "corpora_explained.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(len(row.split("\t")) == 4 and len(row.split("\t")[3]) > 10 for row in rows)
