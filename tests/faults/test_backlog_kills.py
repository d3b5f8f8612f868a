"""kill -9 over a backlog while a process apart reads ahead: nothing is lost, nothing twice.

TRIAGE_SOAK_BACKLOG_KILLS and TRIAGE_SOAK_SEED choose another number of kills and other moments.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catcher import SmtpCatcher
from support.imapserver import ImapAccount
from support.powercuts import Works, works

from triage.db import mails
from triage.service.hand import PORTION

BACKLOG = 4 * PORTION + 10
SEED = int(os.environ.get("TRIAGE_SOAK_SEED", "7102"))
KILLS = int(os.environ.get("TRIAGE_SOAK_BACKLOG_KILLS", "150"))
LONGEST_SECONDS = 8.0
PASSAGES = {
    "process:claimed": (2, 3),
    "process:read": (1, 2),
    "process:applied": (1, 2 * PORTION),
    "process:committed": (1, 2),
}
"""Points at which the next portion is in the hands of the process apart, and how often each may be passed."""

pytestmark = pytest.mark.dovecot


@pytest.fixture
def site(tmp_path: Path, dovecot: ImapAccount, catcher: SmtpCatcher, database_url: str) -> Iterator[Works]:
    with works(dovecot, catcher, database_url) as site:
        site.reads_apart = tmp_path / "read-apart"
        yield site


def read_apart(site: Works) -> int:
    """Give how many mails were read by processes apart so far."""
    assert site.reads_apart is not None
    return sum(map(int, site.reads_apart.read_text(encoding="ascii").split()))


def waiting(site: Works) -> int:
    with site.office.database.read() as connection:
        return mails.count_by_state(connection).get("waiting", 0)


def test_kills_at_random_points_of_a_backlog_lose_nothing_and_double_nothing(site: Works) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    site.arrive(BACKLOG)
    # the mails that are in hand at a third death are tried one by one, which takes minutes: see the long run
    for point in chance.sample(sorted(PASSAGES), 2):
        passage = chance.randint(*PASSAGES[point])
        assert site.cut_at(f"{point}:{passage}"), f"{point}:{passage}"
        assert waiting(site) >= PORTION
    site.recover()
    site.all_is_well()
    assert read_apart(site) > PORTION


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_many_kills_at_random_moments_of_a_backlog_lose_nothing_and_double_nothing(
    site: Works, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    while site.cuts < KILLS:
        site.arrive(chance.choice((0, PORTION, BACKLOG)))
        child = site.child()
        time.sleep(chance.uniform(0, LONGEST_SECONDS))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        site.cuts += os.WIFSIGNALED(status)
        if waiting(site) > 3 * BACKLOG:
            site.recover()
    site.recover()
    site.all_is_well()
    with capsys.disabled():
        sys.stdout.write(
            f"\nseed {SEED}: {site.cuts} kills, {len(site.written)} mails, "
            f"{read_apart(site)} of them read apart; lost 0\n"
        )
