"""The API does what docs/openapi.json says, whatever is sent to it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from support.deskmails import paper, screen, with_files
from support.deskserver import DeskServer, desk_of
from support.migrated import migrated
from support.office import Office, SetClock
from support.openapi_docs import DOCUMENT, render

EXAMPLES = 3
"""Requests that are made up for each route in each way, beside those at the edges of what is described."""


class HastyClock(SetClock):
    """A clock that goes on by a second whenever it is looked at, so that no limit by the minute is met."""

    def now(self) -> datetime:
        self.forward(seconds=1)
        return self.moment


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    database = migrated(f"sqlite:///{tmp_path / 'x.sqlite'}")
    office = Office(database, HastyClock())
    office.store(with_files(screen(), paper()))
    office.process()
    with desk_of(office) as desk:
        desk.person("bao", "security")
        yield desk
    database.close()


def test_the_description_is_the_one_that_is_committed() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), (
        "docs/openapi.json is stale: PYTHONPATH=tests .venv/bin/python tests/support/openapi_docs.py"
    )


@pytest.mark.timeout(600)
def test_every_answer_is_as_described_whatever_is_asked(desk: DeskServer, tmp_path: Path) -> None:
    """Schemathesis with all its checks: examples, edges, chance, and chains of requests."""
    tool = (sys.executable, "-m", "schemathesis.cli", "run", DOCUMENT)
    where = ("--url", f"{desk.url}/api/v1", "--header", f"Authorization: Bearer {desk.token('bao')}")
    how = ("--max-examples", str(EXAMPLES), "--seed", "7102", "--generation-database", "none")
    quiet = ("--no-color", "--warnings", "off")
    done = subprocess.run(
        [*tool, *where, *how, *quiet], check=False, capture_output=True, text=True, timeout=550, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
