"""Conditions of a list in its address: read, told where strange, written again."""

from datetime import timedelta

import pytest
from support.office import MONDAY, RULES

from triage.adapters.rulefiles import load_rulebook
from triage.db.queues import EVERY_OPEN, NOBODY, TO_DO, Place
from triage.web import filters
from triage.web.filters import Filters, Strange

CALENDAR = load_rulebook(RULES).calendar


def read(*pairs: tuple[str, str]) -> Filters:
    return filters.read(pairs, ["0010", "3110"], ["login", "other"])


def test_without_conditions_a_list_shows_what_is_to_be_done() -> None:
    wanted = read().wanted("lan", CALENDAR, MONDAY)
    assert (wanted.statuses, wanted.assignee, wanted.queues) == (TO_DO, None, ())
    assert wanted.by_deadline


def test_every_condition_is_read_and_written_again() -> None:
    pairs = (
        ("status", "new"),
        ("status", "waiting"),
        ("queue", "0010"),
        ("queue", "3110"),
        ("category", "login"),
        ("flagged", "1"),
        ("assignee", "lan"),
        ("due", "soon"),
        ("older", "3"),
    )
    found = read(*pairs)
    assert found.strange == ()
    assert found.pairs() == pairs
    wanted = found.wanted("hoa", CALENDAR, MONDAY)
    assert (wanted.statuses, wanted.queues, wanted.categories) == (
        ("new", "waiting"),
        ("0010", "3110"),
        ("login",),
    )
    assert (wanted.flagged, wanted.assignee) == (True, "lan")
    assert wanted.due_from == MONDAY
    assert wanted.opened_before == MONDAY - timedelta(days=3)


@pytest.mark.parametrize(
    ("pair", "statuses", "assignee"),
    [
        (("status", "open"), EVERY_OPEN, None),
        (("assignee", "me"), TO_DO, "lan"),
        (("assignee", "none"), TO_DO, NOBODY),
    ],
)
def test_short_words_stand_for_what_they_mean(
    pair: tuple[str, str], statuses: tuple[str, ...], assignee: str | None
) -> None:
    wanted = read(pair).wanted("lan", CALENDAR, MONDAY)
    assert (wanted.statuses, wanted.assignee) == (statuses, assignee)


def test_soon_means_within_eight_working_hours() -> None:
    wanted = read(("due", "soon")).wanted("lan", CALENDAR, MONDAY)
    assert wanted.due_before is not None
    assert CALENDAR.working_seconds(MONDAY, wanted.due_before - timedelta(microseconds=1)) == 8 * 3600


@pytest.mark.parametrize(
    "pair",
    [
        ("status", "odd"),
        ("queue", "9999"),
        ("category", "<script>"),
        ("flagged", "yes"),
        ("assignee", "a b"),
        ("due", "never"),
        ("older", "-3"),
        ("older", "²"),
        ("older", "99999999999999999999"),
        ("colour", "red"),
    ],
)
def test_what_means_nothing_is_told_and_narrows_nothing_down(pair: tuple[str, str]) -> None:
    found = read(pair)
    assert found.strange == (Strange(*pair),)
    assert found.pairs() == ()


def test_what_may_stand_once_and_stands_twice_is_told() -> None:
    found = read(("due", "soon"), ("due", "overdue"))
    assert found.due == "soon"
    assert found.strange == (Strange("due", "overdue"),)


def test_empty_fields_of_a_form_are_no_conditions() -> None:
    assert read(("queue", ""), ("older", " "), ("act", "key"), ("after", "1.1")) == Filters()


def test_a_list_without_one_condition_keeps_the_others() -> None:
    found = read(("status", "new"), ("queue", "0010"), ("queue", "3110"))
    assert found.without("queue", "0010").query() == "?status=new&queue=3110"
    assert Filters().query() == ""


@pytest.mark.parametrize("place", [Place(MONDAY + timedelta(microseconds=7), 12), Place(None, 3)])
def test_a_place_is_written_and_read_again(place: Place) -> None:
    assert filters.read_place(filters.written_place(place)) == place


@pytest.mark.parametrize("text", ["", "x", "1", "1.", "999999999999999999.1", "1.1; drop", "-1-.1"])
def test_what_is_no_place_is_the_first_page(text: str) -> None:
    assert filters.read_place(text) is None
