"""Nodes of the release before go on while the database is upgraded, and give way to new ones one by one."""

import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.commands import start, triage
from support.imapserver import ImapAccount
from support.migrated import empty
from support.nodesite import Service, Site
from support.office import write_config
from support.patience import until

from triage.db import migrate
from triage.db.engine import Database

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.dovecot


def git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The program as it was before the newest migration came, from the history of the project."""
    if not shutil.which("git"):
        pytest.skip("git is not here, and with it the release before")
    newest = f"migrations/versions/{migrate.newest_revision()}_*.py"
    added = git("log", "--diff-filter=A", "--format=%H", "--", newest).decode().split()
    packed = git("archive", f"{added[-1]}^") if added else b""
    if not packed:
        pytest.skip("the history of the project is not here, and with it the release before")
    folder = tmp_path / "before"
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def site(
    tmp_path: Path, before: Path, dovecot: ImapAccount, catcher: SmtpCatcher, postgres_url: str
) -> Iterator[Site]:
    config = write_config(tmp_path, imap=dovecot, smtp_port=catcher.port, database_url=empty(postgres_url))
    old = start(["--config", config, "db", "upgrade"], PYTHONPATH=str(before))
    assert old.wait() == 0, old.communicate()
    old.communicate()
    database = Database(postgres_url)
    with ExitStack() as stack:
        yield Site(config, dovecot, catcher, database, stack)
    database.close()


def all_answered(site: Site) -> None:
    until(lambda: site.sent() == site.count)


def end(node: Service) -> None:
    """End a node in its own time; it must not have failed before."""
    assert node.process.poll() is None
    node.process.send_signal(signal.SIGTERM)
    assert node.process.wait(60) == 0


def test_nodes_are_upgraded_one_after_the_other_while_mails_come(site: Site, before: Path) -> None:
    old = [site.node(PYTHONPATH=str(before)) for _ in range(2)]
    site.arrive(20)
    all_answered(site)

    older = migrate.current_revision(site.database)
    done = triage("--config", site.config, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert older != migrate.current_revision(site.database) == migrate.newest_revision()
    site.arrive(20)
    all_answered(site)  # by the release before, on the tables of the new one

    new = [site.node()]
    site.arrive(20)
    all_answered(site)
    end(old[0])
    site.arrive(20)
    all_answered(site)
    new.append(site.node())
    end(old[1])
    site.arrive(20)

    site.all_is_well(doubles=0)
    for node in new:
        end(node)
