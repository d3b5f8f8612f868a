"""Deaths of the process: what a mail brings about sets it aside, what only happens to it never does."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from support.office import Office, open_office, request

from triage.core.reading import Read
from triage.core.rules import Rulebook
from triage.db import mails
from triage.db.claims import ALONE_AFTER
from triage.db.engine import Database
from triage.ports import Verdicts
from triage.service import hand
from triage.service.hand import MOST_CRASHES
from triage.service.process import process_batch

read_of = hand.read_of


@dataclass
class Site:
    """An office whose work is done by children that may die."""

    office: Office
    url: str
    lives: int = 0

    def life(self, prepare: Callable[[], None] = lambda: None) -> bool:
        """Process all that waits in a new process; say whether it died."""
        self.lives += 1
        with warnings.catch_warnings():
            # The child touches none of the threads that were left behind.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                prepare()
                database = Database(self.url)
                while process_batch(self.office.means, database, str(self.lives), ignore_delay=True):
                    pass
            finally:
                os._exit(0)
        _pid, status = os.waitpid(pid, 0)
        return os.WIFSIGNALED(status)

    def states(self) -> list[str]:
        with self.office.database.read() as connection:
            return [row.state for row in reversed(mails.listed(connection))]


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    with open_office(database_url) as office:
        yield Site(office, database_url)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly_to_read() -> None:
    """Let one mail kill the process that reads it, and show nothing of it in the trial."""

    def read(raw: bytes, rules: Rulebook) -> Read:
        if b"deadly" in raw:
            die()
        return read_of(raw, rules)

    hand.read_of = read


def blind(raws: Sequence[bytes]) -> Verdicts:
    yield from [None] * len(raws)


def dying(raws: Sequence[bytes]) -> Verdicts:
    die()
    yield from blind(raws)


def test_a_mail_that_kills_in_a_way_no_trial_shows_is_set_aside_and_nobody_with_it(site: Site) -> None:
    site.office.means = replace(site.office.means, trial=blind)
    site.office.store(request(number=1, text="deadly"), request("[3110#DVC] x", number=2))
    while site.life(deadly_to_read):
        if site.lives == ALONE_AFTER + 3:
            assert site.states() == ["waiting", "processed"]
    assert site.lives == MOST_CRASHES + 1
    assert site.states() == ["stuck", "processed"]


def test_deaths_in_the_middle_of_a_trial_set_no_mail_aside(site: Site) -> None:
    good = replace(site.office.means, trial=blind)
    site.office.store(request("deadly"), request("[3110#DVC] x", number=2))
    assert site.life(deadly_to_read)
    site.office.means = replace(good, trial=dying)
    for _ in range(MOST_CRASHES + 5):
        assert site.life()
    site.office.means = good
    assert not site.life()
    assert site.states() == ["processed", "processed"]
