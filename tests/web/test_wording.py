"""Words that the desk uses for what stands in the database."""

from datetime import UTC, datetime, timedelta

import pytest
from support.office import MONDAY, RULES

from triage.adapters.rulefiles import load_rulebook
from triage.core.tickets import TicketStatus
from triage.web import wording
from triage.web.templating import words_of
from triage.web.wording import Urgency

VI, EN = words_of("vi"), words_of("en")
BOOK = load_rulebook(RULES)
CALENDAR = BOOK.calendar
MARCH = datetime(2026, 3, 2, 10, tzinfo=UTC)


def hanoi(day: int, hour: int, minute: int = 0) -> datetime:
    """Give a moment of November 2026 by the clock of Hanoi."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("due_at", "told", "english", "urgency"),
    [
        (MONDAY - timedelta(seconds=30), "vừa quá hạn", "just overdue", Urgency.OVERDUE),
        (hanoi(16, 9, 5), "quá hạn 25 phút làm việc", "25 working minutes overdue", Urgency.OVERDUE),
        (hanoi(13, 17), "quá hạn 1 giờ làm việc", "1 working hour overdue", Urgency.OVERDUE),
        (hanoi(12, 17), "quá hạn 1 ngày làm việc", "1 working day overdue", Urgency.OVERDUE),
        (hanoi(10, 17), "quá hạn 3 ngày làm việc", "3 working days overdue", Urgency.OVERDUE),
        (MARCH, "quá hạn từ 02/03/2026", "overdue since 02/03/2026", Urgency.OVERDUE),
        (hanoi(16, 9, 50), "còn 20 phút làm việc", "20 working minutes left", Urgency.SOON),
        (hanoi(16, 11, 40), "còn 2 giờ làm việc", "2 working hours left", Urgency.SOON),
        (hanoi(16, 17), "hạn 17:00 hôm nay", "due 17:00 today", Urgency.SOON),
        (hanoi(17, 9), "hạn 09:00 ngày mai", "due 09:00 tomorrow", Urgency.SOON),
        (hanoi(17, 17), "hạn 17:00 ngày mai", "due 17:00 tomorrow", Urgency.LATER),
        (hanoi(18, 17), "còn 2 ngày làm việc", "2 working days left", Urgency.LATER),
        (datetime(2027, 3, 2, 10, tzinfo=UTC), "hạn 02/03/2027", "due 02/03/2027", Urgency.LATER),
        (None, "không có hạn", "no deadline", Urgency.NONE),
    ],
)
def test_a_deadline_is_told_in_working_time(
    due_at: datetime | None, told: str, english: str, urgency: Urgency
) -> None:
    found = wording.deadline(VI, CALENDAR, due_at, MONDAY)
    assert (found.text, found.urgency) == (told, urgency)
    assert wording.deadline(EN, CALENDAR, due_at, MONDAY).text == english


def test_a_deadline_at_the_weekend_is_as_far_away_as_the_office_works() -> None:
    friday = hanoi(20, 16)
    assert wording.deadline(VI, CALENDAR, hanoi(23, 9), friday).text == "còn 2 giờ làm việc"


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (hanoi(16, 9, 10), "20 phút"),
        (hanoi(13, 14), "4 giờ"),
        (hanoi(10, 8), "4 ngày làm việc"),
        (MARCH, "từ 02/03/2026"),
    ],
)
def test_what_waits_is_counted_in_working_time(since: datetime, told: str) -> None:
    assert wording.waited(VI, CALENDAR, since, MONDAY) == told


@pytest.mark.parametrize("value", list(TicketStatus))
def test_every_state_has_a_word_in_each_language(value: TicketStatus) -> None:
    words = {wording.status(language, value.value) for language in (VI, EN)}
    assert len(words) == 2
    assert value.value not in words


def test_what_has_no_word_is_told_as_it_stands() -> None:
    assert wording.status(VI, "odd") == "odd"
    assert wording.category(VI, BOOK.categories, "gone") == "gone"
    assert wording.queue_name(VI, BOOK, "gone") == "gone"
    assert wording.priority(VI, 9) == "9"


def test_queues_and_categories_are_named_as_the_rules_name_them() -> None:
    assert wording.queue_name(VI, BOOK, "unrouted") == "Chưa định tuyến"
    assert wording.queue_name(EN, BOOK, "security") == "Security"
    assert "Hà Nội" in wording.queue_name(VI, BOOK, "0010")
    assert wording.category(VI, BOOK.categories, "outage") == "Hệ thống chậm, không truy cập được"
    assert wording.category(EN, BOOK.categories, "outage") == "Outage or slowness"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (hanoi(16, 8, 5), "08:05"),
        (hanoi(15, 8, 5), "15/11"),
        (datetime(2025, 3, 2, tzinfo=UTC), "02/03/2025"),
    ],
)
def test_a_moment_is_told_as_briefly_as_is_clear(when: datetime, told: str) -> None:
    assert wording.short_moment(when, CALENDAR, MONDAY) == told
