"""What webhooks are told, and how long a message is tried."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.core.webhookevents import (
    GIVEN_UP_AFTER,
    WebhookEvent,
    event_of,
    message_of,
    pause_after,
    read_events,
    rest_after,
)


@pytest.mark.parametrize(
    ("verb", "sort"),
    [
        ("opened", WebhookEvent.OPENED),
        ("closed", WebhookEvent.CLOSED),
        ("merged", WebhookEvent.CLOSED),
        ("confirmed_impostor", WebhookEvent.CLOSED),
        ("reopened", WebhookEvent.CHANGED),
        ("assigned", WebhookEvent.CHANGED),
        ("note", WebhookEvent.CHANGED),
        ("what comes later", WebhookEvent.CHANGED),
        ("exported", None),
        ("bounce", None),
    ],
)
def test_each_line_of_a_history_has_its_sort(verb: str, sort: WebhookEvent | None) -> None:
    assert event_of(verb) is sort


def test_a_message_names_the_ticket_and_says_nothing_of_its_mail() -> None:
    at = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
    assert message_of(WebhookEvent.CLOSED, at, "SD261116-000001", "closed") == {
        "type": "ticket.closed",
        "timestamp": "2026-11-16T02:30:00Z",
        "data": {"ticket": "SD261116-000001", "verb": "closed"},
    }


def test_pauses_grow_and_end_after_a_day_or_so() -> None:
    pauses = [pause_after(number) for number in range(1, 10)]
    assert None not in pauses
    assert pauses == sorted(pauses, key=lambda one: one or timedelta())
    assert pause_after(10) is None
    assert timedelta(days=1) < GIVEN_UP_AFTER < timedelta(days=2)
    assert rest_after(1) == timedelta(seconds=10)
    assert rest_after(1000) == timedelta(hours=1)


def test_sorts_are_read_by_name_and_strange_ones_left_out() -> None:
    assert read_events(["ticket.closed", "x", "ticket.opened", "ticket.closed"]) == (
        WebhookEvent.OPENED,
        WebhookEvent.CLOSED,
    )
