"""What a folder held when it was last asked: while the server says that nothing has changed, it is not asked.

A server with CONDSTORE (RFC 7162) gives with each SELECT the HIGHESTMODSEQ, which grows with every message
that comes and every flag that is set. Expunging need not raise it, but changes the number of messages. With
QRESYNC the server also tells, since a given state, which messages have come or changed and which have gone.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HOUR, DAY = 3600.0, 86_400.0

Ranges = tuple[tuple[int, int], ...]
"""First and last UID of runs; never spelled out, since a server may write 1:4294967295."""

_UID = re.compile(rb"\bUID (\d+)")
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class State:
    """What SELECT says of a folder; equal states hold the same messages with the same flags."""

    uidvalidity: int
    exists: int
    next_uid: int
    modseq: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What has happened since a state: messages that came or changed, and runs of those that have gone."""

    changed: frozenset[int]
    gone: Ranges


class Memory:
    """One list of UIDs, and the state of the folder in which the server gave it.

    After ``trusted_seconds`` the server is asked anew whatever it says: one that errs must not hide a mail
    for ever.
    """

    def __init__(self, trusted_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._trusted_seconds = trusted_seconds
        self._state: State | None = None
        self._uids: tuple[int, ...] = ()
        self._asked_at = 0.0

    def at(self, state: State | None) -> tuple[int, ...] | None:
        """Give the list if the folder is still in the state in which it was given; None: ask the server."""
        return self._uids if state is not None and self._trusted() == state else None

    def keep(self, state: State | None, uids: Sequence[int], *, asked: bool = True) -> None:
        """Remember a list; ``asked`` says that the server gave all of it now. Without a state, forget."""
        self._state, self._uids = state, tuple(uids)
        if asked:
            self._asked_at = self._now()

    def since(self, state: State | None) -> int | None:
        """Give the mod-sequence since which changes lead from the list to a state; None where none do."""
        before = self._trusted()
        if before is None or state is None or before.uidvalidity != state.uidvalidity:
            return None
        return before.modseq

    def after(self, changes: Changes, state: State) -> tuple[int, ...] | None:
        """Give the list as it is after changes; None where it does not come to as many as there are."""
        kept = (uid for uid in self._uids if not is_in(uid, changes.gone))
        uids = tuple(sorted({*kept, *changes.changed}))
        return uids if len(uids) == state.exists else None

    def _trusted(self) -> State | None:
        return self._state if self._now() - self._asked_at < self._trusted_seconds else None


def is_in(uid: int, ranges: Ranges) -> bool:
    """Whether a UID lies in one of the runs."""
    return any(first <= uid <= last for first, last in ranges)


def read_changes(fetched: Iterable[object], vanished: Iterable[object]) -> Changes:
    """Read the answer to a FETCH since a mod-sequence; what is no such answer is left out."""
    lines = [_bytes(one) for one in fetched]
    changed = frozenset(int(found[1]) for line in lines if (found := _UID.search(line)))
    runs = [_run(one) for line in vanished for one in _RANGE.findall(_bytes(line))]
    return Changes(changed, tuple(runs))


def _run(found: tuple[bytes, bytes]) -> tuple[int, int]:
    first, last = int(found[0]), int(found[1] or found[0])
    return min(first, last), max(first, last)


def _bytes(line: object) -> bytes:
    if isinstance(line, tuple):
        return b" ".join(one for one in line if isinstance(one, bytes))
    return line if isinstance(line, bytes) else b""
