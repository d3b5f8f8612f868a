"""Deaths and broken connections while the folders of queues are kept: no copy is lost, none stays double."""

import itertools
import os
import random
import re
import signal
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from support.faultproxy import Act, Fault, FaultProxy
from support.imapserver import ImapAccount
from support.mirror import Mirror, mirror
from support.office import MONDAY, request
from support.oneticket import ticket

from triage.crashpoints import FOLDER_POINTS
from triage.db import tickets
from triage.db.engine import Database
from triage.errors import MailboxError

MOVED, MARKED = "SD261116-000001", "SD261116-000002"

pytestmark = pytest.mark.dovecot


class Days:
    """Each day a mail comes, a ticket moves to another queue and back, and one changes how it stands."""

    def __init__(self, site: Mirror) -> None:
        self.site = site
        self.number = 0
        for _ in range(3):
            self.arrive()
        site.keep()
        site.all_is_well()

    def arrive(self) -> None:
        self.number += 1
        self.site.arrive(self.number)

    def go_on(self) -> None:
        self.arrive()
        office = self.site.office
        self.site.reroute("3110" if ticket(office, MOVED).queue == "0010" else "0010", MOVED)
        row = ticket(office, MARKED)
        status = "in_progress" if row.status == "new" else "new"
        with office.database.write() as connection:
            tickets.change(connection, row.id, office.clock.now(), status=status)


@pytest.fixture
def site(dovecot: ImapAccount, database_url: str) -> Iterator[Mirror]:
    with mirror(dovecot, database_url) as site:
        yield site


