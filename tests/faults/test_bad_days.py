"""Bad days of the world around the service: nothing is lost or doubled, and no mail is blamed for them."""

import errno
import os
import random
import re
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from imapclient.exceptions import IMAPClientError
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError
from support.catcher import SmtpCatcher
from support.certificates import make_certificates
from support.dovecot import drop_into
from support.faultproxy import FaultProxy
from support.imaprounds import settings
from support.imapserver import ImapAccount
from support.office import MONDAY, OUR_ADDRESS, Office, open_office, request
from support.scripted_imap import ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.parse import read_mail
from triage.db import engine as engine_module, mails, outbox, tickets
from triage.errors import DatabaseError, MailboxError, SmtpError
from triage.service.deliver import deliver_batch
from triage.service.receive import receive
from triage.service.reconcile import reconcile


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def small_office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        yield office


def sender_to(port: int) -> SmtpSender:
    return SmtpSender(SmtpSettings("127.0.0.1", port, OUR_ADDRESS, tls="none", timeout_seconds=5))


def nobody_is_blamed(office: Office, count: int) -> None:
    with office.database.read() as connection:
        rows = mails.listed(connection)
    assert [(row.state, row.attempts, row.crashes, row.error) for row in rows] == [
        ("waiting", 0, 0, None)
    ] * count


def all_are_processed_once(office: Office, count: int) -> None:
    office.process()
    with office.database.read() as connection:
        assert mails.count_by_state(connection) == {"processed": count}
        codes = [row.code for row in tickets.listed(connection)]
    assert len(codes) == len(set(codes)) == count


def some_requests(count: int) -> list[bytes]:
    return [request(f"[0010#DVC] {n}", number=n, sender=f"a{n}@x.example") for n in range(1, count + 1)]


@pytest.mark.dovecot
@pytest.mark.parametrize("lie", [b"0", b"1", b"120000", b"4294967295"])
def test_a_server_that_miscounts_its_folder_hides_no_mail(
    small_office: Office, dovecot: ImapAccount, lie: bytes
) -> None:
    assert dovecot.maildir is not None
    drop_into(dovecot.maildir, [(raw, MONDAY) for raw in some_requests(5)])
    with FaultProxy(dovecot.port) as proxy:
        proxy.edit = lambda said: re.sub(rb"\* \d+ EXISTS", b"* " + lie + b" EXISTS", said)
        box = ImapMailbox(replace(dovecot, port=proxy.port).settings())
        assert receive(box, small_office.database, small_office.clock).stored == 5
        box.close()
    all_are_processed_once(small_office, 5)


class Somebody(threading.Thread):
    """Another client of the same mailbox, who reads, marks, moves and deletes at random."""

    def __init__(self, account: ImapAccount, seed: int) -> None:
        super().__init__()
        self._account = account
        self._chance = random.Random(seed)  # noqa: S311 - repeatable
        self._enough = threading.Event()

    def run(self) -> None:
        with self._account.client("INBOX") as client:
            with suppress(IMAPClientError):
                client.create_folder("Riêng")
            while not self._enough.is_set():
                # What he wants to touch may be gone: so it is with two clients.
                with suppress(IMAPClientError):
                    self._act(client)

    def _act(self, client: object) -> None:
        uids = client.search("ALL")  # type: ignore[attr-defined]
        if not uids:
            self._enough.wait(0.01)
            return
        uid = self._chance.choice(uids)
        match self._chance.randint(0, 3):
            case 0:
                client.add_flags([uid], ["\\Seen", "\\Flagged"])  # type: ignore[attr-defined]
            case 1:
                client.move([uid], "Riêng")  # type: ignore[attr-defined]
            case 2:
                client.fetch([uid], ["RFC822"])  # type: ignore[attr-defined]
            case 3:
                client.add_flags([uid], ["\\Deleted"])  # type: ignore[attr-defined]
                client.uid_expunge([uid])  # type: ignore[attr-defined]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        self.join(20)


