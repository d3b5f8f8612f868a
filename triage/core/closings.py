"""What a closed ticket came to."""

from enum import StrEnum


class Closing(StrEnum):
    """How a ticket ended. ``IMPOSTOR`` and ``MERGED`` follow from acts of their own, nobody picks them."""

    SOLVED = "solved"
    ADVISED = "advised"
    DUPLICATE = "duplicate"
    NOT_OURS = "not_ours"
    NO_ANSWER = "no_answer"
    SPAM = "spam"
    IMPOSTOR = "impostor"
    MERGED = "merged"


CHOSEN = (
    Closing.SOLVED,
    Closing.ADVISED,
    Closing.DUPLICATE,
    Closing.NOT_OURS,
    Closing.NO_ANSWER,
    Closing.SPAM,
)
"""What a person may say that a ticket came to when he closes it."""
