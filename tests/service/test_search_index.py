"""What is written into the index of words, and what leaves it, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Connection, delete, text
from support.migrated import empty
from support.office import MONDAY, Office, open_office, request
from support.searching import HANOI, WITH_FILE, arrive, codes, find, holds, index_anew, subjects

from triage.core.retention import RetentionClass, Terms
from triage.db import history, migrate, searchindex as index, tickets
from triage.db.engine import Database
from triage.db.schema import search_entries
from triage.service import desk, persons, retention, searchindex

BEFORE = "0005"
OLD_TICKET = (
    "INSERT INTO tickets (id, code, queue, status, subject, requester_name, requester_address, category, "
    "priority, verdict, opened_at, updated_at) VALUES (1, 'SD261101-000001', '0010', 'new', "
    "'Lỗi đăng nhập', 'n', 'a@x.example', 'other', 3, 'ordinary', '2026-11-01 00:00:00', "
    "'2026-11-01 00:00:00')"
)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


SECRET = "Mật khẩu: Xuan2026@kb. Nhờ kiểm tra giúp."


def test_a_secret_is_not_in_the_index(office: Office) -> None:
    arrive(office, request(HANOI + "Mật khẩu Xuan2026@kb", text=SECRET))
    code = next(iter(codes(office).values()))
    desk.note(office.database, office.clock, code, "mật khẩu: Xuan2026@kb", actor="lan")
    assert find(office, "nhờ kiểm tra").total == 1
    for typed in ("Xuan2026", "Xuan2026@kb", '"xuan2026 kb"'):
        assert find(office, typed).total == 0
    assert not holds(office, "xuan2026")


def test_no_word_of_an_erased_person_stays_in_the_index(office: Office) -> None:
    arrive(
        office,
        request(HANOI + "Một", text="Từ zyxwvut khó quên."),
        request(HANOI + "Hai", number=2, sender="B <b@khac.example>", text="Không liên quan."),
    )
    desk.note(office.database, office.clock, codes(office)["Một"], "Gọi zyxwvut.", actor="lan")
    assert holds(office, "zyxwvut")
    assert find(office, "zyxwvut").total == 1
    persons.erase(office.database, office.clock, "ketoan@thcs-hoamai.example", reason="đơn", actor="a")
    for word in ("zyxwvut", "hoamai", "quen"):
        assert find(office, word).total == 0
        assert not holds(office, word)
    assert subjects(office, "liên quan") == ["Hai"]


def test_what_was_erased_does_not_come_back_when_all_is_indexed_anew(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Từ zyxwvut."))
    code = codes(office)["Một"]
    arrive(office, request(f"{code} Re", number=2, sender="B <b@khac.example>", text="> Từ zyxwvut.\nVâng."))
    persons.erase(office.database, office.clock, "ketoan@thcs-hoamai.example", reason="đơn", actor="a")
    index_anew(office)
    assert find(office, "zyxwvut").total == 0
    assert not holds(office, "zyxwvut")


def test_a_mail_whose_term_has_passed_leaves_the_index(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Từ zyxwvut."))
    desk.close(office.database, office.clock, codes(office)["Một"], note="", actor="lan")
    office.clock.forward(days=4000)
    retention.keep_terms(office.database, office.clock, Terms({RetentionClass.CLOSED: 1}))
    assert find(office, "zyxwvut").total == 0
    assert not holds(office, "zyxwvut")


def test_indexing_anew_gives_the_same_answers(office: Office) -> None:
    arrive(office, request(HANOI + "Thư một", text="Mã của đơn vị."), WITH_FILE)
    desk.note(office.database, office.clock, codes(office)["Thư một"], "Đã gọi.", actor="lan")
    typed = ("mã", "từ:hoamai", "đã gọi", "has:attachment", "thu", "SD261116")
    before = [sorted(subjects(office, one)) for one in typed]
    with office.database.write() as connection:
        connection.execute(text("DELETE FROM search_words"))
        connection.execute(delete(search_entries))
    assert find(office, "mã").total == 0
    assert index_anew(office) == 2
    assert [sorted(subjects(office, one)) for one in typed] == before
    assert searchindex.waiting(office.database) == 0


class PowerCutError(Exception):
    """What ends a transaction in the middle."""


def cut(work: Callable[[Connection], object], office: Office) -> None:
    with suppress(PowerCutError), office.database.write() as connection:
        work(connection)
        raise PowerCutError


def test_an_interrupted_batch_waits_again(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    searchindex.start_anew(office.database)
    cut(lambda connection: index.take_backlog(connection, 10), office)
    assert searchindex.waiting(office.database) == 1


def test_what_is_rolled_back_leaves_no_words(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    cut(lambda connection: history.add_event(connection, 1, MONDAY, "note", text="Từ zyxwvut"), office)
    cut(lambda connection: tickets.change(connection, 1, MONDAY, subject="Từ zyxwvut"), office)
    assert find(office, "zyxwvut").total == 0
    assert not holds(office, "zyxwvut")
    assert subjects(office, "một") == ["Một"]


def test_tickets_of_before_the_search_wait_to_be_indexed(database_url: str) -> None:
    database = Database(empty(database_url))
    migrate.upgrade(database, BEFORE)
    with database.write() as connection:
        connection.exec_driver_sql(OLD_TICKET)
    migrate.upgrade(database)
    office = Office(database)
    assert subjects(office, "đăng nhập") == []
    assert searchindex.waiting(database) == 1
    searchindex.work_off_regularly(database)
    assert subjects(office, "đăng nhập") == ["Lỗi đăng nhập"]
    assert searchindex.waiting(database) == 0
    database.close()
