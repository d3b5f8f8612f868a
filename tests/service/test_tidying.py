"""What the desk keeps only for a while goes at night, and nothing that is still needed goes with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs
from support.office import MONDAY, Office, open_office, request
from support.oneticket import person, ticket

from triage.core.leftovers import Leftover
from triage.core.people import Person, Role
from triage.db import acts, invitations, notices, schema, sessions, throttles
from triage.service.tidying import tidy, tidy_daily


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request())
        office.process()
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def sign_in(
    office: Office, who: Person, token: str, began: datetime, *, ended: datetime | None = None
) -> None:
    with office.database.write() as connection:
        number = sessions.open_one(
            connection,
            token_hash=token,
            form_token=token,
            person_id=who.id,
            factor="code",
            created_at=began,
            seen_at=began,
            confirmed_at=began,
            expires_at=began + timedelta(hours=12),
        )
        if ended:
            sessions.end(connection, number, ended, "signed out")


def count(office: Office, table: str) -> int:
    with office.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.metadata.tables[table])) or 0


def test_keys_of_forms_go_after_a_week(office: Office, lan: Person) -> None:
    with office.database.write() as connection:
        for number, age in enumerate((timedelta(days=7, seconds=1), timedelta(days=6))):
            assert acts.begin(connection, f"key-{number}", lan.id, "take", MONDAY - age)
    assert tidy(office.database, office.clock)[Leftover.ACTS] == 1
    with office.database.read() as connection:
        assert acts.find(connection, "key-1", lan.id) is not None


def test_tries_go_after_a_day(office: Office) -> None:
    with office.database.write() as connection:
        for hours in (25, 23):
            throttles.take(
                connection, "account:lan", MONDAY - timedelta(hours=hours), 10, timedelta(minutes=15)
            )
    assert tidy(office.database, office.clock)[Leftover.TRIES] == 1
    assert count(office, "throttles") == 1


def test_sessions_go_a_month_after_their_end_and_none_that_is_open(office: Office, lan: Person) -> None:
    sign_in(office, lan, "old", MONDAY - timedelta(days=32))
    sign_in(office, lan, "ended", MONDAY - timedelta(days=31), ended=MONDAY - timedelta(days=30, seconds=1))
    sign_in(office, lan, "of late", MONDAY - timedelta(days=29))
    sign_in(office, lan, "open", MONDAY)
    assert tidy(office.database, office.clock)[Leftover.SESSIONS] == 2
    assert count(office, "web_sessions") == 2


def test_invitations_go_a_month_after_they_were_used_or_over(office: Office, lan: Person) -> None:
    began = MONDAY - timedelta(days=32)
    with office.database.write() as connection:
        invitations.open_one(connection, lan.id, "used", began, MONDAY + timedelta(days=1), actor="tri")
        invitations.cancel(connection, lan.id, began)
        invitations.open_one(connection, lan.id, "good", MONDAY, MONDAY + timedelta(days=1), actor="tri")
    assert tidy(office.database, office.clock)[Leftover.INVITATIONS] == 1
    with office.database.read() as connection:
        assert invitations.find(connection, "good", MONDAY) is not None


def test_notices_go_three_months_after_they_were_read_and_never_unread(office: Office, lan: Person) -> None:
    long_ago, here = MONDAY - timedelta(days=200), ticket(office).id
    with office.database.write() as connection:
        notices.add(connection, [lan.id], here, notices.MENTION, "minh", long_ago)
        notices.mark_read(connection, lan.id, 10, MONDAY - timedelta(days=91))
        notices.add(connection, [lan.id], here, notices.MENTION, "minh", long_ago)
    assert tidy(office.database, office.clock)[Leftover.NOTICES] == 1
    with office.database.read() as connection:
        assert notices.unread_count(connection, lan, MONDAY) == 1


def test_the_log_says_what_went(office: Office) -> None:
    with capture_logs() as logs:
        tidy_daily(office.database, office.clock)
    assert logs == [
        {
            "event": "tidied",
            "log_level": "info",
            "acts": 0,
            "tries": 0,
            "sessions": 0,
            "invitations": 0,
            "notices": 0,
            "digests": 0,
            "tokens": 0,
            "webhook_messages": 0,
            "digest_letters": 0,
            "sightings": 0,
            "nodes": 0,
        }
    ]
