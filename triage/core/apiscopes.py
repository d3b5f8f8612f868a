"""What a token of the API may be good for, and which right of its person each scope takes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from triage.core.people import Right


class Scope(StrEnum):
    """One thing that a token is good for; it opens nothing that its person may not do himself."""

    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    MAILS_READ = "mails:read"
    MAILS_RAW = "mails:raw"
    QUEUES_READ = "queues:read"
    VERIFY = "verify"
    WEBHOOKS = "webhooks:manage"


NEEDED: Mapping[Scope, Right] = {
    Scope.TICKETS_READ: Right.READ,
    Scope.TICKETS_WRITE: Right.NOTE,
    Scope.MAILS_READ: Right.READ,
    Scope.MAILS_RAW: Right.RAW,
    Scope.QUEUES_READ: Right.READ,
    Scope.VERIFY: Right.READ,
    Scope.WEBHOOKS: Right.READ,
}
"""The least right that a scope is of use with; single acts may demand more."""


def offered(rights: Iterable[Right]) -> tuple[Scope, ...]:
    """Give the scopes that somebody with these rights can put to use."""
    held = frozenset(rights)
    return tuple(scope for scope, right in NEEDED.items() if right in held)


def read_scopes(written: Iterable[str]) -> tuple[Scope, ...]:
    """Give the scopes of these names that there are, each once, in their own order."""
    named = frozenset(written)
    return tuple(scope for scope in Scope if scope.value in named)


BEGINNING = "triage_"
"""What a token begins with, so that whoever searches files for forgotten secrets finds it."""

HINT_LETTERS = len(BEGINNING) + 4
"""So many letters of a token its owner knows it by."""

MOST_DAYS = 365
"""A token lasts no longer."""

MOST_TOKENS = 20
"""In force at once, of one person."""