@pytest.mark.dovecot
def test_another_client_at_work_in_the_folder_stops_nothing_and_doubles_nothing(
    small_office: Office, dovecot: ImapAccount
) -> None:
    office, raws = small_office, some_requests(120)
    assert dovecot.maildir is not None
    box = ImapMailbox(dovecot.settings(batch_count=3))
    # Counted while it is empty: from now on every UID has to be accounted for.
    reconcile(box, office.database, office.clock)
    with Somebody(dovecot, 7102):
        for start in range(0, len(raws), 40):
            drop_into(dovecot.maildir, [(raw, MONDAY) for raw in raws[start : start + 40]])
            receive(box, office.database, office.clock)
    receive(box, office.database, office.clock)
    found = reconcile(box, office.database, office.clock)
    box.close()
    assert found.complaint is None
    assert dovecot.raw_mails() == []
    with office.database.read() as connection:
        stored = len(mails.ids(connection))
    assert stored > 0
    # Every UID that the server gave away is a stored mail or has its outcome.
    others = sum(row.last_uid - row.first_uid + 1 for row in found.gaps)
    assert stored + others == len(raws)
    all_are_processed_once(office, stored)


def test_a_name_that_dns_does_not_know_is_told_and_costs_nothing(small_office: Office) -> None:
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server, host="imap.invalid"))
        with pytest.raises(MailboxError, match=r"imap\.invalid"):
            receive(box, small_office.database, small_office.clock)
    sender = SmtpSender(SmtpSettings("smtp.invalid", 25, OUR_ADDRESS, tls="none"))
    small_office.store(*some_requests(1))
    small_office.process()
    with pytest.raises(SmtpError, match=r"smtp\.invalid"):
        deliver_batch(sender, small_office.database, small_office.clock, "worker")
    with small_office.database.read() as connection:
        assert {row.state for row in outbox.listed(connection)} == {"queued"}


def test_a_certificate_that_has_expired_is_told_and_not_used(tmp_path: Path) -> None:
    expired = make_certificates(tmp_path / "tls", days=-1)
    with ScriptedImap({1: request()}, tls=expired.server_context()) as server:
        server.capabilities += " STARTTLS"
        box = ImapMailbox(settings(server, host="localhost", tls="starttls", ca_file=expired.authority))
        with pytest.raises(MailboxError, match="expired"):
            box.open()
    assert not [command for command in server.commands if "LOGIN" in command]


def test_five_days_of_outage_lose_no_mail_and_no_letter(office: Office, catcher: SmtpCatcher) -> None:
    with ScriptedImap(dict(enumerate(some_requests(5), 1))) as server:
        box = ImapMailbox(settings(server))
        receive(box, office.database, office.clock)
        office.process()
        port = catcher.port
        catcher.drop("ehlo", times=10_000)
        for _ in range(5 * 24):
            with pytest.raises(SmtpError):
                deliver_batch(sender_to(port), office.database, office.clock, "worker")
            office.clock.forward(hours=1, minutes=5)
        catcher.clear()
        catcher.answer("rcpt", "451 4.7.1 Greylisted", times=5)
        sender = sender_to(port)
        for _ in range(3):
            office.clock.forward(hours=6)
            deliver_batch(sender, office.database, office.clock, "worker")
        sender.close()
        box.close()
    assert len({read_mail(one.raw).message_id for one in catcher.messages}) == len(catcher.messages) == 5


def test_a_clock_that_was_ahead_for_a_while_puts_nothing_off_for_years(
    office: Office, catcher: SmtpCatcher
) -> None:
    office.store(*some_requests(2))
    office.process()
    right = office.clock.moment
    office.clock.forward(days=3650)
    catcher.answer("rcpt", "451 4.7.1 Greylisted", times=2)
    sender = sender_to(catcher.port)
    deliver_batch(sender, office.database, office.clock, "worker")
    assert catcher.messages == ()
    office.clock.moment = right
    office.clock.forward(minutes=5)
    deliver_batch(sender, office.database, office.clock, "worker")
    sender.close()
    assert len(catcher.messages) == 2


def test_a_full_disk_blames_no_mail_and_all_goes_on_when_there_is_room(small_office: Office) -> None:
    office = small_office
    office.store(*some_requests(5))
    with full_disk(office), pytest.raises(DatabaseError, match="full"):
        office.process()
    nobody_is_blamed(office, 5)
    with ScriptedImap({n: request(number=n, text=NOISE) for n in (7, 8)}) as server:
        box = ImapMailbox(settings(server))
        with full_disk(office), pytest.raises(DatabaseError, match="full"):
            receive(box, office.database, office.clock)
        assert len(server.folders["INBOX"]) == 2
        assert receive(box, office.database, office.clock).stored == 2
        box.close()
    all_are_processed_once(office, 7)


NOISE = random.Random(7102).randbytes(60_000).hex()  # noqa: S311 - what no packing makes small
MOST_PAGES = 4_294_967_294


