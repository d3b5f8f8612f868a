"""Bad days of a real PostgreSQL: deadlock, restart, failover. Nothing is lost or doubled, and all goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from sqlalchemy import ExceptionContext, event
from support.catcher import SmtpCatcher
from support.imaprounds import settings
from support.office import OUR_ADDRESS, Office, open_office, request
from support.oneticket import person, ticket
from support.postgres import PostgresServer
from support.scripted_imap import ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.core.people import Role
from triage.core.tickets import TicketStatus
from triage.db import history, mails, outbox, tickets
from triage.db.engine import Database
from triage.db.lock import working_alone
from triage.errors import DatabaseError, RefusedActError
from triage.service.deliver import deliver_batch
from triage.service.errands import Errand
from triage.service.merging import merge
from triage.service.receive import receive

FIRST, SECOND = "SD261116-000001", "SD261116-000002"


@contextmanager
def conflicts(office: Office) -> Iterator[list[str]]:
    """Count which SQLSTATEs statements of an office fail with."""
    seen: list[str] = []

    def note(context: ExceptionContext) -> None:
        seen.append(str(getattr(context.original_exception, "sqlstate", None)))

    event.listen(office.database.engine, "handle_error", note)
    try:
        yield seen
    finally:
        event.remove(office.database.engine, "handle_error", note)


@contextmanager
def rival(url: str, held: str, wanted: str) -> Iterator[None]:
    """Hold one ticket and, once somebody waits for it, want another: a deadlock that others lose."""
    holds = threading.Event()

    def work() -> None:
        with psycopg.connect(url.replace("+psycopg", "")) as mine:
            mine.execute("SET deadlock_timeout = '1min'")
            lock = "UPDATE tickets SET priority = priority WHERE code = %s"
            mine.execute(lock, [held])
            holds.set()
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as watching:
                waits = (
                    "SELECT 1 FROM pg_stat_activity "
                    "WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                while not watching.execute(waits).fetchone():
                    time.sleep(0.01)
            mine.execute(lock, [wanted])

    thread = threading.Thread(target=work)
    thread.start()
    assert holds.wait(60)
    yield
    thread.join(60)
    assert not thread.is_alive()


def two_tickets(office: Office) -> None:
    office.store(request(number=1, sender="a1@x.example"), request(number=2, sender="a2@x.example"))
    office.process()


def follow_up(code: str, number: int) -> bytes:
    thread = f"<mail-{number - 10}@thcs-hoamai.example>"
    return request(
        f"Re: [{code}] thêm", number=number, sender=f"a{number - 10}@x.example", in_reply_to=thread
    )


def test_of_two_transactions_that_wait_crosswise_the_one_that_was_undone_is_done_again(
    postgres_url: str,
) -> None:
    with open_office(postgres_url) as office:
        two_tickets(office)
        binh = person(office, "binh", Role.ADMIN)
        office.store(follow_up(FIRST, 11), follow_up(SECOND, 12))
        with conflicts(office) as seen, rival(postgres_url, held=SECOND, wanted=FIRST):
            assert office.process().outcomes == {"append": 2}
        assert seen == ["40P01"]
        errand = Errand(binh, FIRST, "key", "done")
        with conflicts(office) as seen, rival(postgres_url, held=SECOND, wanted=FIRST):
            merge(office.database, office.clock, errand, office.means.rules, into=SECOND)
        assert seen == ["40P01"]
        assert ticket(office, FIRST).status == TicketStatus.CLOSED
        with office.database.read() as connection:
            assert mails.count_by_state(connection) == {"processed": 4}
            second = ticket(office, SECOND).id
            merged = [one.verb for one in history.events(connection, second)]
        assert merged.count("merged") == 1


def test_two_who_merge_crosswise_do_not_wait_for_each_other(postgres_url: str) -> None:
    with open_office(postgres_url) as office:
        two_tickets(office)
        binh = person(office, "binh", Role.ADMIN)
        start = threading.Barrier(2)
        refused: list[str] = []

        def work(one: str, other: str) -> None:
            start.wait(60)
            try:
                merge(
                    office.database,
                    office.clock,
                    Errand(binh, one, one, "done"),
                    office.means.rules,
                    into=other,
                )
            except RefusedActError as error:
                refused.append(error.code)

        with conflicts(office) as seen:
            both = [threading.Thread(target=work, args=pair) for pair in ((FIRST, SECOND), (SECOND, FIRST))]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join(60)
        assert (seen, refused) == ([], ["closed"])


@dataclass
class Round:
    """An office that works against real servers, round by round."""

    office: Office
    server: ScriptedImap
    catcher: SmtpCatcher
    arrived: int = 0
    strikes: int = 0

    def mail(self, count: int) -> None:
        for number in range(self.arrived + 1, self.arrived + count + 1):
            raw = request(f"[0010#DVC] {number}", number=number, sender=f"a{number}@x.example")
            self.server.folders["INBOX"][number] = StoredMail(raw)
        self.arrived += count

    def work(self) -> None:
        box = ImapMailbox(settings(self.server))
        sender = SmtpSender(SmtpSettings("127.0.0.1", self.catcher.port, OUR_ADDRESS, tls="none"))
        try:
            receive(box, self.office.database, self.office.clock)
            self.office.process()
            while deliver_batch(sender, self.office.database, self.office.clock, "worker"):
                pass
        finally:
            sender.close()
            box.close()

    def struck(self, act: Callable[[], None], after: int) -> None:
        """Work, and let something happen before one statement; then work again, as the next round does."""
        self.mail(2)
        left = [after]

        def count(*_arguments: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                self.strikes += 1
                act()

        event.listen(self.office.database.engine, "before_cursor_execute", count)
        try:
            with suppress(DatabaseError):
                self.work()
        finally:
            event.remove(self.office.database.engine, "before_cursor_execute", count)
        assert left[0] <= 0
        self.office.clock.forward(minutes=5)
        self.work()

    def all_is_well(self) -> None:
        with self.office.database.read() as connection:
            rows = mails.listed(connection)
            letters = outbox.listed(connection)
            codes = [row.code for row in tickets.listed(connection)]
        assert {(row.state, row.attempts, row.error) for row in rows} == {("processed", 0, None)}
        assert len(rows) == len(set(codes)) == len(codes) == self.arrived
        assert {row.state for row in letters} == {"sent"}
        sent = [message.raw for message in self.catcher.messages]
        assert len(set(sent)) == self.arrived
        assert len(sent) - self.arrived <= self.strikes
        assert self.server.folders["INBOX"] == {}


def test_a_database_that_dies_and_starts_again_costs_nothing(
    postgres_server: PostgresServer, postgres_url: str, catcher: SmtpCatcher
) -> None:
    with open_office(postgres_url) as office, ScriptedImap() as server:
        round_ = Round(office, server, catcher)
        round_.mail(1)
        round_.work()
        for after in (4, 25, 55):
            round_.struck(postgres_server.restart, after)
        round_.all_is_well()


def test_a_standby_that_takes_over_has_everything_and_the_work_goes_on(
    postgres_server: PostgresServer, postgres_url: str, catcher: SmtpCatcher
) -> None:
    with (
        open_office(postgres_url) as office,
        postgres_server.standby() as standby,
        ScriptedImap() as server,
    ):
        office.database.close()
        office.database = Database(standby.beside(postgres_url))
        with working_alone(office.database) as lock:
            round_ = Round(office, server, catcher)
            round_.mail(3)
            round_.work()
            round_.struck(standby.take_over, after=40)
            lock.demand()
            lock.demand()
            round_.mail(1)
            round_.work()
            round_.all_is_well()
        office.database.close()
        postgres_server.revive()
