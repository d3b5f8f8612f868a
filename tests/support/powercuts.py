"""An office with real servers in which a child process works, and dies at a point that a test names."""

import os
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.dovecot import drop_into
from support.imapserver import ImapAccount
from support.office import MONDAY, OUR_ADDRESS, RULES, Office, open_office, request, shipped_rules

from triage import __version__
from triage.adapters.imap import ImapMailbox
from triage.adapters.readers import ReaderPool, own_command
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.boxes import MAIN
from triage.core.parse import read_mail
from triage.db import mails, outbox, tickets
from triage.db.engine import Database
from triage.db.schema import decisions
from triage.service import auditing
from triage.service.once import Summary, run_once

IMPOSTOR = "hotrocntt@vst-gov.example"


class NotingPool(ReaderPool):
    """One process apart as the service has it, which notes how many mails of a portion were read there."""

    def __init__(self, noted: Path) -> None:
        rules = shipped_rules()
        told = (__version__, str(RULES), rules.digest, rules.calendar.zone.key, OUR_ADDRESS)
        super().__init__(own_command("triage.adapters.readerprocess", *told), 1)
        self._noted = noted

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any]]:
        """Have mails read, and note what came back."""
        reading = super().begin(raws)
        reading.add_done_callback(self._note)
        return reading

    def _note(self, reading: Future[dict[int, Any]]) -> None:
        read = sum(one is not None for one in reading.result().values())
        with self._noted.open("a", encoding="ascii") as file:
            file.write(f"{read}\n")


@dataclass
class Works:
    """A mailbox, an outgoing server and a database; ``cuts`` counts the deaths so far.

    With a mailbox ``beside``, mails come to one of the two in turn; ``twice`` names those that came to both.
    With ``reads_apart`` a process apart reads ahead; how many mails it read is noted in that file, a line a
    portion.
    """

    account: ImapAccount
    catcher: SmtpCatcher
    office: Office
    url: str
    cuts: int = 0
    written: list[str] = field(default_factory=list)
    beside: ImapAccount | None = None
    twice: list[str] = field(default_factory=list)
    reads_apart: Path | None = None
    connections: int = 1
    """To the outgoing server at once; a death may leave so many letters in doubt."""

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
        to = SmtpSettings("127.0.0.1", self.catcher.port, OUR_ADDRESS, tls="none")
        senders = [SmtpSender(to) for _ in range(self.connections)]
        mailboxes = {MAIN: ImapMailbox(self.account.settings())}
        if self.beside is not None:
            mailboxes["beside"] = ImapMailbox(self.beside.settings(name="beside"))
        readers = NotingPool(self.reads_apart) if self.reads_apart else None
        try:
            return run_once(
                mailboxes,
                senders,
                database or self.office.database,
                replace(self.office.means, readers=readers),
                f"{os.getpid()}-{self.cuts}",
            )
        finally:
            for sender in senders:
                sender.close()
            if readers:
                readers.close()

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

    def doubled(self) -> int:
        """Give how many letters arrived more than once so far."""
        arrived = Counter(read_mail(message.raw).message_id for message in self.catcher.messages)
        return arrived.total() - len(arrived)

    def recover(self) -> None:
        """Do what is left, as the next start of the service does."""
        summary = self.work()
        assert (summary.errors, summary.processed.stuck) == ([], 0), summary

    def all_is_well(self) -> None:
        """Demand that nothing was lost or told to an impostor; a death may double a letter a connection."""
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
        assert arrived.total() - len(arrived) <= self.cuts * self.connections
        assert not any(IMPOSTOR in message.recipients for message in self.catcher.messages)
        assert auditing.verify(self.office.database).broken is None


@contextmanager
def works(account: ImapAccount, catcher: SmtpCatcher, url: str) -> Iterator[Works]:
    """Give an office on a new database with these servers."""
    with open_office(url) as office:
        yield Works(account, catcher, office, url)