@contextmanager
def full_disk(office: Office) -> Iterator[None]:
    """Let the database grow no further, whichever connection writes."""
    with office.database.read() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))

    def limit(raw: Any, _record: object, _proxy: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {pages}").close()

    def no_limit(raw: Any, _record: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {MOST_PAGES}").close()

    event.listen(office.database.engine, "checkout", limit)
    event.listen(office.database.engine, "checkin", no_limit)
    try:
        yield
    finally:
        event.remove(office.database.engine, "checkout", limit)
        event.remove(office.database.engine, "checkin", no_limit)


def test_a_database_that_another_locks_blames_no_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with open_office(url) as office:
        office.store(*some_requests(3))
        other = engine_module.Database(url)
        with other.write() as connection:
            mails.make_due(connection)
            with pytest.raises(DatabaseError, match="locked"):
                office.process()
        other.close()
        nobody_is_blamed(office, 3)
        all_are_processed_once(office, 3)


def test_a_database_that_restarts_in_the_middle_blames_no_mail(postgres_url: str) -> None:
    with open_office(postgres_url) as office, open_office_beside(postgres_url) as admin:
        office.store(*some_requests(3))
        ended = ending_sessions(office, admin, after=20)
        with ended, pytest.raises(DatabaseError):
            office.process()
        nobody_is_blamed(office, 3)
        all_are_processed_once(office, 3)


@contextmanager
def open_office_beside(url: str) -> Iterator[engine_module.Database]:
    database = engine_module.Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def ending_sessions(office: Office, admin: engine_module.Database, *, after: int) -> Iterator[None]:
    """End every other session as a restart does, once, after so many statements."""
    left = [after]

    def count(*_arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            with admin.write() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    event.listen(office.database.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(office.database.engine, "before_cursor_execute", count)


@contextmanager
def failing_at(office: Office, number: int) -> Iterator[list[int]]:
    """Let the n-th statement fail as a disk that gives up does; the list counts how many there were."""
    seen = [0]

    def fail(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        seen[0] += 1
        if seen[0] == number:
            raise OperationalError(statement, None, OSError(errno.EIO, "disk I/O error"))

    event.listen(office.database.engine, "before_cursor_execute", fail)
    try:
        yield seen
    finally:
        event.remove(office.database.engine, "before_cursor_execute", fail)


def test_a_statement_that_fails_at_any_place_of_a_round_loses_and_doubles_nothing(
    office: Office, catcher: SmtpCatcher
) -> None:
    sender = sender_to(catcher.port)
    with ScriptedImap() as server:
        box = ImapMailbox(settings(server))
        number = struck = 0
        while struck == number:
            number += 1
            raw = request(f"[0010#DVC] {number}", number=number, sender=f"a{number}@x.example")
            server.folders["INBOX"][number] = StoredMail(raw)
            with failing_at(office, number) as seen, suppress(DatabaseError):
                receive(box, office.database, office.clock)
                office.process()
                deliver_batch(sender, office.database, office.clock, "worker")
            struck += seen[0] >= number
            office.clock.forward(minutes=5)
            receive(box, office.database, office.clock)
            office.process()
            deliver_batch(sender, office.database, office.clock, "worker")
        box.close()
    sender.close()
    assert number > 30
    all_are_processed_once(office, number)
    sent = [message.raw for message in catcher.messages]
    assert len(set(sent)) == number
    assert max(sent.count(raw) for raw in set(sent)) <= 2


@pytest.mark.dovecot
def test_no_more_files_blames_no_mail(small_office: Office, dovecot: ImapAccount) -> None:
    office = small_office
    office.store(*some_requests(3))
    assert dovecot.maildir is not None
    drop_into(dovecot.maildir, [(request(number=9), MONDAY)])
    box = ImapMailbox(dovecot.settings())
    with no_more_files(), pytest.raises(MailboxError, match="Too many open files"):
        receive(box, office.database, office.clock)
    with no_more_files(), suppress(DatabaseError, OSError):
        office.process()
    with office.database.read() as connection:
        assert {(row.attempts, row.error) for row in mails.listed(connection)} == {(0, None)}
    assert receive(box, office.database, office.clock).stored == 1
    box.close()
    all_are_processed_once(office, 4)


@contextmanager
def no_more_files() -> Iterator[None]:
    """Use up every descriptor that this process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 8, hard))
    try:
        with suppress(OSError):
            while True:
                held.append(os.open("/dev/null", os.O_RDONLY))
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
