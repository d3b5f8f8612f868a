"""News of tickets: what is committed out of order is told all the same, also to whoever comes back."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, person, ticket

from triage.core.people import Role
from triage.core.tokens import hash_of
from triage.db import history, sessions
from triage.service.news import Listener, News, Newsreader


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        office.store(request())
        office.process()
        yield office


def reader_of(office: Office) -> Newsreader:
    return Newsreader(office.database, office.clock, timedelta(minutes=30))


def session(office: Office) -> int:
    lan, now = person(office, "lan", Role.AGENT), office.clock.now()
    with office.database.write() as connection:
        return sessions.open_one(
            connection,
            token_hash=hash_of("x"),
            form_token="x",
            person_id=lan.id,
            factor="code",
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + timedelta(hours=12),
        )


def write(office: Office, verb: str, count: int = 1) -> None:
    with office.database.write() as connection:
        for _ in range(count):
            history.add_event(connection, ticket(office).id, office.clock.now(), verb)


def look(reader: Newsreader, listener: Listener) -> list[News]:
    told = reader.look([listener])[listener]
    assert told is not None
    return told


def test_what_is_committed_after_many_later_lines_is_told(office: Office) -> None:
    reader, listener = reader_of(office), Listener(session(office))
    look(reader, listener)
    with ExitStack() as slow:
        connection = slow.enter_context(office.database.write())
        history.add_event(connection, ticket(office).id, office.clock.now(), "slow")
        write(office, "quick", 400)
        quick = look(reader, listener)
        assert {one.what for one in quick} == {"quick"}
        assert len({one.place for one in quick}) == 1
        assert look(reader, listener) == []
    [late] = look(reader, listener)
    assert (late.what, late.code) == ("slow", CODE)
    assert late.place == late.id == quick[0].place + 1
    assert look(reader, listener) == []


def test_who_comes_back_is_told_what_was_under_way_when_he_left(office: Office) -> None:
    reader, number = reader_of(office), session(office)
    look(reader, Listener(number))
    with ExitStack() as slow:
        connection = slow.enter_context(office.database.write())
        history.add_event(connection, ticket(office).id, office.clock.now(), "slow")
        write(office, "quick")
        [quick] = look(reader, Listener(number))
        assert reader.place() == quick.place
    assert [one.what for one in look(reader_of(office), Listener(number, quick.place))] == ["slow", "quick"]


def test_what_was_under_way_at_the_first_look_is_told_too(office: Office) -> None:
    reader, listener = reader_of(office), Listener(session(office))
    with ExitStack() as slow:
        connection = slow.enter_context(office.database.write())
        history.add_event(connection, ticket(office).id, office.clock.now(), "slow")
        write(office, "quick")
        assert look(reader, listener) == []
    assert [one.what for one in look(reader, listener)] == ["slow"]
