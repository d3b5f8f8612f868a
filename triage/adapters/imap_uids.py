"""UIDs as IMAP writes them: sequence sets, cut so that a command line stays short."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

SET_BYTES = 7_000
"""Servers must take command lines of 8,000 octets (RFC 7162, section 4); the rest is for the command."""

UIDS_A_COMMAND = 500
"""So that one command is answered long before any timeout, and that a list of UIDs fits SET_BYTES."""


def as_set(uids: Iterable[int]) -> str:
    """Give the shortest sequence set of exactly these UIDs: ``1:4,9``."""
    return ",".join(_runs(uids))


def chunks(uids: Sequence[int], size: int = UIDS_A_COMMAND) -> Iterator[list[int]]:
    """Cut UIDs into lists of at most ``size``, in ascending order."""
    rest = iter(sorted(set(uids)))
    while chunk := list(islice(rest, min(size, UIDS_A_COMMAND))):
        yield chunk


def _runs(uids: Iterable[int]) -> Iterator[str]:
    ordered = sorted(set(uids))
    start = previous = None
    for uid in ordered:
        if previous is not None and uid == previous + 1:
            previous = uid
            continue
        if start is not None and previous is not None:
            yield _run(start, previous)
        start = previous = uid
    if start is not None and previous is not None:
        yield _run(start, previous)


def _run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}:{last}"
