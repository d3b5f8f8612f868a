"""What a stranger wrote, made fit for a page: nothing in it may turn, hide or stand for something else."""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo

from triage.core.mail import Address

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MOST_ADDRESSES = 50
_KILO = 1024


def visible(text: str) -> str:
    """Write the characters that turn the direction of writing so that they are seen and do nothing."""
    return _TURNING.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def address(one: Address) -> str:
    """Write a mailbox with its name and always with its address."""
    name, where = visible(one.name), visible(one.address) or "không có địa chỉ"
    return f"{name} <{where}>" if name else where


def addresses(many: Iterable[Address]) -> str:
    """Write a list of mailboxes; a very long one ends in how many there are."""
    told = [address(one) for one in many]
    more = len(told) - _MOST_ADDRESSES
    return ", ".join(told[:_MOST_ADDRESSES]) + (f" … và {more} địa chỉ khác" if more > 0 else "")


def moment(when: datetime | None, zone: tzinfo) -> str:
    """Write a moment in local time, as people here do; empty where there is none."""
    if when is None:
        return ""
    try:
        return f"{when.astimezone(zone):%H:%M ngày %d/%m/%Y}"
    except (OverflowError, ValueError):
        # a claimed date at the end of time has no local time
        return f"{when:%H:%M %d/%m/%Y}"


def size(count: int) -> str:
    """Write a number of bytes with a decimal comma."""
    if count < _KILO:
        return f"{count} byte"
    value, unit = (count / _KILO, "KB") if count < _KILO**2 else (count / _KILO**2, "MB")
    return f"{value:.1f} {unit}".replace(".", ",")
