"""Which steps are due for a ticket that nobody answers, and what a letter says of many."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.office import shipped_rules

from triage.core.calendar import WorkCalendar
from triage.core.escalation import MOST_LISTED, Step, Unanswered, due_steps, escalation_values

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = WorkCalendar(HANOI, ((time(8), time(12)), (time(13), time(17))), {})
AGAIN = timedelta(hours=8)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=HANOI)


def waiting(number: int = 1, subject: str = "Lỗi", *, due: str = "03 17:00", paused: int = 0) -> Unanswered:
    code = f"SD260302-{number:06}"
    return Unanswered(number, code, "0010", subject, None, local("02 09:30"), local(due), paused)


# Received on Monday at 09:30, due on Tuesday at 17:00.
@pytest.mark.parametrize(
    ("now", "steps"),
    [
        ("02 16:00", []),
        ("03 09:29", []),
        ("03 09:30", ["warning"]),
        ("03 17:00", ["warning"]),
        ("04 08:00", ["warning", "overdue"]),
        ("04 16:59", ["warning", "overdue"]),
        ("04 17:00", ["warning", "overdue", "late"]),
        ("09 08:00", ["warning", "overdue", "late"]),
    ],
)
def test_steps_become_due_one_after_the_other(now: str, steps: list[str]) -> None:
    assert list(due_steps(CALENDAR, waiting(), local(now), AGAIN)) == steps


def test_what_was_told_is_not_due_any_more() -> None:
    told = waiting().after([Step.WARNING, Step.LATE])
    assert due_steps(CALENDAR, told, local("09 08:00"), AGAIN) == (Step.OVERDUE,)


def test_leads_need_not_hear_again() -> None:
    assert Step.LATE not in due_steps(CALENDAR, waiting(), local("30 08:00"), timedelta())


def test_time_that_stood_still_puts_the_warning_off() -> None:
    one = waiting(due="04 11:00", paused=3 * 3_600)
    assert due_steps(CALENDAR, one, local("03 13:29"), AGAIN) == ()
    assert due_steps(CALENDAR, one, local("03 13:30"), AGAIN) == (Step.WARNING,)


def test_a_letter_names_some_and_counts_the_rest_the_oldest_deadline_first() -> None:
    some = [waiting(number, due="05 17:00") for number in range(1, MOST_LISTED + 3)]
    late = waiting(99, "Gọi 0912 345 678 xem https://xau.example", due="02 17:00")
    made = escalation_values(
        [*some, late], {"0010": "KBNN Hà Nội"}, local("04 08:00"), HANOI, shipped_rules().office
    )
    letter = made["escalation"]
    assert letter["summary"] == "1 phiếu quá hạn chưa trả lời, 22 phiếu đã 8 giờ làm việc chưa trả lời"
    assert letter["more"] == 3
    first = letter["tickets"][0]
    assert (first["code"], first["overdue"], first["name"]) == (
        "SD260302-000099",
        True,
        "Kho bạc Nhà nước Hà Nội",
    )
    assert "xau.example" not in first["subject"]
    assert "345" not in first["subject"]
