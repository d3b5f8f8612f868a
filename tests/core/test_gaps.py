"""Numbers that are given out in order and turn up in any."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from triage.core.gaps import KEPT, MOST, Gaps

NOW = datetime(2026, 11, 16, tzinfo=UTC)


def test_a_number_that_turns_up_late_is_new_once() -> None:
    gaps = Gaps(10)
    assert gaps.see([11, 13], NOW) == [11, 13]
    assert (gaps.missing, gaps.mark) == ([12], 11)
    assert gaps.see([13, 12], NOW) == [12]
    assert gaps.see([11, 12, 13], NOW) == []
    assert (gaps.missing, gaps.mark) == ([], 13)


def test_a_number_that_never_turns_up_is_not_waited_for_long() -> None:
    gaps = Gaps(0)
    gaps.see([2], NOW)
    gaps.see([3], NOW + KEPT - timedelta(seconds=1))
    assert (gaps.missing, gaps.mark) == ([1], 0)
    gaps.see([], NOW + KEPT)
    assert (gaps.missing, gaps.mark) == ([], 3)


def test_of_very_many_missing_numbers_the_newest_are_waited_for() -> None:
    gaps = Gaps(0)
    gaps.see([10 * MOST], NOW)
    assert len(gaps.missing) == MOST
    assert gaps.missing[-1] == 10 * MOST - 1


@given(st.permutations(range(1, 40)), st.integers(1, 7))
def test_in_whatever_order_numbers_are_committed_each_is_new_once(order: list[int], size: int) -> None:
    gaps, told = Gaps(0), []
    for start in range(0, len(order), size):
        committed = order[: start + size]
        told += gaps.see(committed, NOW)
        assert set(range(1, gaps.mark + 1)) <= set(committed)
    assert sorted(told) == list(range(1, 40))
    assert gaps.mark == 39
