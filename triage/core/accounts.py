"""What may be said of an account: how a login is written, and why a change of one is refused."""

import re
from enum import StrEnum

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class AccountRefusal(StrEnum):
    """Why an account cannot be added or changed so; the desk has a sentence for each."""

    LOGIN = "login"
    TAKEN = "taken"
    DISPLAY_NAME = "display_name"
    ADDRESS = "address"
    HAS_ADDRESS = "has_address"
    OUR_ADDRESS = "our_address"
    YOURSELF = "yourself"
    LAST_ADMIN = "last_admin"
    NO_QUEUES = "no_queues"
    NEEDS_QUEUE = "needs_queue"
    NO_COORDINATOR = "no_coordinator"
    DISABLED = "disabled"
    DEPUTY = "deputy"
    DEPUTY_AWAY = "deputy_away"
    LEAVE = "leave"
    PASSWORD = "password"  # noqa: S105 - the name of a reason
    SHORT = "short"
    LONG = "long"
    HAS_LOGIN = "has_login"
    COMMON = "common"
    LINKED = "linked"
    NO_PROVIDER = "no_provider"
    NO_SUBJECT = "no_subject"


def read_login(text: str) -> str | None:
    """Give a login as it is kept, lower case; None where it cannot be one."""
    login = text.strip().lower()
    return login if _LOGIN.fullmatch(login) else None


DENSITIES = ("dense", "roomy")
"""How much room a row of a list has."""

AFTER_SEND = ("stay", "close", "next")
"""What the first button under an answer does beside sending: nothing, close, close and go on."""
