"""What tests of every folder share: real servers and databases, given as fixtures.

How to use them; each test gets a fresh user, server or database of its own:
    def test_x(dovecot):       ImapAccount on a real Dovecot: .settings(**changes) → ImapSettings,
                               .append(raw, received_at), .raw_mails(), .flags(), .folders(), .client()
    def test_x(pymap_server):  the same on the embedded IMAP server
    def test_x(any_imap):      runs twice, once on each of the two
    def test_x(catcher):       SmtpCatcher: .port, .messages, .answer("rcpt", "451 …"), .drop("data")
    def test_x(postgres_url):  a PostgreSQL database that does not exist yet; dispose engines before the end
    def test_x(database_url):  runs twice: an SQLite file that does not exist yet, and PostgreSQL
    def test_x(bucket):        an empty bucket of a server that speaks S3: .settings(), .objects(), .names()
    from support.migrated import migrated, empty           make it: at the newest revision, or with nothing
    from support.dovecot import DovecotServer, drop_into   a server configured for one test; 20,000 mails
    from support.scripted_imap import ScriptedImap         an IMAP server that misbehaves as told
    from support.certificates import make_certificates     an authority and a certificate, for any server
    from support.chromium import dump_dom, Canary          a real browser, and a server that notes every call
    from support.viewing import pages_of                   the pages of one mail, served on this machine
TRIAGE_TEST_STRICT=1 turns a skip for want of a program into a failure.

What costs time, and what to do about it:
    a command, a service     support.commands forks it off a process that is ready; ``anew=True`` starts it
                             from nothing, for two seconds more: only tests of starts and memory need that
    a migrated database      support.migrated copies one
    a window of a browser    half a second; tests that leave nothing behind in it can share one
    a password               support.quickhash, as long as it is hashed in the process of the tests
    waiting for others       until(…) of support.patience, and no sleep; -n auto has a worker more than there
                             are processors, which works meanwhile
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from support import dovecot as dovecot_support
from support.catcher import SmtpCatcher
from support.dovecot import DovecotServer
from support.fastfolder import roomy_memory
from support.imapserver import ImapAccount
from support.objectserver import Bucket, ObjectServer
from support.postgres import PostgresServer, postgres
from support.programs import unavailable

from triage.adapters.embedded import EmbeddedImap

# Where tmp_path lies, unless whoever runs the tests says it: SQLite waits for a disk at every commit.
if memory := roomy_memory(for_programs=True):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))

# No test asserts a time: a busy machine must not fail what is right.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


# Failures are told without the values at hand, unless a test sets up logs: all rules take a second to write.
_PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
_PROCESSORS = [*structlog.get_config()["processors"][:-1], _PLAIN]
structlog.configure(processors=_PROCESSORS)


_WAITING = ("e2e", "faults")
"""Folders of tests that wait for services, and let others work meanwhile."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Have a worker more than there are processors, for one that waits; None leaves it to the environment."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits longest, so that it is over when the rest is."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in _WAITING)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Let no test write its logs to the captured stream of another, which is closed by then."""
    yield
    structlog.reset_defaults()
    structlog.configure(processors=_PROCESSORS)


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[DovecotServer]:
    """One Dovecot for the session; ``.account()`` gives a new user."""
    if not dovecot_support.have_dovecot():
        unavailable(dovecot_support.MISSING)
    with DovecotServer() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: DovecotServer) -> ImapAccount:
    """A new user of a real Dovecot."""
    return dovecot_server.account()


@pytest.fixture
def pymap_server() -> Iterator[ImapAccount]:
    """The one user of a new embedded IMAP server."""
    user, password = "hotro@mail.example", "correct horse"
    with EmbeddedImap(user, password) as server:
        yield ImapAccount(server.host, server.port, user, password, direct_append=server.append)


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def any_imap(request: pytest.FixtureRequest) -> ImapAccount:
    """A new user, once of the embedded server and once of Dovecot."""
    fixture = {"pymap": "pymap_server", "dovecot": "dovecot"}[request.param]
    account: ImapAccount = request.getfixturevalue(fixture)
    return account


@pytest.fixture
def catcher() -> Iterator[SmtpCatcher]:
    """A new SMTP server that keeps what it is sent and answers as told."""
    with SmtpCatcher() as server:
        yield server


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    """One server of objects for each worker of the session."""
    with ObjectServer() as server:
        yield server


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    """An empty bucket."""
    return object_server.bucket()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for each worker of the session."""
    with postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database that does not exist yet; ``support.migrated`` makes it."""
    name = postgres_server.new_name()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that does not exist yet, once of SQLite and once of PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'triage.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
