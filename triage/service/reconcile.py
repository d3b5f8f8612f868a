"""The loss meter: compares the UIDs of the server with the stored mails and states every gap.

Every UID that the server has given away since the first count is a stored mail or has one outcome of
triage.core.missed. What a sentence says here is an alarm: it stands until the next count finds it gone.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from triage.core.missed import Missed
from triage.db import mails, missed
from triage.db.engine import Database
from triage.db.missed import MissedUids, Reconciliation
from triage.ports import Clock, Mailbox, Present

log = structlog.get_logger()

EVERY = timedelta(hours=1)
"""How often a running service counts."""
SOON = timedelta(minutes=5)
"""How often it counts while something is on the server that is not stored."""
PATIENCE = timedelta(minutes=10)
"""How long a mail may wait on the server before it counts as a gap; a round takes seconds."""

_ALARMS = {
    Missed.WITHHELD: "the server does not hand out",
    Missed.REPLACED: "the server shows another message than the one stored under",
    Missed.DELETED: "somebody marked as deleted, before they were stored,",
    Missed.WAITING: "are still not stored:",
}
"""What stands on the server and is not stored, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a count found: messages on the server, those of them that are stored, and everything else."""

    on_server: int
    stored: int
    gaps: tuple[MissedUids, ...]
    complaint: str | None


def reconcile(mailbox: Mailbox, database: Database, clock: Clock) -> Reconciled:
    """Compare a mailbox with what is stored, and write down what became of every UID. Raises MailboxError."""
    uidvalidity = mailbox.open()
    waiting = frozenset(mailbox.waiting())
    present = mailbox.present()
    now = clock.now()
    with database.write() as connection:
        count = _Count(connection, mailbox.name, uidvalidity, present, now)
        return count.take(waiting)


def reconcile_when_due(mailbox: Mailbox, database: Database, clock: Clock) -> str | None:
    """Count again if the last count is old, sooner while a gap stands; give what it complained of."""
    with database.read() as connection:
        last = missed.last_counted(connection, mailbox.name)
        soon = last is not None and (
            last.complaint or missed.waits(connection, mailbox.name, last.uidvalidity)
        )
    # A clock that was set back must not put the next count off.
    if last is not None and abs(clock.now() - last.at) < (SOON if soon else EVERY):
        return last.complaint
    found = reconcile(mailbox, database, clock)
    tell = log.error if found.complaint else log.info
    tell("mailbox_counted", on_server=found.on_server, stored=found.stored, complaint=found.complaint)
    return found.complaint


def outcomes(database: Database, limit: int, mailbox: str | None = None) -> list[MissedUids]:
    """Give what is no stored mail, of one mailbox or of all, what was seen last first."""
    with database.read() as connection:
        return missed.listed(connection, limit, mailbox)


@dataclass(frozen=True, slots=True)
class _Count:
    connection: Connection
    mailbox: str
    uidvalidity: int
    present: Present
    now: datetime

    def take(self, waiting: Collection[int]) -> Reconciled:
        stored = mails.known_uids(self.connection, self.mailbox, self.uidvalidity, self.present.uids)
        missed.forget_stored(self.connection, self.mailbox, self.uidvalidity)
        missed.end_waiting(self.connection, self.mailbox, self.uidvalidity, self.present.uids)
        told = {row.first_uid for row in self._rows() if row.outcome != Missed.WAITING}
        missed.note(self.connection, [*self._unstored(stored, waiting, told), *self._unseen()])
        gaps = tuple(self._rows())
        complaint = _complaint(gaps, frozenset(self.present.uids), self.now)
        self._keep(complaint)
        return Reconciled(len(self.present.uids), len(stored), gaps, complaint)

    def _rows(self) -> list[MissedUids]:
        return missed.of(self.connection, self.mailbox, self.uidvalidity)

    def _unstored(
        self, stored: Collection[int], waiting: Collection[int], told: Collection[int]
    ) -> Iterator[MissedUids]:
        for uid in self.present.uids:
            if uid not in stored and uid not in told:
                yield self._row(uid, uid, Missed.WAITING if uid in waiting else Missed.DELETED)

    def _unseen(self) -> Iterator[MissedUids]:
        """Give what the server gave away since the last count and nobody ever saw."""
        after, before = self._since(), self.present.next_uid
        if before is None:
            return
        seen = {uid for uid in self.present.uids if after < uid < before}
        seen.update(
            missed.stored_between(self.connection, self.mailbox, self.uidvalidity, after, before),
            (row.first_uid for row in self._rows() if after < row.first_uid < before),
        )
        for first, last in _between(sorted(seen), after, before):
            removed = any(gone[0] <= first and last <= gone[1] for gone in self.present.gone)
            yield self._row(first, last, Missed.VANISHED if removed else Missed.UNSEEN)

    def _since(self) -> int:
        """Give the UID up to which all is accounted for; what was before the first count is not known."""
        last = missed.last_counted(self.connection, self.mailbox)
        if last is not None and last.uidvalidity == self.uidvalidity:
            return last.checked_to
        lowest = missed.lowest_stored(self.connection, self.mailbox, self.uidvalidity)
        known = [*self.present.uids[:1], *([lowest] if lowest is not None else [])]
        return min(known, default=self.present.next_uid or 1) - 1

    def _row(self, first: int, last: int, outcome: Missed) -> MissedUids:
        return MissedUids(
            self.mailbox, self.uidvalidity, first, last, outcome.value, None, self.now, self.now
        )

    def _keep(self, complaint: str | None) -> None:
        highest = max((*self.present.uids[-1:], (self.present.next_uid or 1) - 1))
        missed.counted(
            self.connection,
            Reconciliation(
                self.mailbox,
                self.uidvalidity,
                max(highest, self._since()),
                self.now,
                len(self.present.uids),
                complaint,
            ),
        )


def _between(seen: Iterable[int], after: int, before: int) -> Iterator[tuple[int, int]]:
    """Give the runs of numbers between two others that are not among those seen, which ascend."""
    expected = after + 1
    for uid in (*seen, before):
        if uid > expected:
            yield expected, uid - 1
        expected = uid + 1


def _complaint(gaps: Iterable[MissedUids], present: Collection[int], now: datetime) -> str | None:
    """Say what is on the server, is not stored and will not be by itself; None where nothing is."""
    standing = [row for row in gaps if row.first_uid in present and _is_alarming(row, now)]
    told = [
        f"{words} {', '.join(str(row.first_uid) for row in rows[:5])}{', …' if len(rows) > 5 else ''}"  # noqa: PLR2004 - five name enough
        for outcome, words in _ALARMS.items()
        if (rows := [row for row in standing if row.outcome == outcome])
    ]
    if not told:
        return None
    return f"Mails that are on the server and not stored, by UID: {'; '.join(told)}. See triage mails missed."


def _is_alarming(row: MissedUids, now: datetime) -> bool:
    return row.outcome != Missed.WAITING or now - row.first_seen_at >= PATIENCE
