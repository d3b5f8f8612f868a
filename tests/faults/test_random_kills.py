"""kill -9 at random moments, a thousand times, while mails arrive: nothing is lost, nothing twice.

TRIAGE_SOAK_KILLS and TRIAGE_SOAK_SEED choose another number of kills and other moments.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from support.catcher import SmtpCatcher
from support.imapserver import ImapAccount
from support.powercuts import Works, works

KILLS = int(os.environ.get("TRIAGE_SOAK_KILLS", "1000"))
SEED = int(os.environ.get("TRIAGE_SOAK_SEED", "7102"))
SHORT_SECONDS, LONG_SECONDS = 1.0, 6.0
"""How long a process may live; one in ten lives long, so that mails under suspicion are tried to the end."""

pytestmark = [pytest.mark.dovecot, pytest.mark.soak, pytest.mark.timeout(0)]


@pytest.fixture
def site(dovecot: ImapAccount, catcher: SmtpCatcher, database_url: str) -> Iterator[Works]:
    with works(dovecot, catcher, database_url) as site:
        yield site


def test_a_thousand_kills_at_random_moments_lose_nothing_and_double_nothing(
    site: Works, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    ends: Counter[int] = Counter()
    while site.cuts < KILLS:
        site.arrive(chance.randint(0, 2))
        child = site.child()
        time.sleep(chance.uniform(0, chance.choices((SHORT_SECONDS, LONG_SECONDS), (9, 1))[0]))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        site.cuts += os.WIFSIGNALED(status)
        ends[os.waitstatus_to_exitcode(status)] += 1
    site.recover()
    site.all_is_well()
    assert set(ends) <= {0, -signal.SIGKILL}
    letters = Counter(message.raw for message in site.catcher.messages)
    with capsys.disabled():
        sys.stdout.write(
            f"\nseed {SEED}: {site.cuts} kills, {ends[0]} processes came to their end; "
            f"{len(site.written)} mails, {len(letters)} letters, "
            f"{letters.total() - len(letters)} of them twice; lost 0\n"
        )
