"""What sorts of secrets there are, and one of them at its place in a text."""

from dataclasses import dataclass
from enum import StrEnum

from triage.core.aligned import Aligned
from triage.core.privatenumbers import Found


class SecretKind(StrEnum):
    """What sort of secret was found."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    FILE_PASSWORD = "file_password"  # noqa: S105 - same
    PIN = "pin"
    OTP = "otp"
    REMOTE = "remote"
    TOKEN = "token"  # noqa: S105 - same
    CITIZEN_ID = "citizen_id"
    ACCOUNT = "account"
    CARD = "card"


CHANGEABLE = (
    SecretKind.PASSWORD,
    SecretKind.PIN,
    SecretKind.OTP,
    SecretKind.REMOTE,
    SecretKind.TOKEN,
)
"""Secrets that open something, and that whoever wrote them down should change."""


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A secret at the places ``start`` to ``end`` (exclusive) of a text."""

    start: int
    end: int
    kind: SecretKind


def secret_at(whole: Aligned, kind: SecretKind, found: Found) -> Secret:
    """Give what was found in the folded text at its place in the text as it was written."""
    return Secret(*whole.span(found.start, found.end), kind)
