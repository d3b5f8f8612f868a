"""The audit: rows are only ever added, and whoever gets past the triggers is shown by the chain."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from support.office import Office, open_office

from triage.db import audit
from triage.service import auditing
from triage.service.auditing import Break


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        for number in range(1, 7):
            with office.database.write() as connection:
                audit.append(
                    connection,
                    office.clock.now(),
                    "lan" if number % 2 else "thu",
                    "view",
                    f"/tickets/SD261116-{number:06}",
                    network="203.0.113.9",
                    data={"phần": number},
                )
            office.clock.forward(seconds=1)
        yield office


def past_the_triggers(office: Office, *statements: str) -> None:
    """Do to the table what the triggers refuse, as an administrator of the database could."""
    drops = {
        True: ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
        False: ("DROP TRIGGER audit_no_change ON audit", "DROP TRIGGER audit_no_truncate ON audit"),
    }
    with office.database.write() as connection:
        for statement in (*drops[office.database.is_sqlite], *statements):
            connection.exec_driver_sql(statement)


def test_a_whole_chain_holds(office: Office) -> None:
    found = auditing.verify(office.database)
    assert (found.rows, found.broken) == (6, None)
    assert len(found.head) == 64


def test_an_empty_chain_holds(database_url: str) -> None:
    with open_office(database_url) as empty:
        assert auditing.verify(empty.database) == auditing.Verified(0, audit.FIRST)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'x' WHERE id = 3", "DELETE FROM audit WHERE id = 3"]
)
def test_the_database_refuses_to_change_or_delete_a_row(office: Office, statement: str) -> None:
    def attempt(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    with office.database.engine.connect() as connection, pytest.raises(DBAPIError, match="only ever added"):
        attempt(connection)
    assert auditing.verify(office.database).broken is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x' WHERE id = 3",
        "UPDATE audit SET action = 'x' WHERE id = 3",
        "UPDATE audit SET object = 'x' WHERE id = 3",
        "UPDATE audit SET network = 'x' WHERE id = 3",
        "UPDATE audit SET data = 'x' WHERE id = 3",
        "UPDATE audit SET hash = 'x' WHERE id = 3",
    ],
)
def test_a_changed_row_is_named(office: Office, statement: str) -> None:
    past_the_triggers(office, statement)
    found = auditing.verify(office.database)
    assert (found.broken, found.at_row, found.rows) == (Break.CHANGED, 3, 2)


def test_a_changed_moment_is_named(office: Office) -> None:
    past_the_triggers(office, "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 4")
    assert auditing.verify(office.database).at_row == 4


@pytest.mark.parametrize(
    ("statement", "named"), [("DELETE FROM audit WHERE id = 1", 2), ("DELETE FROM audit WHERE id = 3", 4)]
)
def test_a_deleted_row_is_named_by_the_one_after_it(office: Office, statement: str, named: int) -> None:
    past_the_triggers(office, statement)
    found = auditing.verify(office.database)
    assert (found.broken, found.at_row) == (Break.DELETED, named)


def test_swapped_rows_are_named(office: Office) -> None:
    past_the_triggers(
        office,
        "UPDATE audit SET id = 99 WHERE id = 3",
        "UPDATE audit SET id = 3 WHERE id = 4",
        "UPDATE audit SET id = 4 WHERE id = 99",
    )
    found = auditing.verify(office.database)
    assert (found.broken, found.at_row) == (Break.SWAPPED, 3)


def test_a_row_that_was_slipped_in_is_named(office: Office) -> None:
    with office.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit (at, actor, action, object, network, data, previous, hash) VALUES "
            "('2026-11-16 02:30:00.000000', 'x', 'view', '', '', '{}', 'a', 'b')"
        )
    assert auditing.verify(office.database).broken is Break.CHANGED


def test_a_cut_tail_shows_by_the_head_that_was_noted(office: Office) -> None:
    head = auditing.verify(office.database).head
    assert auditing.verify(office.database, head).broken is None
    past_the_triggers(office, "DELETE FROM audit WHERE id >= 5")
    assert auditing.verify(office.database).broken is None
    assert auditing.verify(office.database, head).broken is Break.CUT


def test_a_head_that_has_been_grown_over_still_stands(office: Office) -> None:
    head = auditing.verify(office.database).head
    with office.database.write() as connection:
        audit.append(connection, office.clock.now(), "lan", "view", "/")
    assert auditing.verify(office.database, head).broken is None


def test_the_head_is_told_to_the_log(office: Office) -> None:
    with capture_logs() as logs:
        auditing.verify_daily(office.database, office.clock)
    assert logs == [
        {
            "event": "audit_head",
            "log_level": "info",
            "rows": 6,
            "head": auditing.verify(office.database).head,
        }
    ]


def test_a_broken_chain_is_told_to_the_log(office: Office) -> None:
    past_the_triggers(office, "UPDATE audit SET actor = 'x' WHERE id = 3")
    with capture_logs() as logs:
        auditing.verify_daily(office.database, office.clock)
    assert [(one["event"], one["row"]) for one in logs] == [("audit_broken", 3)]


def test_rows_are_found_by_actor_and_object_page_by_page(office: Office) -> None:
    assert [row.id for row in auditing.listed(office.database, limit=2)] == [6, 5]
    assert [row.id for row in auditing.listed(office.database, before=5, limit=2)] == [4, 3]
    assert [row.id for row in auditing.listed(office.database, actor="thu")] == [6, 4, 2]
    [row] = auditing.listed(office.database, what="/tickets/SD261116-000003")
    assert row.actor == "lan"
