"""A new SQLite file and its journals are their owner's alone: they hold people's mail."""

import os
import stat
from pathlib import Path

from triage.db import migrate
from triage.db.engine import Database


def test_nobody_else_reads_a_new_database(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        database = Database(f"sqlite:///{tmp_path / 'triage.sqlite'}")
        migrate.upgrade(database)
        with database.read():
            rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert "triage.sqlite" in rights
    assert set(rights.values()) == {0o600}


def test_a_file_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "triage.sqlite"
    path.touch(0o640)
    path.chmod(0o640)
    Database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
