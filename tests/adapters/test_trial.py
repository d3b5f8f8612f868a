"""A mail that kills its reader is found out by a process that may die."""

import shutil
import sys
from pathlib import Path

import pytest
from support.children import children
from support.office import RULES, request

from triage.adapters.trial import TrialReader
from triage.errors import RulesError

MORTAL = """
import os, signal, time
from triage.adapters import trial
read = trial.read_mail
def mortal(raw):
    if raw.startswith(b'deadly'): os.kill(os.getpid(), 9)
    if raw.startswith(b'stop'): os.kill(os.getpid(), 15)
    if raw.startswith(b'endless'):
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= trial.SECONDS_A_MAIL
        signal.setitimer(signal.ITIMER_REAL, 0.1)  # its minute, shortened for this mail alone
        time.sleep(600)
    return read(raw)
trial.read_mail = mortal
trial.main()
"""


def mortal() -> TrialReader:
    """A real child process that really dies at certain mails, or hangs at them until its time is over."""
    return TrialReader(RULES, command=(sys.executable, "-c", MORTAL))


def test_mails_that_can_be_read_pass() -> None:
    assert [*TrialReader(RULES)([request(number=1), b"", request(number=2)])] == [None, None, None]


def test_nothing_is_started_for_nothing() -> None:
    assert [*TrialReader(RULES, command=("/nowhere/at-all",))([])] == []


def test_the_mail_without_a_sign_of_life_is_the_culprit_and_the_rest_is_tried() -> None:
    verdicts = [*mortal()([request(number=1), b"deadly", request(number=2), b"deadly too"])]
    assert [verdict is None for verdict in verdicts] == [True, False, True, False]
    assert "status -9" in (verdicts[1] or "")


def test_a_mail_that_hangs_keeps_the_mails_behind_it_waiting_no_longer_than_its_own_time() -> None:
    verdicts = mortal()([request(number=1), b"endless", *[request(number=2)] * 20])
    assert [*verdicts] == [None, "reading this mail took too long", *[None] * 20]


def test_a_signal_that_ends_the_service_speaks_against_no_mail() -> None:
    assert [*mortal()([b"stop", request(number=2)])] == [None, None]


def test_a_mail_that_takes_all_memory_takes_the_child_s() -> None:
    reader = TrialReader(RULES, memory_bytes=16 * 1024**2)
    verdicts = [*reader([request(text="a\n" * 20 * 1024**2), request(number=2)])]
    assert verdicts[1] is None
    assert "MemoryError" in (verdicts[0] or "")


def test_where_the_rules_cannot_be_read_no_mail_is_blamed(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules" / "office.toml").write_text("this is [no TOML")
    with pytest.raises(RulesError, match=r"No mail can be tried apart: .*office\.toml"):
        next(TrialReader(tmp_path / "rules")([request()]))


def test_no_mail_is_tried_before_it_is_asked_for_and_nothing_stays_behind() -> None:
    before = children()
    verdicts = mortal()([request(number=1), b"endless"])
    assert next(verdicts) is None
    assert len(children() - before) == 1
    verdicts.close()
    assert children() <= before
