"""When tickets that are alike are a surge: provinces, minutes, and what is usual."""

import random
from collections import deque
from datetime import timedelta

import pytest
from support.office import MONDAY
from support.surge_texts import ERRORS

from triage.core import surges
from triage.core.similar import is_alike, share_code, signature_of_terms, terms_of
from triage.core.surges import (
    WINDOW,
    Sighting,
    surge,
)
from triage.core.usual import FALSE_A_MONTH, Past, enough_to_be_usual, is_unusual, ways_to_compare

ALIKE = [signature_of_terms(terms_of(*one)) for one in ERRORS["ora_12541"]]
OTHER = signature_of_terms(terms_of(*ERRORS["blank_page"][0]))
FORTNIGHT = timedelta(hours=80)
"""What offices work in two weeks."""

Told = tuple[float, str | None]


def past_of(tickets: int, worked: timedelta) -> Past:
    """Make a time before with so many tickets of any sort."""
    return Past([OTHER] * tickets, 1, worked)


def sightings(*told: Told) -> list[Sighting]:
    """Make tickets that are alike, of a minute and a province each."""
    return [
        Sighting(number, MONDAY + timedelta(minutes=minute), province, ALIKE[number % len(ALIKE)])
        for number, (minute, province) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([(0, "A"), (10, "B"), (20, "C")], [0, 1, 2]),
        ([(0, "A"), (15, "B"), (30, "C")], [0, 1, 2]),
        ([(0, "A"), (15, "B"), (31, "C")], []),
        ([(0, "A"), (1, "B"), (2, "A"), (3, "B")], []),
        ([(0, "A"), (1, "B"), (2, None)], []),
        ([(0, "A"), (1, "B"), (2, None), (3, "C")], [0, 1, 2, 3]),
        ([(0, "A"), (20, "B"), (40, "C"), (45, "D")], [1, 2, 3]),
        ([(0, "A"), (0, "B"), (29, "B"), (59, "C")], []),
    ],
)
def test_three_provinces_within_half_an_hour_are_a_surge(told: list[Told], found: list[int]) -> None:
    many = sightings(*told)
    assert [one.ticket_id for one in surge(many[-1], many)] == found


def test_it_is_found_by_whichever_comes_last_into_the_database() -> None:
    many = sightings((20, "A"), (0, "B"), (10, "C"))
    assert all(len(surge(one, many)) == 3 for one in many)


def test_a_storm_from_few_provinces_costs_few_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def counted(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return is_alike(one, other)

    monkeypatch.setattr(surges, "is_alike", counted)
    many = sightings(*((number / 100, "AB"[number % 2]) for number in range(2_000)))
    assert surge(many[1_000], many) == ()
    assert len(compared) < 10


def test_what_is_not_alike_is_no_part_of_it() -> None:
    many = [*sightings((0, "A"), (1, "B")), Sighting(9, MONDAY, "C", OTHER)]
    assert surge(many[0], many) == ()


@pytest.mark.parametrize(
    ("provinces", "past", "worked", "unusual"),
    [
        (3, 0, FORTNIGHT, True),
        (3, 6, FORTNIGHT, True),
        (3, 20, FORTNIGHT, False),
        (5, 20, FORTNIGHT, True),
        (3, 160, FORTNIGHT, False),
        (12, 160, FORTNIGHT, True),
        (3, 6, FORTNIGHT / 2, False),
        (3, 0, timedelta(hours=2), True),
        (3, 8, timedelta(hours=8), False),
    ],
)
def test_the_more_usual_an_error_is_the_more_provinces_it_takes(
    provinces: int, past: int, worked: timedelta, *, unusual: bool
) -> None:
    assert (past < enough_to_be_usual(provinces, past_of(3_000, worked), beside=5)) is unusual


@pytest.mark.parametrize(("beside", "unusual"), [(0, True), (5, True), (70, False), (700, False)])
def test_a_busy_half_hour_brings_more_of_all_sorts(beside: int, *, unusual: bool) -> None:
    """The first working day after a holiday: a few hundred tickets before it, a hundred in half an hour."""
    before = past_of(217, timedelta(hours=8))
    assert (enough_to_be_usual(10, before, beside) > 20) is unusual


def test_a_surge_among_nothing_else_is_as_unusual_as_it_is_by_the_hours() -> None:
    nothing, little = past_of(0, FORTNIGHT), past_of(10, FORTNIGHT)
    assert enough_to_be_usual(3, nothing, 9) == enough_to_be_usual(3, little, 0)


@pytest.mark.parametrize("provinces", [3, 6, 10])
def test_chance_makes_false_alarms_as_rarely_as_is_said(provinces: int) -> None:
    """Years of chance, with as many tickets as are allowed: alarms begin where the window fills up."""
    rng = random.Random(provinces)  # noqa: S311 - chance is what is played
    expected = enough_to_be_usual(provinces, Past(worked=WINDOW * 100_000), 0) / 100_000
    months, alarms = 5_000, 0
    for _ in range(months):
        came, at, last = deque[float](), 0.0, -1.0
        while (at := at + rng.expovariate(expected)) < 350:
            came.append(at)
            while came[0] < at - 1:
                came.popleft()
            if len(came) >= provinces and at > last + 1:
                alarms, last = alarms + 1, at
    assert FALSE_A_MONTH / 3 < alarms / months < FALSE_A_MONTH * 1.3


def test_what_one_code_makes_may_be_unusual_by_that_code_alone() -> None:
    said = ("Lỗi SYS-1074 khi ký", "Báo lỗi SYS-1074, mong xem giúp", "Máy hiện lỗi SYS-1074, đã thử lại")
    coded = [signature_of_terms(terms_of("", one)) for one in said]
    named = [Sighting(n, MONDAY, "ABC"[n], one) for n, one in enumerate(coded)]
    words = sightings((0, "D"), (1, "E"), (2, "F"))
    assert ways_to_compare(named[0], [*named, *words]) == [(is_alike, 6), (share_code, 3)]
    assert ways_to_compare(named[0], [*named[:2], *words]) == [(is_alike, 5)]


@pytest.mark.parametrize(("of_its_sort", "unusual"), [(1, True), (40, False)])
def test_of_a_long_past_every_nth_ticket_is_enough_to_tell_what_is_usual(
    of_its_sort: int, *, unusual: bool
) -> None:
    together = sightings((0, "A"), (1, "B"), (2, "C"))
    whole = [*ALIKE[:1] * of_its_sort, *[OTHER] * (400 - of_its_sort)]
    for step in (1, 4):
        past = Past(whole[::step], step, FORTNIGHT)
        assert is_unusual(together[0], together, together, past) is unusual
