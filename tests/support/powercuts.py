"""An office with real servers in which a child process works, and dies at a point that a test names."""

import os
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.dovecot import drop_into
from support.imapserver import ImapAccount
from support.office import MONDAY, OUR_ADDRESS, Office, open_office, request

from triage.adapters.imap import ImapMailbox
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.boxes import MAIN
from triage.core.parse import read_mail
from triage.db import mails, outbox, tickets
from triage.db.engine import Database
from triage.db.schema import decisions
from triage.service import auditing
from triage.service.once import Summary, run_once

IMPOSTOR = "hotrocntt@vst-gov.example"


@dataclass
class Works:
    """A mailbox, an outgoing server and a database; ``cuts`` counts the deaths so far.

    With a mailbox ``beside``, mails come to one of the two in turn; ``twice`` names those that came to both.
    """

    account: ImapAccount
    catcher: SmtpCatcher
    office: Office
    url: str
    cuts: int = 0
    written: list[str] = field(default_factory=list)
    beside: ImapAccount | None = None
    twice: list[str] = field(default_factory=list)

    def arrive(self, count: int) -> None:
        """Put new requests into the mailbox, and one mail of an impostor."""
        first = len(self.written) + 1
        numbers = range(first, first + count + 1)
        senders = [f"a{number}@x.example" for number in numbers]
        senders[-1] = f"Hỗ trợ CNTT Kho bạc <{IMPOSTOR}>"
        raws = [
            request(f"[0010#DVC] Lỗi {number}", number=number, sender=sender)
            for number, sender in zip(numbers, senders, strict=True)
        ]
        accounts = [one for one in (self.account, self.beside) if one is not None]
        for number, account in enumerate(accounts):
            assert account.maildir is not None
            drop_into(account.maildir, [(raw, MONDAY) for raw in raws[number :: len(accounts)]])
        self.written += [f"<mail-{number}@thcs-hoamai.example>" for number in numbers]

    def arrive_twice(self) -> None:
        """Put one new request into both mailboxes."""
        number = len(self.written) + 1
        raw = request(f"[0010#DVC] Lỗi {number}", number=number, sender=f"a{number}@x.example")
        for account in (self.account, self.beside):
            assert account is not None
            assert account.maildir is not None
            drop_into(account.maildir, [(raw, MONDAY)])
        self.written.append(f"<mail-{number}@thcs-hoamai.example>")
        self.twice.append(self.written[-1])

    def work(self, database: Database | None = None) -> Summary:
        """Do all that waits, as ``triage run --once`` does."""
        sender = SmtpSender(SmtpSettings("127.0.0.1", self.catcher.port, OUR_ADDRESS, tls="none"))
        mailboxes = {MAIN: ImapMailbox(self.account.settings())}
        if self.beside is not None:
            mailboxes["beside"] = ImapMailbox(self.beside.settings(name="beside"))
        try:
            return run_once(
                mailboxes,
                sender,
                database or self.office.database,
                self.office.means,
                f"{os.getpid()}-{self.cuts}",
            )
        finally:
            sender.close()

    def child(self, crash_at: str | None = None) -> int:
        """Let a child do all that waits, and die at a crash point if one is named; give its process id."""
        with warnings.catch_warnings():
            # The child starts threads of its own and touches none of those that were left behind.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            if crash_at is not None:
                os.environ["TRIAGE_CRASH_AT"] = crash_at
            summary = self.work(Database(self.url))
            status = int(bool(summary.errors or summary.processed.stuck))
        finally:
            sys.stdout.flush()
            os._exit(status)

    def cut_at(self, point: str) -> bool:
        """Let a child work until it dies at a point; say whether it came there."""
        _pid, status = os.waitpid(self.child(point), 0)
        self.cuts += 1
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def recover(self) -> None:
        """Do what is left, as the next start of the service does."""
        summary = self.work()
        assert (summary.errors, summary.processed.stuck) == ([], 0), summary

    def all_is_well(self) -> None:
        """Demand that nothing was lost or told to an impostor, and at most one letter doubled by a death."""
        with self.office.database.read() as connection:
            stored = [row.message_id for row in mails.listed(connection)]
            assert mails.count_by_state(connection) == {"processed": len(self.written + self.twice)}
            acted_on = connection.scalar(select(func.count()).where(decisions.c.acting))
            codes = sorted(row.code for row in tickets.listed(connection))
            letters = outbox.listed(connection)
        assert sorted(stored) == sorted(self.written + self.twice)
        assert acted_on == len(self.written)
        assert codes == [f"SD261116-{number:06}" for number in range(1, len(codes) + 1)]
        for row in letters:
            assert row.state == "sent" or "may have arrived" in (row.response or "")
        arrived = Counter(read_mail(message.raw).message_id for message in self.catcher.messages)
        assert set(arrived) >= {row.message_id for row in letters if row.state == "sent"}
        assert set(arrived) <= {row.message_id for row in letters}
        assert max(arrived.values()) <= 2
        assert arrived.total() - len(arrived) <= self.cuts
        assert not any(IMPOSTOR in message.recipients for message in self.catcher.messages)
        assert auditing.verify(self.office.database).broken is None


@contextmanager
def works(account: ImapAccount, catcher: SmtpCatcher, url: str) -> Iterator[Works]:
    """Give an office on a new database with these servers."""
    with open_office(url) as office:
        yield Works(account, catcher, office, url)
