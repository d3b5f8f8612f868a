"""When tickets that are alike are a surge: provinces, minutes, and what is usual."""

from datetime import timedelta

import pytest
from support.office import MONDAY
from support.surge_texts import ERRORS

from triage.core import surges
from triage.core.similar import is_alike, share_code, signature_of_terms, terms_of
from triage.core.surges import Sighting, enough_to_be_usual, is_unusual, surge, ways_to_compare

ALIKE = [signature_of_terms(terms_of(*one)) for one in ERRORS["ora_12541"]]
OTHER = signature_of_terms(terms_of(*ERRORS["blank_page"][0]))
FORTNIGHT = timedelta(hours=80)
"""What offices work in two weeks."""

Told = tuple[float, str | None]


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
        (3, 14, FORTNIGHT, True),
        (3, 40, FORTNIGHT, False),
        (5, 40, FORTNIGHT, True),
        (3, 160, FORTNIGHT, False),
        (12, 160, FORTNIGHT, True),
        (3, 14, FORTNIGHT / 2, False),
        (3, 1, timedelta(hours=2), True),
        (3, 8, timedelta(hours=8), False),
    ],
)
def test_the_more_usual_an_error_is_the_more_provinces_it_takes(
    provinces: int, past: int, worked: timedelta, *, unusual: bool
) -> None:
    assert is_unusual(provinces, past, worked) is unusual
    assert (past < enough_to_be_usual(provinces, worked)) is unusual


def test_what_one_code_makes_may_be_unusual_by_that_code_alone() -> None:
    said = ("Lỗi SYS-1074 khi ký", "Báo lỗi SYS-1074, mong xem giúp", "Máy hiện lỗi SYS-1074, đã thử lại")
    coded = [signature_of_terms(terms_of("", one)) for one in said]
    named = [Sighting(n, MONDAY, "ABC"[n], one) for n, one in enumerate(coded)]
    words = sightings((0, "D"), (1, "E"), (2, "F"))
    assert ways_to_compare(named[0], [*named, *words]) == [(is_alike, 6), (share_code, 3)]
    assert ways_to_compare(named[0], [*named[:2], *words]) == [(is_alike, 5)]


@pytest.mark.parametrize("provinces", [3, 12, 63])
def test_it_is_told_from_how_many_on_an_error_is_usual(provinces: int) -> None:
    enough = enough_to_be_usual(provinces, FORTNIGHT)
    assert is_unusual(provinces, enough - 1, FORTNIGHT)
    assert not is_unusual(provinces, enough, FORTNIGHT)
