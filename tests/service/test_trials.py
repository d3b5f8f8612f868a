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
from triage.db import claims, outbox, tickets
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


def abandon(office: Office, count: int = PORTION) -> None:
    """Take the oldest mails as a worker that dies before it has finished them."""
    with office.database.write() as connection:
        claims.claim(connection, "dead", office.clock.now(), count=count, size=10**9, ignore_delay=True)


def codes(office: Office) -> list[str]:
    with office.database.read() as connection:
        return sorted(row.code for row in tickets.listed(connection))


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
    abandon(office)
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
    abandon(office)
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


@pytest.mark.parametrize("ignore_delay", [False, True])
def test_one_turn_has_one_limit_of_time_however_many_portions_there_are(
    office: Office, monkeypatch: pytest.MonkeyPatch, *, ignore_delay: bool
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    trial = Trial()
    office.means = replace(office.means, trial=trial)
    store(office, 2 * PORTION, 3)
    abandon(office, 2 * PORTION)
    batch = process_batch(office.means, office.database, "w", ignore_delay=ignore_delay)
    assert batch
    assert (trial.tried, sum(batch.outcomes.values()), batch.failed) == (1, 3, 1)


def test_a_pass_that_waits_for_nothing_takes_good_mails_before_those_that_were_put_off(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    trial = Trial()
    office.means = replace(office.means, trial=trial)
    store(office, HANGING, 0)
    abandon(office)
    assert process_batch(office.means, office.database, "w", ignore_delay=True)
    office.store(request("[0010#DVC] Lỗi khác", number=99))
    at: list[tuple[int, int]] = []
    process_batch(
        office.means,
        office.database,
        "w",
        ignore_delay=True,
        got_on=lambda: at.append((states(office)["processed"], trial.tried)),
    )
    assert at == [(1, 1), (1, 2)]


@pytest.mark.parametrize("between", [0, PORTION])
def test_an_answer_does_not_overtake_a_mail_that_was_put_off_behind_one_that_hangs(
    office: Office, monkeypatch: pytest.MonkeyPatch, between: int
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    office.means = replace(office.means, trial=Trial())
    store(office, 1, 1)
    abandon(office)
    for number in range(between):
        office.store(request(f"[3110#DVC] Việc {number}", number=10 + number, sender=f"a{number}@x.example"))
    office.store(request("Re: Lỗi 2", number=3, in_reply_to="<mail-2@thcs-hoamai.example>"))
    batch = process_batch(office.means, office.database, "w")
    assert batch
    assert (sum(batch.outcomes.values()), batch.failed) == (between, 1)
    assert process_batch(office.means, office.database, "w") is None  # nor is it looked at again and again
    while states(office)["waiting"]:
        office.clock.forward(minutes=1)
        process_batch(office.means, office.database, "w")
    assert states(office) == {"processed": between + 2, "stuck": 1}
    assert len(codes(office)) == between + 1
    with office.database.read() as connection:
        told = Counter(row.letter for row in outbox.listed(connection))
    assert told == {"acknowledgement": between + 1, "follow_up": 1}


def test_a_pass_that_waits_for_nothing_lets_no_answer_overtake_either(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LONGEST_SECONDS", 0.0)
    office.means = replace(office.means, trial=Trial())
    store(office, HANGING, 1)
    abandon(office)
    answered = f"<mail-{HANGING + 1}@thcs-hoamai.example>"
    office.store(request("Re: Lỗi", number=99, in_reply_to=answered))
    assert office.process().outcomes == {"open_ticket": 1, "append": 1}
    assert states(office) == {"processed": 2, "stuck": HANGING}


def test_an_answer_waits_for_no_mail_that_was_tried_and_failed(office: Office) -> None:
    office.means = replace(office.means, trial=Trial())
    store(office, 1, 0)
    abandon(office)
    office.store(request("Re: Lỗi 1", number=2, in_reply_to="<mail-1@thcs-hoamai.example>"))
    batch = process_batch(office.means, office.database, "w")
    assert batch
    assert (batch.outcomes, batch.failed) == ({"open_ticket": 1}, 1)
