"""From the IMAP server into the database, and only then off the server's list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from triage.core.boxes import MAIN, kept_as
from triage.core.missed import Missed
from triage.core.text import clean, one_line
from triage.crashpoints import crash_point
from triage.db import heartbeats, mails, missed, wakes
from triage.db.engine import Database
from triage.db.missed import MissedUids
from triage.errors import MailboxError
from triage.ports import Clock, Mailbox, Traits, Unfetchable
from triage.service import storage
from triage.service.reconcile import reconcile_when_due

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    """What one round of receiving did.

    ``replaced`` are UIDs under which the server shows another message than the one that is stored;
    ``unsettled`` says why stored mails could not be moved or marked.
    """

    stored: int = 0
    known: int = 0
    vanished: tuple[int, ...] = ()
    unfetchable: tuple[Unfetchable, ...] = ()
    replaced: tuple[int, ...] = ()
    unsettled: str | None = None

    def __add__(self, other: "Received") -> "Received":
        """Add what was done at another mailbox; UIDs then say nothing by themselves any more."""
        return Received(
            self.stored + other.stored,
            self.known + other.known,
            self.vanished + other.vanished,
            self.unfetchable + other.unfetchable,
            self.replaced + other.replaced,
            self.unsettled or other.unsettled,
        )

    @property
    def complaint(self) -> str | None:
        """What an operator must know, in one sentence; None where all is well."""
        return _first([self.unsettled] if self.unsettled else []) or self.missing

    @property
    def missing(self) -> str | None:
        """What is on the server and could not be stored, in one sentence; None where nothing is."""
        return _first([*self._other, *self.withheld])

    @property
    def withheld(self) -> list[str]:
        """What the server lists and does not hand out, a sentence a mail."""
        return [f"The server does not hand out mail {one.uid}: {one.error}" for one in self.unfetchable]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What keeps mails on the server although the server hands them out."""
        return (*([self.unsettled] if self.unsettled else []), *self._other)

    @property
    def _other(self) -> list[str]:
        return [
            f"The server shows another message under UID {uid} than the one that is stored; move it out of "
            "the folder and back, so that it gets a UID of its own."
            for uid in self.replaced
        ]


def receive(
    mailbox: Mailbox, database: Database, clock: Clock, stored_some: Callable[[], object] = lambda: None
) -> Received:
    """Store every waiting mail as it is, then move, flag or delete it on the server.

    ``stored_some`` is called after each batch that is stored, so that others can begin with it.
    A crash before the commit leaves the mail where it was; a crash after it is repaired by the next round,
    which finds the UID stored and only settles it. A server that refuses to settle (a full folder) keeps no
    further mail from being stored. A UID that a restored server has given to another message is left where it
    is and told. Raises MailboxError, DatabaseError and StorageError.
    """
    uidvalidity = mailbox.open()
    crash_point("receive:opened")
    waiting = mailbox.waiting()
    crash_point("receive:listed")
    with database.read() as connection:
        known = mails.traits(connection, mailbox.name, uidvalidity, waiting)
    replaced = _replaced(mailbox, known)
    done = Received(known=len(known), replaced=replaced)
    for batch in mailbox.fetch([uid for uid in waiting if uid not in known]):
        if batch.mails:
            objected = storage.put(database, clock, batch.mails)
            crash_point("receive:put")
            with database.write() as connection:
                stored = mails.store(
                    connection, mailbox.name, uidvalidity, batch.mails, clock.now(), objected.kept
                )
                wakes.tell(connection, wakes.PROCESS)
                crash_point("receive:fetched")
                uids = [mail.uid for mail in batch.mails]
                numbers = mails.numbers(connection, mailbox.name, uidvalidity, uids)
                objected.demand_young()
            crash_point("receive:stored")
            for uid, number in numbers.items():
                log.info("mail_received", mail_id=number, uid=uid)
            stored_some()
            trouble = _settle(mailbox, [mail.uid for mail in batch.mails])
            crash_point("receive:settled")
            done = replace(done, stored=done.stored + stored, unsettled=trouble or done.unsettled)
        done = replace(
            done,
            vanished=(*done.vanished, *batch.vanished),
            unfetchable=(*done.unfetchable, *batch.unfetchable),
        )
    _note(database, done, mailbox.name, uidvalidity, clock.now())
    return replace(done, unsettled=_settle(mailbox, sorted(known.keys() - {*replaced})) or done.unsettled)


def receive_round(
    mailbox: Mailbox,
    database: Database,
    clock: Clock,
    stored_some: Callable[[], object] = lambda: None,
    name: str = MAIN,
) -> bool:
    """Receive once for a running service, and keep for the health check what is amiss with the mailbox.

    ``name`` is what the settings call it.
    """
    done = receive(mailbox, database, clock, stored_some)
    # Counted in any case: it is the count that says that a gap has closed.
    counted = reconcile_when_due(mailbox, database, clock)
    missing = done.missing or counted
    unsettled = _first([done.unsettled] if done.unsettled else [])
    with database.write() as connection:
        heartbeats.beat(connection, kept_as(heartbeats.MAILBOX, name), clock.now(), unsettled)
        heartbeats.beat(connection, kept_as(heartbeats.LOSS, name), clock.now(), missing)
    if unsettled:
        log.error("mailbox_complaint", mailbox=name, complaint=unsettled)
    if missing:
        log.error("mails_missing", mailbox=name, complaint=missing, unfetchable=len(done.unfetchable))
    if done.stored:
        log.info("mails_received", mailbox=name, stored=done.stored, vanished=len(done.vanished))
    return done.stored > 0


def _first(told: Sequence[str]) -> str | None:
    return one_line(clean(told[0])) if told else None


def _replaced(mailbox: Mailbox, known: Mapping[int, Traits]) -> tuple[int, ...]:
    """Give the stored UIDs under which the server shows something else: to settle it would be to lose it."""
    if not known:
        return ()
    shown = mailbox.traits(sorted(known))
    return tuple(uid for uid, traits in sorted(shown.items()) if not traits.fits(known[uid]))


def _note(database: Database, done: Received, mailbox: str, uidvalidity: int, now: datetime) -> None:
    rows = [
        MissedUids(mailbox, uidvalidity, uid, uid, outcome.value, error, now, now)
        for uid, outcome, error in _outcomes(done)
    ]
    if rows:
        with database.write() as connection:
            missed.note(connection, rows)


def _outcomes(done: Received) -> Iterator[tuple[int, Missed, str | None]]:
    for one in done.unfetchable:
        yield one.uid, Missed.WITHHELD, one_line(clean(one.error))
    for uid in done.vanished:
        yield uid, Missed.VANISHED, None
    for uid in done.replaced:
        yield uid, Missed.REPLACED, None


def _settle(mailbox: Mailbox, uids: Sequence[int]) -> str | None:
    """Settle stored mails; a refusal is told and repeated next time, a lost connection shows by itself."""
    try:
        if uids:
            mailbox.settle(uids)
    except MailboxError as error:
        return str(error)
    return None
