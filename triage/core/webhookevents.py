"""What webhooks are told of tickets: three sorts of events, no word of anybody's mail."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from triage.core.history import QUIET


class WebhookEvent(StrEnum):
    """A sort of event that a webhook can be told of."""

    OPENED = "ticket.opened"
    CHANGED = "ticket.changed"
    CLOSED = "ticket.closed"


TRIAL = "webhook.test"
"""The type of a message that somebody sends by hand; no webhook is told of it otherwise."""

_SORTS: Mapping[str, WebhookEvent] = {
    "opened": WebhookEvent.OPENED,
    "closed": WebhookEvent.CLOSED,
    "merged": WebhookEvent.CLOSED,
    "confirmed_impostor": WebhookEvent.CLOSED,
}
"""Verbs of a ticket's history that open or end it; every other that changes its row is a change."""

PAUSES = (
    *(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20)),
    *(timedelta(hours=1), timedelta(hours=2), timedelta(hours=4), timedelta(hours=8), timedelta(hours=12)),
)
"""How long a message waits after each try that failed; after the last one it is given up."""

GIVEN_UP_AFTER = sum(PAUSES, timedelta())
"""How old a message gets that is not taken: a day and three hours."""

_MOST_PAUSES = 5
"""A webhook that does not answer is tried again after an hour at the latest."""


def event_of(verb: str) -> WebhookEvent | None:
    """Give the sort of a line of a ticket's history; None for lines that leave the ticket as it is."""
    return _SORTS.get(verb, None if verb in QUIET else WebhookEvent.CHANGED)


def read_events(written: Iterable[str]) -> tuple[WebhookEvent, ...]:
    """Give the sorts of these names that there are, each once, in their own order."""
    named = frozenset(written)
    return tuple(one for one in WebhookEvent if one.value in named)


def message_of(sort: WebhookEvent, at: datetime, code: str, verb: str) -> dict[str, Any]:
    """Give what a webhook is told: which ticket, what, when. It is the same at every try.

    Whoever wants to know more asks the API, which answers in the rights of whoever asks.
    """
    return {
        "type": sort.value,
        "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {"ticket": code, "verb": verb},
    }


def trial_of(at: datetime) -> dict[str, Any]:
    """Give a message that tells of nothing, by which one sees whether a receiver takes messages."""
    return {"type": TRIAL, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": {}}


def pause_after(attempts: int) -> timedelta | None:
    """Give how long to wait after so many tries that failed; None where there is to be no other."""
    return PAUSES[attempts - 1] if 0 < attempts <= len(PAUSES) else None


def rest_after(failures: int) -> timedelta:
    """Give how long a webhook is left alone that has not taken so many messages in a row, 1 or more."""
    return PAUSES[min(failures, _MOST_PAUSES) - 1]
