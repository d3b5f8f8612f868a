"""What the desk keeps only for a while, and for how long."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Leftover(StrEnum):
    """A sort of rows that nobody needs for ever."""

    ACTS = "acts"
    TRIES = "tries"
    SESSIONS = "sessions"
    INVITATIONS = "invitations"
    NOTICES = "notices"
    DIGESTS = "digests"
    TOKENS = "tokens"
    WEBHOOK_MESSAGES = "webhook_messages"
    DIGEST_LETTERS = "digest_letters"
    SIGHTINGS = "sightings"
    NODES = "nodes"


KEPT: Mapping[Leftover, timedelta] = {
    # no session, and so no form of it, lives as long: a key can be forgotten before its form is sent again
    Leftover.ACTS: timedelta(days=7),
    # limits look back a quarter of an hour
    Leftover.TRIES: timedelta(days=1),
    # where and when somebody was signed in is asked after a break-in; the audit tells it for ever
    Leftover.SESSIONS: timedelta(days=30),
    Leftover.INVITATIONS: timedelta(days=30),
    Leftover.NOTICES: timedelta(days=90),
    Leftover.DIGESTS: timedelta(days=30),
    # as sessions
    Leftover.TOKENS: timedelta(days=30),
    Leftover.WEBHOOK_MESSAGES: timedelta(days=30),
    # they quote subjects; the coordinator has his own copy
    Leftover.DIGEST_LETTERS: timedelta(days=30),
    # what is usual is asked of two weeks; the tickets of an incident keep theirs
    Leftover.SIGHTINGS: timedelta(days=30),
    Leftover.NODES: timedelta(days=30),
}
"""Time after which rows go, from when they were written, ended or read."""
