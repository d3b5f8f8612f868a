"""A new SQLite file and its journals are their owner's alone: they hold people's mail."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from triage.db import migrate
from triage.db.engine import Database
from triage.db.lock import working_alone
from triage.errors import DatabaseError


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_makes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(tmp_path, nobody.pw_uid, nobody.pw_gid)
    database = Database(f"sqlite:///{tmp_path / 'triage.sqlite'}")
    migrate.upgrade(database)
    with working_alone(database), database.read():
        owners = {file.name: (file.stat().st_uid, file.stat().st_gid) for file in tmp_path.iterdir()}
    database.close()
    assert {"triage.sqlite", "triage.sqlite.lock"} <= set(owners)
    assert set(owners.values()) == {(nobody.pw_uid, nobody.pw_gid)}


def test_a_file_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "triage.sqlite"
    path.touch(0o640)
    path.chmod(0o640)
    Database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_opened_is_told_with_whose_it_must_be(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'triage.sqlite'}")
    with pytest.raises(DatabaseError, match=r"open database file; it must belong to the user of the service"):
        migrate.upgrade(database)
    with (
        pytest.raises(DatabaseError, match=r"^Lock .* it must belong to the user of the service"),
        working_alone(database),
    ):
        pass
    database.close()
