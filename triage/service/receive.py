"""From the IMAP server into the database, and only then off the server's list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from triage.core.text import clean, one_line
from triage.crashpoints import crash_point
from triage.db import heartbeats, mails
from triage.db.engine import Database
from triage.errors import MailboxError
from triage.ports import Clock, Mailbox, Unfetchable

log = structlog.get_logger()

MAILBOX = "mailbox"
"""Under this name the health records keep what the server refuses, although mail goes on coming in."""


@dataclass(frozen=True, slots=True)
class Received:
    """What one round of receiving did; ``unsettled`` says why stored mails could not be moved or marked."""

    stored: int = 0
    known: int = 0
    vanished: int = 0
    unfetchable: tuple[Unfetchable, ...] = ()
    unsettled: str | None = None

    @property
    def complaint(self) -> str | None:
        """What an operator must know, in one sentence; None where all is well."""
        lost = [f"The server does not hand out mail {one.uid}: {one.error}" for one in self.unfetchable]
        told = [*([self.unsettled] if self.unsettled else []), *lost]
        return one_line(clean(told[0])) if told else None


def receive(
    mailbox: Mailbox, database: Database, clock: Clock, stored_some: Callable[[], object] = lambda: None
) -> Received:
    """Store every waiting mail as it is, then move, flag or delete it on the server.

    ``stored_some`` is called after each batch that is stored, so that others can begin with it.
    A crash before the commit leaves the mail where it was; a crash after it is repaired by the next round,
    which finds the UID stored and only settles it. A server that refuses to settle (a full folder) keeps no
    further mail from being stored. Raises MailboxError and DatabaseError.
    """
    uidvalidity = mailbox.open()
    crash_point("receive:opened")
    waiting = mailbox.waiting()
    crash_point("receive:listed")
    with database.read() as connection:
        known = mails.known_uids(connection, mailbox.name, uidvalidity, waiting)
    done = Received(known=len(known))
    for batch in mailbox.fetch([uid for uid in waiting if uid not in known]):
        if batch.mails:
            with database.write() as connection:
                stored = mails.store(connection, mailbox.name, uidvalidity, batch.mails, clock.now())
                crash_point("receive:fetched")
            crash_point("receive:stored")
            stored_some()
            trouble = _settle(mailbox, [mail.uid for mail in batch.mails])
            crash_point("receive:settled")
            done = replace(done, stored=done.stored + stored, unsettled=trouble or done.unsettled)
        done = replace(
            done,
            vanished=done.vanished + len(batch.vanished),
            unfetchable=(*done.unfetchable, *batch.unfetchable),
        )
    return replace(done, unsettled=_settle(mailbox, sorted(known)) or done.unsettled)


def receive_round(mailbox: Mailbox, database: Database, clock: Clock) -> bool:
    """Receive once for a running service, and keep for the health check what the server refused."""
    done = receive(mailbox, database, clock)
    with database.write() as connection:
        heartbeats.beat(connection, MAILBOX, clock.now(), done.complaint)
    if done.complaint:
        log.error("mailbox_complaint", complaint=done.complaint, unfetchable=len(done.unfetchable))
    if done.stored:
        log.info("mails_received", stored=done.stored, vanished=done.vanished)
    return done.stored > 0


def _settle(mailbox: Mailbox, uids: Sequence[int]) -> str | None:
    """Settle stored mails; a refusal is told and repeated next time, a lost connection shows by itself."""
    try:
        if uids:
            mailbox.settle(uids)
    except MailboxError as error:
        return str(error)
    return None
