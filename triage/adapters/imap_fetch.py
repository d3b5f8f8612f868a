"""Fetching many messages in bounded batches, with no single one able to stop the others."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from triage.adapters.imap_gate import Gate, ServerRefusedError
from triage.adapters.imap_uids import as_set, chunks
from triage.errors import MailboxError
from triage.ports import FetchedBatch, FetchedMail, Traits, Unfetchable

_SIZE = ("UID", "RFC822.SIZE")
_TRAITS = ("UID", "RFC822.SIZE", "INTERNALDATE")
_WHOLE = ("UID", "INTERNALDATE", "BODY.PEEK[]")

_FATAL_TIMES = 2

_UNKNOWN_OCTETS = 64 * 1024 * 1024
"""What a message may weigh whose size the server does not tell."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one FETCH may bring; a message larger than ``octets`` travels alone."""

    count: int
    octets: int


class Suspects:
    """Messages that were asked for when the connection broke, so that a deadly one stands alone in the end.

    Some servers hang up or fall silent over one broken message. After such a loss each of its companions is
    asked for by itself, behind all others; one that breaks the connection twice alone is asked no more.
    """

    def __init__(self) -> None:
        self._lost_alone: dict[int, int] = {}

    def __contains__(self, uid: int) -> bool:
        return uid in self._lost_alone

    def is_fatal(self, uid: int) -> bool:
        """Whether asking for this message has proved to break the connection."""
        return self._lost_alone.get(uid, 0) >= _FATAL_TIMES

    def forget(self) -> None:
        """Forget all: the folder is another one now."""
        self._lost_alone.clear()

    @contextmanager
    def asking(self, uids: Sequence[int]) -> Iterator[None]:
        """Watch over one FETCH of these messages."""
        try:
            yield
        except ServerRefusedError:
            raise
        except MailboxError:
            for uid in uids:
                self._lost_alone[uid] = self._lost_alone.get(uid, 0) + (len(uids) == 1)
            raise
        for uid in uids:
            self._lost_alone.pop(uid, None)


def fetch_batches(
    gate: Gate, uids: Sequence[int], bounds: Bounds, suspects: Suspects
) -> Iterator[FetchedBatch]:
    """Fetch these messages, sizes first, so that a batch never grows beyond its bounds unseen."""
    for chunk in chunks([uid for uid in uids if uid not in suspects]):
        sizes = _sizes(gate, chunk)
        unanswered = [uid for uid in chunk if uid not in sizes]
        if unanswered:
            yield _without(gate, unanswered, "the server lists it and gives no size for it")
        for batch in _batches(sizes, bounds):
            octets = sum(sizes[uid] or _UNKNOWN_OCTETS for uid in batch)
            yield _fetch(gate, batch, suspects, octets)
    yield from _one_by_one(gate, sorted({uid for uid in uids if uid in suspects}), suspects)


def _one_by_one(gate: Gate, uids: Sequence[int], suspects: Suspects) -> Iterator[FetchedBatch]:
    """Fetch messages each of which may be what breaks the connection, so that each answers for itself."""
    sizes: dict[int, int | None] = {}
    # The size says how long the server may take. Without it, one that draws out its answer, which made the
    # message suspect in the first place, would be waited for as long as the largest message may last.
    for chunk in chunks([uid for uid in uids if not suspects.is_fatal(uid)]):
        sizes |= _sizes(gate, chunk)
    for uid in uids:
        if suspects.is_fatal(uid):
            error = "the server breaks the connection whenever it is asked for this message"
            yield FetchedBatch((), unfetchable=(Unfetchable(uid, error),))
        else:
            yield _fetch(gate, [uid], suspects, sizes.get(uid) or _UNKNOWN_OCTETS)


def fetch_traits(gate: Gate, uids: Sequence[int]) -> dict[int, Traits]:
    """Give INTERNALDATE and size of messages; what the server will not tell is left out."""
    found: dict[int, Traits] = {}
    for chunk in chunks(uids):
        try:
            answers = gate.fetch(chunk, _TRAITS)
        except ServerRefusedError:
            continue
        for uid, answer in answers.items():
            size = _whole_number(answer.get(b"RFC822.SIZE"))
            if size is not None:
                found[uid] = Traits(received_at_of(answer), size)
    return found


def _sizes(gate: Gate, uids: Sequence[int]) -> dict[int, int | None]:
    """Give sizes in octets; None where the server will not say, no entry for what is gone."""
    try:
        answers = gate.fetch(uids, _SIZE)
    except ServerRefusedError:
        return dict.fromkeys(uids)
    return {uid: _whole_number(answer.get(b"RFC822.SIZE")) for uid, answer in answers.items()}


def _whole_number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _batches(sizes: Mapping[int, int | None], bounds: Bounds) -> Iterator[list[int]]:
    batch: list[int] = []
    octets = 0
    for uid in sorted(sizes):
        size = sizes[uid]
        # An unknown size may be any size.
        weight = bounds.octets if size is None else size
        if batch and (len(batch) >= bounds.count or octets + weight > bounds.octets):
            yield batch
            batch, octets = [], 0
        batch.append(uid)
        octets += weight
    if batch:
        yield batch


def _fetch(gate: Gate, uids: Sequence[int], suspects: Suspects, octets: int) -> FetchedBatch:
    try:
        with suspects.asking(uids):
            answers = gate.fetch(uids, _WHOLE, octets)
    except ServerRefusedError as refusal:
        if len(uids) == 1:
            return _without(gate, uids, refusal.said)
        middle = len(uids) // 2
        halves = (_fetch(gate, some, suspects, octets) for some in (uids[:middle], uids[middle:]))
        return _joined(*halves)
    mails = tuple(mail for uid in uids if uid in answers if (mail := _mail(uid, answers[uid])))
    brought = {mail.uid for mail in mails}
    missing = [uid for uid in uids if uid not in brought]
    if not missing:
        return FetchedBatch(mails)
    return _joined(FetchedBatch(mails), _without(gate, missing, "the server gives no content for it"))


def _mail(uid: int, answer: Mapping[bytes, Any]) -> FetchedMail | None:
    raw = answer.get(b"BODY[]")
    return FetchedMail(uid, received_at_of(answer), raw) if isinstance(raw, bytes) else None


def received_at_of(answer: Mapping[bytes, Any]) -> datetime:
    """Give INTERNALDATE in UTC; where the server gives none that makes sense, this moment."""
    value = answer.get(b"INTERNALDATE")
    try:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
    except (ValueError, OverflowError):
        # A zone of more than a day, or a year that UTC does not have.
        pass
    return datetime.now(UTC)


def _without(gate: Gate, uids: Sequence[int], error: str) -> FetchedBatch:
    """Tell messages that are gone from those that are there and cannot be had."""
    present = set(gate.search(f"UID {as_set(uids)}"))
    return FetchedBatch(
        (),
        unfetchable=tuple(Unfetchable(uid, error) for uid in uids if uid in present),
        vanished=tuple(uid for uid in uids if uid not in present),
    )


def _joined(one: FetchedBatch, other: FetchedBatch) -> FetchedBatch:
    return FetchedBatch(
        one.mails + other.mails, one.unfetchable + other.unfetchable, one.vanished + other.vanished
    )
