"""Every query that runs once a mail or a letter finds its rows by an index, however many rows there are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from support.office import MONDAY, Office, open_office

from triage.core.reading import Question
from triage.core.searchentry import EntryKind, Said
from triage.db import (
    campaignmails,
    claims,
    conversation,
    decisions,
    facts,
    mails,
    outbox,
    parties,
    searchindex,
    tickets,
)
from triage.ports import FetchedMail

PARTIAL = {
    *("ix_mails_waiting", "ix_nodes_alive", "ix_outbox_fresh", "ix_outbox_tried", "search_backlog"),
    *("ix_tickets_held", "ix_tickets_impostors", "ix_mails_reports", "anon_1"),
    *("turns", "ix_incidents_open"),
}
"""Indexes, a table and queries of what waits, of nodes alive, of what is held or open, of one ticket: to walk
along one is to walk along the work to do."""

CODES = ("SD261116-000001", "SD261116-000002")
IDS = ("<a@x.example>", "<b@x.example>")
QUESTION = Question(
    mail_key="key",
    thread_ids=IDS,
    codes=CODES,
    sender="a@x.example",
    recipient="a@x.example",
    named=CODES,
    asked=CODES,
    bounced=IDS,
    marks=("a@x.example", "x.example"),
)

SAID = Said(EntryKind.MAIL, 1, MONDAY, subject="x", body="y")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def with_a_ticket(connection: Connection) -> None:
    mails.store(connection, "box", 1, [FetchedMail(1, MONDAY, b"x")], MONDAY)
    ticket_id = tickets.open_ticket(
        connection,
        code=CODES[0],
        queue="0010",
        status="new",
        subject="x",
        requester_name="",
        requester_address="a@x.example",
        category="other",
        priority=4,
        verdict="unknown",
        opened_at=MONDAY,
        updated_at=MONDAY,
    )
    parties.add_writers(connection, ticket_id, ["a@x.example", "b@x.example"])
    mails.finish(connection, 1, message_id="<a@x.example>", ticket_id=ticket_id)


def claim(connection: Connection, *, ignore_delay: bool) -> None:
    claims.claim(connection, "worker", MONDAY, count=50, size=10**6, ignore_delay=ignore_delay)


HOT: dict[str, Callable[[Connection], object]] = {
    "known UIDs": lambda connection: mails.known_uids(connection, "box", 1, [1, 2, 3]),
    "claiming": lambda connection: claim(connection, ignore_delay=False),
    "claiming all": lambda connection: claim(connection, ignore_delay=True),
    "contents": lambda connection: mails.contents(connection, [1, 2]),
    "locking": lambda connection: mails.lock(connection, [1, 2]),
    "facts": lambda connection: facts.gather(connection, QUESTION, MONDAY),
    "finishing": lambda connection: mails.finish(connection, 1, subject="x"),
    "failing": lambda connection: mails.fail(connection, 1, "why", None),
    "mails due": mails.make_due,
    "letters due": lambda connection: outbox.make_due(connection, MONDAY),
    "next letter": lambda connection: outbox.take_next(connection, "worker", MONDAY),
    "letter sent": lambda connection: outbox.sent(connection, 1, MONDAY, "250"),
    "letter in doubt": lambda connection: outbox.doubt(connection, 1, MONDAY, "lost"),
    "letters to one address": lambda connection: outbox.count_to(connection, "a@x.example", "x", MONDAY),
    "letter put off": lambda connection: outbox.defer(connection, 1, MONDAY, "451"),
    "a second mail": lambda connection: tickets.wake(connection, 1, MONDAY, reopen_due_at=None),
    "its ticket": lambda connection: tickets.of_mail(connection, 1),
    "a ticket by code": lambda connection: tickets.find(connection, CODES[0]),
    "a mail's decision": lambda connection: decisions.latest(connection, 1),
    "words of a mail": lambda connection: searchindex.write(connection, 1, SAID),
    "mails new to campaigns": lambda connection: campaignmails.fresh(connection, 50),
    "turns of a ticket": lambda connection: conversation.turns(connection, 1, before=None, count=51),
    "mails of a ticket": lambda connection: conversation.told_mail_ids(connection, 1),
    "tickets without words": lambda connection: searchindex.take_backlog(connection, 20),
}


def plans(office: Office, work: Callable[[Connection], object]) -> dict[str, list[str]]:
    """Give, for each statement that some work runs, the steps by which the database finds its rows."""
    said: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: object) -> None:
        said.append((statement, parameters))

    event.listen(office.database.engine, "before_cursor_execute", note)
    with office.database.write() as connection:
        work(connection)
    event.remove(office.database.engine, "before_cursor_execute", note)
    asked = [(statement, values) for statement, values in said if statement.startswith(("SELECT", "UPDATE"))]
    explain = "EXPLAIN QUERY PLAN " if office.database.is_sqlite else "EXPLAIN "
    with office.database.read() as connection:
        return {
            statement: [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values)]
            for statement, values in asked
        }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", HOT)
def test_sqlite_scans_no_table_for_one_mail_or_letter(office: Office, name: str) -> None:
    with office.database.write() as connection:
        with_a_ticket(connection)
    found = plans(office, HOT[name])
    assert found
    for statement, steps in found.items():
        scans = [step for step in steps if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"]
        assert [step for step in scans if not PARTIAL & set(step.split())] == [], statement


@pytest.mark.parametrize("name", ["facts", "next letter", "claiming", "letters due", "turns of a ticket"])
def test_what_waits_or_was_acted_on_is_found_by_its_index(office: Office, name: str) -> None:
    wanted = {
        "facts": "uq_decisions_acting",
        "next letter": "ix_outbox_tried",
        "claiming": "ix_mails_waiting",
        "letters due": "ix_outbox_tried",
        "turns of a ticket": "ix_decisions_mail_id",
    }[name]
    with office.database.write() as connection:
        with_a_ticket(connection)
    if not office.database.is_sqlite:
        # With few rows it would rather scan, which says nothing about many.
        event.listen(
            office.database.engine,
            "begin",
            lambda connection: connection.exec_driver_sql("SET LOCAL enable_seqscan = off"),
        )
    steps = [step for found in plans(office, HOT[name]).values() for step in found]
    assert any(wanted in step for step in steps), steps
