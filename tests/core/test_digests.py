"""When digests are due, and what they say."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from support.office import shipped_rules

from triage.core.digests import MOST_LISTED, QueueCounts, Urgent, coming_morning, digest_values, morning

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AT = time(8)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("now", "day", "since"),
    [
        ("2026-11-16T07:59", None, None),  # Monday, a minute too early
        ("2026-11-16T08:00", "2026-11-16", "2026-11-13T08:00"),  # what came since Friday is new
        ("2026-11-17T08:00", "2026-11-17", "2026-11-16T08:00"),
        ("2026-11-17T16:59", "2026-11-17", "2026-11-16T08:00"),  # the service stood still in the morning
        ("2026-11-17T17:00", None, None),  # everybody has gone home
        ("2026-11-21T09:00", None, None),  # Saturday
        ("2026-01-02T09:00", None, None),  # off by exchange
        ("2026-01-10T08:30", "2026-01-10", "2026-01-09T08:00"),  # the Saturday that is worked for it
        ("2026-02-18T09:00", None, None),  # Tết
        ("2026-02-23T08:00", "2026-02-23", "2026-02-13T08:00"),  # the first day after it
    ],
)
def test_a_digest_belongs_to_the_morning_of_a_working_day(
    now: str, day: str | None, since: str | None
) -> None:
    found = morning(shipped_rules().calendar, local(now), AT)
    assert (found.day.isoformat() if found else None) == day
    if found and since:
        assert found.since == local(since)
        assert found.ends_at == local(f"{day}T17:00")


@pytest.mark.parametrize(
    ("now", "day", "since", "goes_out"),
    [
        ("2026-11-16T07:59", "2026-11-16", "2026-11-13T08:00", "2026-11-16T08:00"),
        ("2026-11-16T10:30", "2026-11-16", "2026-11-13T08:00", "2026-11-16T10:30"),
        ("2026-11-16T17:00", "2026-11-17", "2026-11-16T08:00", "2026-11-17T08:00"),
        ("2026-11-20T18:56", "2026-11-23", "2026-11-20T08:00", "2026-11-23T08:00"),  # Friday evening
        ("2026-11-21T07:00", "2026-11-23", "2026-11-20T08:00", "2026-11-23T08:00"),  # Saturday
        ("2026-02-18T09:00", "2026-02-23", "2026-02-13T08:00", "2026-02-23T08:00"),  # Tết
    ],
)
def test_at_other_hours_the_next_digest_is_that_of_the_next_working_morning(
    now: str, day: str, since: str, goes_out: str
) -> None:
    found, at = coming_morning(shipped_rules().calendar, local(now), AT)
    assert (found.day.isoformat(), found.since, at) == (day, local(since), local(goes_out))
    assert found.ends_at == local(f"{day}T17:00")


def values(counts: list[QueueCounts], urgent: list[Urgent]) -> dict[str, object]:
    now = local("2026-11-16T08:00")
    made = digest_values(
        counts, urgent, {"0010": "KBNN Hà Nội"}, now, date(2026, 11, 16), HANOI, shipped_rules().office
    )
    digest: dict[str, object] = made["digest"]
    return digest


def test_queues_that_call_for_nothing_are_left_out_and_sums_are_said_in_words() -> None:
    digest = values(
        [
            QueueCounts("0010", open=9, new=4, due=2, overdue=0, flagged=1),
            QueueCounts("3110", open=5, new=0, due=0, overdue=0, flagged=0),
        ],
        [],
    )
    assert digest["summary"] == "2 phiếu đến hạn hôm nay, 4 phiếu mới, 1 phiếu có dấu hiệu đáng ngờ"
    assert [(one["queue"], one["name"]) for one in digest["queues"]] == [  # type: ignore[attr-defined]
        ("0010", "Kho bạc Nhà nước Hà Nội")
    ]


def test_subjects_hold_no_link_and_tickets_beyond_the_list_are_counted() -> None:
    many = [
        Urgent(
            f"SD261116-{n:06}",
            "0010",
            "Xem https://xau.example/a gấp",
            datetime(2026, 11, 16, 9, tzinfo=UTC),
            n,
        )
        for n in range(MOST_LISTED + 5)
    ]
    counts = [QueueCounts("0010", open=30, new=0, due=MOST_LISTED + 5, overdue=2, flagged=0)]
    digest = values(counts, many)
    tickets: tuple[dict[str, object], ...] = digest["tickets"]  # type: ignore[assignment]
    assert len(tickets) == MOST_LISTED
    assert digest["more"] == 7
    assert tickets[0]["subject"] == "Xem … gấp"
    assert tickets[0]["due"] == "16 giờ 00 phút ngày 16/11/2026 (thứ Hai)"
    assert tickets[0]["overdue"] is False
