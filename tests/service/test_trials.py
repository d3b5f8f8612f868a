"""Mails that hang are tried apart one by one: each gives a sign of life, and others do not wait for all."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.office import RULES, Office, open_office, request

from triage.adapters.trial import TrialReader
from triage.db import claims
from triage.db.schema import mails
from triage.ports import Verdicts
from triage.service import trials
from triage.service.hand import PORTION, SUSPECTS_DELAY
from triage.service.process import MOST_ATTEMPTS, process_batch

HANGING = 6
TOO_LONG = "reading this mail took too long"
SLEEPY = """
import signal, time
from triage.adapters import trial
read = trial.read_mail
def sleepy(raw):
    if b"endless" in raw:
        signal.setitimer(signal.ITIMER_REAL, 0.1)  # its minute, shortened for this mail alone
        time.sleep(600)
    return read(raw)
trial.read_mail = sleepy
trial.main()
"""


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone, where processes apart take seconds to start."""
    with open_office(f"sqlite:///{tmp_path / 'small.sqlite'}") as office:
        yield office


@dataclass
class Hung:
    """A process apart that hangs over every portion with an endless mail in it."""

    count: int = 1
    given: list[int] = field(default_factory=list)

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any]]:
        self.given.append(len(raws))
        reading: Future[dict[int, Any]] = Future()
        hangs = any(b"endless" in raw for raw in raws.values())
        reading.set_result(dict.fromkeys(raws) if hangs else {})
        return reading


@dataclass
class Trial:
    """Tells which mails hang, and notes how many were tried."""

    tried: int = 0

    def __call__(self, raws: Sequence[bytes]) -> Verdicts:
        for raw in raws:
            self.tried += 1
            yield TOO_LONG if b"endless" in raw else None


def store(office: Office, hanging: int, good: int) -> None:
    """Store mails that hang and then others, none like another."""
    for number in range(1, hanging + good + 1):
        text = "endless" if number <= hanging else "Không đăng nhập được."
        office.store(request(f"[0010#DVC] Lỗi {number}", number=number, text=text))


def states(office: Office) -> Counter[str]:
    with office.database.read() as connection:
        return Counter(connection.scalars(select(mails.c.state)))


def waiting(office: Office) -> set[tuple[int, str | None]]:
    """Give what is noted of mails that wait: deaths, and who has them in hand."""
    query = select(mails.c.crashes, mails.c.claimed_by).where(mails.c.state == "waiting")
    with office.database.read() as connection:
        return {(crashes, claimed) for crashes, claimed in connection.execute(query)}


def test_six_mails_that_hang_give_a_sign_of_life_each_and_fail_alone(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", inf)  # however slowly processes start here
    office = small
    command = (sys.executable, "-c", SLEEPY)
    office.means = replace(office.means, trial=TrialReader(RULES, command=command))
    store(office, HANGING, 3)
    with office.database.write() as connection:
        claims.claim(connection, "dead", office.clock.now(), count=PORTION, size=10**9, ignore_delay=True)
    signs: list[str] = []
    batch = process_batch(office.means, office.database, "w", at_work=lambda: signs.append("at work"))
    assert batch
    assert (sum(batch.outcomes.values()), batch.failed) == (3, HANGING)
    assert len(signs) > HANGING + 3  # each of those tried, and the portion


def test_once_trials_took_long_what_is_left_of_a_portion_waits_behind_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    trial, readers = Trial(), Hung()
    office.means = replace(office.means, trial=trial, readers=readers)
    store(office, HANGING, 2 * PORTION - HANGING)
    batch = process_batch(office.means, office.database, "w")
    assert batch
    assert (trial.tried, sum(batch.outcomes.values()), batch.failed) == (1, PORTION, 1)
    assert waiting(office) == {(1, None)}
    assert process_batch(office.means, office.database, "w") is None
    office.clock.moment += SUSPECTS_DELAY
    asked = len(readers.given)
    assert process_batch(office.means, office.database, "w")
    assert readers.given[asked:] == [0]  # nobody reads a suspect before it was tried
    while states(office)["waiting"]:
        office.clock.forward(minutes=10)
        process_batch(office.means, office.database, "w")
    assert states(office) == {"processed": 2 * PORTION - HANGING, "stuck": HANGING}
    assert trial.tried <= HANGING * MOST_ATTEMPTS + PORTION


def test_a_service_that_is_to_end_begins_no_further_trial(office: Office) -> None:
    trial = Trial()
    office.means = replace(office.means, trial=trial)
    store(office, HANGING, 0)
    with office.database.write() as connection:
        claims.claim(connection, "dead", office.clock.now(), count=PORTION, size=10**9, ignore_delay=True)
    process_batch(office.means, office.database, "w", ending=lambda: trial.tried > 0)
    assert trial.tried == 1
    assert waiting(office) == {(1, None)}


def test_a_pass_that_waits_for_nothing_comes_to_an_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    office.means = replace(office.means, trial=Trial(), readers=Hung())
    store(office, HANGING, PORTION)
    office.process()
    assert states(office) == {"processed": PORTION, "stuck": HANGING}