def dies_at(site: Mirror, point: str) -> bool:
    """Let a child keep the folders until it dies at a point; say whether it came there."""
    with warnings.catch_warnings():
        # The child starts threads of its own and touches none of those that were left behind.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if not pid:
        try:
            os.environ["TRIAGE_CRASH_AT"] = point
            keeper = site.new_keeper()
            keeper.database = Database(str(site.office.database.url.render_as_string(hide_password=False)))
            while keeper.round():
                pass
        finally:
            sys.stdout.flush()
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("deaths", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_kill_at_any_point_loses_no_copy_and_leaves_none_double(site: Mirror, deaths: int) -> None:
    days = Days(site)
    for point in FOLDER_POINTS:
        for passage in (1, 2) if point == "folders:put" else (1,):
            days.go_on()
            assert dies_at(site, f"{point}:{passage}"), point
            for _ in range(deaths - 1):
                dies_at(site, f"{point}:{passage}")
            site.keep()
            site.all_is_well()


@pytest.fixture
def proxy(dovecot: ImapAccount) -> Iterator[FaultProxy]:
    with FaultProxy(dovecot.port) as proxy:
        yield proxy


def steps_of_a_round(days: Days, proxy: FaultProxy) -> int:
    days.go_on()
    proxy.arm(None)
    days.site.keep()
    return len(proxy.lines)


@pytest.mark.parametrize(
    ("act", "words", "seconds"),
    [
        (Act.CUT_AFTER, "", 20.0),
        (Act.REWRITE, "{tag} NO [UNAVAILABLE] not now", 20.0),
        pytest.param(Act.CUT_BEFORE, "", 20.0, marks=pytest.mark.soak),
        pytest.param(Act.CUT_IN_ANSWER, "", 20.0, marks=pytest.mark.soak),
        pytest.param(Act.STALL, "", 0.3, marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_connection_that_fails_at_any_step_loses_no_copy_and_leaves_none_double(
    site: Mirror, proxy: FaultProxy, act: Act, words: str, seconds: float
) -> None:
    days = Days(site)
    site.keeper = site.new_keeper(port=proxy.port)
    steps = steps_of_a_round(days, proxy)
    site.keeper = site.new_keeper(port=proxy.port, timeout_seconds=seconds)
    well = site.new_keeper()
    assert steps > 20
    for step in range(1, steps):
        days.go_on()
        proxy.arm(Fault(step, act, words))
        with suppress(MailboxError):
            site.keep()
        assert proxy.struck, step
        while well.round():
            pass
        site.all_is_well()


def another_client(site: Mirror, chance: random.Random, foreign: set[str]) -> None:
    """Let somebody else do one thing or another to what stands in the folders."""
    with site.account.client() as client:
        names = sorted(site.names(client).values())
        name = chance.choice(names)
        client.select_folder(name)
        some = [uid for uid in client.search() if chance.random() < 0.5]
        ours = [uid for uid in some if b"$TriageCopy" in client.get_flags([uid])[uid]]
        match chance.randrange(7):
            case 0 if ours:
                client.delete_messages(ours)
            case 1 if ours:
                client.delete_messages(ours)
                client.uid_expunge(ours)
            case 2 if some:
                client.add_flags(some, [b"\\Seen", b"\\Flagged", b"$Mine"])
            case 3 if ours:
                client.move(ours, chance.choice(names))
            case 4 if ours:
                client.copy(ours, chance.choice(names))
            case 5:
                number = 10_000 + len(foreign)
                client.append(name, request(number=number), msg_time=MONDAY)
                foreign.add(f"{name} <mail-{number}@thcs-hoamai.example>")
            case _ if ours:
                client.remove_flags(ours, [b"$TriageNew", b"\\Answered"])


@pytest.mark.parametrize("seed", [1, pytest.param(7102, marks=pytest.mark.soak)])
def test_whatever_another_client_does_all_stands_as_it_should_in_the_end(site: Mirror, seed: int) -> None:
    days, chance = Days(site), random.Random(seed)  # noqa: S311 - a repeatable disorder
    foreign: set[str] = set()
    for _ in range(40):
        another_client(site, chance, foreign)
        if chance.random() < 0.5:
            days.go_on()
        if chance.random() < 0.5:
            site.office.clock.forward(hours=2)
        if chance.random() < 0.3:
            dies_at(site, f"{chance.choice(FOLDER_POINTS)}:1")
        site.keep()
    site.office.clock.forward(hours=2)
    site.keep()
    found = {f"Queues/{place} {number}" for place, all_ids in site.shown().items() for number in all_ids}
    assert foreign <= found
    site.all_is_well({one.partition(" ")[2] for one in foreign})


def test_two_keepers_at_once_leave_nothing_double_for_long(site: Mirror) -> None:
    """A node that others took for dead may go on for a moment beside the one that leads now."""
    days = Days(site)
    for _ in range(5):
        for _ in range(3):
            days.arrive()
        days.go_on()
        with ThreadPoolExecutor(2) as pool:
            rounds = [pool.submit(keeper.round) for keeper in (site.keeper, site.new_keeper())]
            for one in rounds:
                with suppress(MailboxError):
                    one.result()
    site.office.clock.forward(hours=2)
    site.keep()
    site.all_is_well()


def test_without_uidplus_and_keywords_a_death_between_answer_and_note_doubles_nothing(
    dovecot: ImapAccount, database_url: str
) -> None:
    """The server tells no UID and keeps no word of ours: the copy is known again by what it is."""
    with mirror(dovecot, database_url) as site, FaultProxy(dovecot.port) as proxy:
        proxy.edit = _bare
        site.account = replace(dovecot, port=proxy.port)
        numbers = itertools.count(1)
        for point in ("folders:put:1", "folders:put:2", "folders:noted:1"):
            for number in itertools.islice(numbers, 2):
                site.arrive(number)
            assert dies_at(site, point), point
            site.keeper = site.new_keeper()
            site.keep()
            site.all_is_well()


def _bare(said: bytes) -> bytes:
    """Let a server seem to have neither UIDPLUS nor keywords."""
    said = said.replace(b" UIDPLUS", b"").replace(b" \\*)]", b")]")
    return re.sub(rb"\[APPENDUID \d+ \d+\] ", b"", said)
