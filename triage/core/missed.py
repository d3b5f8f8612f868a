"""What can become of a message on the server other than being stored."""

from enum import StrEnum


class Missed(StrEnum):
    """Why a UID has no stored mail, or not the one that the server shows under it now."""

    WAITING = "waiting"
    """It came after the last look and will be stored by the next."""
    WITHHELD = "withheld"
    """The server lists it and does not hand it out."""
    VANISHED = "vanished"
    """It was there, as we saw or as the server says, and somebody removed it before it was fetched."""
    DELETED = "deleted"
    r"""Somebody marked it as \Deleted before it was fetched."""
    REPLACED = "replaced"
    """The server shows another message under the UID of one that is stored."""
    UNSEEN = "unseen"
    """The server gave the UID away, and nothing was ever seen under it."""


STANDING = frozenset({Missed.WAITING, Missed.WITHHELD, Missed.DELETED, Missed.REPLACED})
"""What may be on the server still, so that somebody can do something about it."""
