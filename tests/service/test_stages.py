"""A stage goes on whatever happens, waits longer after each failure, and never hammers a server."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs
from support.office import Office, open_office
from support.patience import until

from triage.db import heartbeats
from triage.errors import MailboxError, MailboxLoginError
from triage.service import stages
from triage.service.stages import Stage


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


class Verb:
    """Work that fails as told and then has nothing to do."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> bool:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return False


def run_for(stage: Stage, seconds: float) -> None:
    thread = threading.Thread(target=stage.run)
    thread.start()
    time.sleep(seconds)
    stage.stop()
    thread.join(20)
    assert not thread.is_alive()


def run_until(stage: Stage, holds: Callable[[], object], longer: float = 0.0) -> None:
    """Let a stage run until something holds, and so many seconds longer to show what else it does."""
    thread = threading.Thread(target=stage.run)
    thread.start()
    until(holds)
    time.sleep(longer)
    stage.stop()
    thread.join(20)
    assert not thread.is_alive()


def noted(office: Office) -> str | None:
    """Give the error of the last round, empty where it was well; None where there was none yet."""
    with office.database.read() as connection:
        beat = heartbeats.beats(connection).get("receive")
    return None if beat is None else beat[1] or ""


def a_stage(office: Office, verb: Verb, **changes: object) -> Stage:
    known = {
        "name": "receive",
        "work": verb,
        "database": office.database,
        "clock": office.clock,
        "rest_seconds": 60.0,
    }
    return Stage(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _captured_logs() -> Iterator[None]:
    """Keep lone surrogates from the terminal, which the runner could not hand on."""
    with capture_logs():
        yield


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "FIRST_PAUSE_SECONDS", 0.05)


def test_a_failing_rest_is_not_followed_by_a_round_at_once(office: Office) -> None:
    verb = Verb()

    def cut_off(_seconds: float) -> None:
        raise MailboxError("the server hung up")

    run_for(a_stage(office, verb, rest=cut_off), 1.0)
    assert verb.calls == 1


@pytest.mark.parametrize("rest_seconds", [60.0, stages.LONGEST_PAUSE_SECONDS, stages.LOGIN_PAUSE_SECONDS])
def test_a_refused_login_is_not_repeated_whatever_the_poll_interval(
    office: Office, rest_seconds: float
) -> None:
    verb = Verb(*[MailboxLoginError("refused")] * 50)
    rests: list[float] = []
    run_for(a_stage(office, verb, rest=rests.append, rest_seconds=rest_seconds), 1.0)
    assert (verb.calls, rests) == (1, [])


@pytest.mark.usefixtures("short_pauses")
def test_a_stage_outlives_any_failure_and_says_when_it_is_well(office: Office) -> None:
    verb = Verb(OSError("no sockets left"), ValueError("broken \udc80\x00 text"), MailboxError("gone"))
    run_until(a_stage(office, verb), lambda: verb.calls >= 4 and noted(office) == "")


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize(("gets_on", "counted"), [(True, [1, 1, 1, 1]), (False, [1, 2, 3, 4])])
def test_a_round_that_got_on_before_it_failed_is_soon_followed_by_the_next(
    office: Office, *, gets_on: bool, counted: list[int]
) -> None:
    verb = Verb(*[MailboxError("gone")] * 4)

    def some_work() -> bool:
        if gets_on:
            stage.got_on()
        return verb()

    stage = a_stage(office, verb, work=some_work)
    with capture_logs() as told:
        run_until(stage, lambda: verb.calls >= 5)
    assert [one["failures"] for one in told if one["event"] == "stage_failed"] == counted


def test_a_round_at_work_does_not_hang_and_has_got_on_with_nothing(office: Office) -> None:
    stage = a_stage(office, Verb())
    stage._expect(-2 * stages.PATIENCE_SECONDS)
    assert not stage.moves()
    stage.at_work()
    assert stage.moves()
    assert not stage._got_on


@pytest.mark.parametrize("gets_on", [True, False])
def test_a_long_round_hangs_only_if_it_does_not_get_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, *, gets_on: bool
) -> None:
    monkeypatch.setattr(stages, "PATIENCE_SECONDS", 0.5)
    moved: list[bool] = []

    def many_batches() -> bool:
        for _batch in range(4):
            time.sleep(0.2)
            moved.append(stage.moves())
            if gets_on:
                stage.got_on()
        return False

    stage = a_stage(office, Verb(), work=many_batches)
    run_for(stage, 0.1)
    assert moved[-1] == gets_on


def test_a_failure_is_noted_even_when_its_text_cannot_be_stored_as_it_is(office: Office) -> None:
    run_until(a_stage(office, Verb(ValueError("broken \udc80\x00 text"))), lambda: noted(office))
    assert (noted(office) or "").startswith("ValueError: broken")


def test_work_wakes_the_next_stage(office: Office) -> None:
    second = Verb()
    next_stage = a_stage(office, second, name="process")
    first = Verb()
    busy = iter([True, False])
    stage = a_stage(office, first, work=lambda: next(busy, False), wakes=(next_stage,))
    thread = threading.Thread(target=next_stage.run)
    thread.start()
    run_until(stage, lambda: second.calls >= 2)
    next_stage.stop()
    thread.join(20)


def test_a_stage_that_stands_by_looks_again_however_long_it_may_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "STANDBY_SECONDS", 0.02)
    verb, others = Verb(), iter([True, True])
    stage = a_stage(office, verb, rest_seconds=86_400.0, stands_by=lambda: next(others, False))
    run_until(stage, lambda: verb.calls, longer=0.3)
    assert verb.calls == 1
