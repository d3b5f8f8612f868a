"""Raw mail goes when its term has passed, class by class; tickets and counts stay."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from support.office import Office, open_office, request

from triage.core.retention import RetentionClass, Terms
from triage.db import mails, tickets
from triage.service import desk, holds, replay, retention

ALL = Terms({RetentionClass.CLOSED: 30, RetentionClass.QUIET: 10, RetentionClass.DUPLICATE: 5})


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(
            request("[0010#DVC] Việc một"),
            request("[0010#DVC] Việc hai", number=2),
            request("Bản tin", number=3, list_id="<tin.example>", precedence="bulk", list_unsubscribe="<x>"),
            request("[0010#DVC] Việc một"),
        )
        office.process()
        desk.close(office.database, office.clock, "SD261116-1", note="xong", actor="Hà")
        yield office


def erased(office: Office) -> list[int]:
    with office.database.read() as connection:
        return sorted(mails.erased(connection, [1, 2, 3, 4]))


def test_each_class_has_its_own_term(office: Office) -> None:
    done: list[list[int]] = []
    for days in (4, 2, 5, 20):
        office.clock.forward(days=days)
        retention.keep_terms(office.database, office.clock, ALL)
        done.append(erased(office))
    assert done == [[], [4], [3, 4], [1, 3, 4]]


def test_what_is_due_is_counted_without_being_touched(office: Office) -> None:
    office.clock.forward(days=31)
    counted = retention.due(office.database, office.clock, ALL)
    assert counted == {RetentionClass.CLOSED: 1, RetentionClass.QUIET: 1, RetentionClass.DUPLICATE: 1}
    assert erased(office) == []
    assert retention.keep_terms(office.database, office.clock, ALL) == counted
    assert retention.keep_terms(office.database, office.clock, ALL) == dict.fromkeys(counted, 0)


def test_without_terms_everything_is_kept(office: Office) -> None:
    office.clock.forward(days=10_000)
    assert retention.keep_terms(office.database, office.clock, Terms()) == {}
    assert erased(office) == []


def test_a_legal_hold_stands_above_every_term(office: Office) -> None:
    holds.set_hold(office.database, office.clock, "SD261116-1", reason="thanh tra", actor="Hà")
    office.clock.forward(days=31)
    retention.keep_terms(office.database, office.clock, ALL)
    assert erased(office) == [3]


def test_the_ticket_stays_as_it_was(office: Office) -> None:
    office.clock.forward(days=31)
    retention.keep_terms_daily(office.database, office.clock, ALL)
    with office.database.read() as connection:
        ticket = tickets.find(connection, "SD261116-000001")
        raw = mails.raw_of(connection, 1)
        subjects = connection.execute(text("select subject from mails order by id")).scalars().all()
    assert ticket
    assert ticket.subject == "Việc một"
    assert raw
    assert b"has been erased" in raw[1]
    assert subjects == ["[0010#DVC] Việc một", "[0010#DVC] Việc hai", "(đã xóa)", "[0010#DVC] Việc một"]
    assert list(replay.compare(office.database, office.means, [1, 2, 3, 4])) == []
