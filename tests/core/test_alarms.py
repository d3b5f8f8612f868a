"""When an alarm is told: once that it is wrong, once that it is well, and not again soon."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from triage.core.alarms import ALARMS, Pace, Standing, Step, Tell, step

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
PACE = Pace(timedelta(minutes=5), timedelta(minutes=60))
WRONG = "The mailbox is gone."


def told(looks: list[tuple[float, str | None]]) -> list[tuple[float, Tell]]:
    """Look at these minutes; give what was told and when."""
    standing: Standing | None = None
    found = []
    for minute, wrong in looks:
        done = step(standing, wrong, NOON + timedelta(minutes=minute), PACE)
        standing = done.after
        if done.tell:
            found.append((minute, done.tell))
    return found


def test_what_is_over_within_the_patience_is_never_told() -> None:
    assert told([(0, WRONG), (4, WRONG), (4.9, None), (6, WRONG), (10, None)]) == []


def test_what_lasts_is_told_once_and_its_end_once() -> None:
    looks: list[tuple[float, str | None]] = [(minute, WRONG) for minute in range(30)]
    assert told([*looks, (30, None), (31, None)]) == [(5, Tell.RAISED), (30, Tell.WELL)]


def test_what_comes_back_during_the_quiet_is_told_after_it_if_it_still_stands() -> None:
    looks: list[tuple[float, str | None]] = [(0, WRONG), (5, WRONG), (6, None), (10, WRONG), (20, WRONG)]
    assert told([*looks, (65, WRONG), (66, WRONG)]) == [
        (5, Tell.RAISED),
        (6, Tell.WELL),
        (66, Tell.RAISED),
    ]
    assert told([*looks, (30, None), (66, None)]) == [(5, Tell.RAISED), (6, Tell.WELL)]


def test_nothing_is_kept_once_all_is_well_and_the_quiet_is_over() -> None:
    later = NOON + timedelta(minutes=60)
    assert step(Standing(quiet_until=later), None, later, PACE) == Step(None, None)


def test_an_alarm_that_could_not_be_told_is_told_at_the_next_look() -> None:
    standing = step(None, WRONG, NOON, PACE).after
    missed = step(standing, WRONG, NOON + timedelta(minutes=5), PACE)
    assert missed.tell is Tell.RAISED
    again = step(missed.before, WRONG, NOON + timedelta(minutes=6), PACE)
    assert again.tell is Tell.RAISED
    assert again.after == Standing(NOON, NOON + timedelta(minutes=6), None, WRONG)


@given(st.lists(st.booleans(), max_size=400))
def test_whatever_flaps_tells_twice_an_hour_at_most_and_by_turns(minutes: list[bool]) -> None:
    found = told([(minute, WRONG if wrong else None) for minute, wrong in enumerate(minutes)])
    assert [tell for _, tell in found] == ([Tell.RAISED, Tell.WELL] * len(found))[: len(found)]
    raised = [minute for minute, tell in found if tell is Tell.RAISED]
    assert all(later - earlier >= 60 for earlier, later in pairwise(raised))


def test_every_alarm_says_what_to_do_in_both_languages() -> None:
    assert len({alarm.name for alarm in ALARMS}) == len(ALARMS)
    for alarm in ALARMS:
        assert all((alarm.what, alarm.what_en, alarm.todo, alarm.todo_en))
