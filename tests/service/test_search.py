"""What is found by its words, on both databases, and by whom."""

from collections.abc import Iterator
from unicodedata import normalize

import pytest
from sqlalchemy import update
from support.office import MONDAY, Office, open_office, request
from support.searching import AGENT, HANOI, HAUGIANG, WITH_FILE, arrive, codes, find, subjects

from triage.core.people import Person, Role
from triage.core.searchquery import read_query
from triage.db import history, people, tickets
from triage.db.schema import mails
from triage.service import desk, search


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def coordinator(office: Office, *queues: str) -> Person:
    with office.database.write() as connection:
        number = people.add(
            connection, MONDAY, name="thu", display_name="Thu", role="coordinator", password_hash=""
        )
        people.set_queues(connection, number, list(queues))
    return Person(number, "thu", "Thu", Role.COORDINATOR)


TONES = (
    request(HANOI + "Thư một", text="Má tôi hỏi về chứng từ.", number=1),
    request(HANOI + "Thư hai", text="Mã của đơn vị là gì.", number=2),
    request(HANOI + "Thư ba", text="Mà sao vẫn chậm.", number=3),
)


def test_words_without_tones_find_all_spellings(office: Office) -> None:
    arrive(office, *TONES)
    assert set(subjects(office, "ma")) == {"Thư một", "Thư hai", "Thư ba"}


def test_what_bears_the_tones_that_were_typed_comes_first(office: Office) -> None:
    arrive(office, *TONES)
    for typed, first in (("má", "Thư một"), ("mã", "Thư hai"), ("mà", "Thư ba")):
        found = subjects(office, typed)
        assert found[0] == first
        assert len(found) == 3


def test_d_with_a_stroke_case_and_combining_marks_make_no_difference(office: Office) -> None:
    arrive(office, request(HANOI + "Sai lệch", text="Số liệu đối chiếu không khớp."))
    for typed in ("đối chiếu", "doi chieu", "ĐỐI CHIẾU", normalize("NFD", "đối chiếu"), "DOI chiếu"):
        assert subjects(office, typed) == ["Sai lệch"], typed


def test_a_mail_in_combining_marks_is_found_by_composed_letters(office: Office) -> None:
    arrive(office, request(HANOI + "Sai lệch", text=normalize("NFD", "Số liệu đối chiếu không khớp.")))
    assert subjects(office, "đối chiếu") == ["Sai lệch"]


def test_a_phrase_is_found_where_its_words_stand_together(office: Office) -> None:
    arrive(
        office,
        request(HANOI + "Một", text="Hệ thống báo mã lỗi 403.", number=1),
        request(HANOI + "Hai", text="Lỗi không rõ mã.", number=2),
    )
    assert set(subjects(office, "mã lỗi")) == {"Một", "Hai"}
    assert subjects(office, '"mã lỗi"') == ["Một"]
    assert subjects(office, '"mã lỗi 403"') == ["Một"]
    assert subjects(office, "mã lỗi -403") == ["Hai"]


CONDITIONS: dict[str, set[str]] = {
    "hoamai": {"Một"},
    "from:hoamai": {"Một"},
    "từ:ketoan@thcs-hoamai.example": {"Một"},
    "from:hoasen": {"Hai"},
    "to:hoasen": set(),
    "to:hotrocntt": {"Một", "Hai"},
    "lỗi from:hoasen": {"Hai"},
    "queue:0010": {"Một"},
    "hàng:3110": {"Hai"},
    "queue:0010 queue:3110": {"Một", "Hai"},
    "status:new": {"Một", "Hai"},
    "lỗi trạng-thái:đã-đóng": set(),
    "assignee:nobody": {"Một", "Hai"},
    "assignee:me": set(),
    "before:16/11/2026": set(),
    "before:2026-11-17": {"Một", "Hai"},
    "lỗi after:16/11/2026": {"Một", "Hai"},
    "after:17/11/2026": set(),
    "is:overdue": set(),
    "has:attachment": set(),
}


def test_conditions_narrow_what_is_found(office: Office) -> None:
    arrive(
        office,
        request(HANOI + "Một", text="Lỗi một.", number=1),
        request(HAUGIANG + "Hai", text="Lỗi hai.", number=2, sender="An <an@thpt-hoasen.example>"),
    )
    assert {typed: set(subjects(office, typed)) for typed in CONDITIONS} == CONDITIONS


def test_what_is_late_is_found_when_it_is(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    office.clock.forward(days=30)
    assert subjects(office, "is:overdue") == ["Một"]
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE tickets SET status = 'waiting'")
    assert subjects(office, "is:overdue") == []


def test_assignee_me_is_whoever_asks(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    desk.assign(office.database, office.clock, codes(office)["Một"], "lan", actor="lan")
    assert subjects(office, "assignee:me") == ["Một"]
    assert subjects(office, "assignee:me", Person(2, "minh", "Minh", Role.AGENT)) == []


def test_a_file_is_found_by_its_name(office: Office) -> None:
    arrive(office, WITH_FILE, request(HANOI + "Không tệp", number=6))
    assert subjects(office, "UNC tháng tám") == ["Có tệp"]
    assert subjects(office, "has:attachment") == ["Có tệp"]
    assert subjects(office, "gửi kèm có:tệp") == ["Có tệp"]


def test_the_subject_weighs_more_than_the_text(office: Office) -> None:
    arrive(
        office,
        request(HANOI + "Chứng thư số", text="Không ký được.", number=1),
        request(HANOI + "Việc khác", text="Nhân tiện hỏi chứng thư số ạ.", number=2),
    )
    assert subjects(office, "chung thu so") == ["Chứng thư số", "Việc khác"]


def test_a_ticket_shows_once_with_the_message_that_fits_best(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Lỗi đăng nhập."))
    code = codes(office)["Một"]
    arrive(office, request(f"{code} Re: Một", text="Vẫn lỗi đăng nhập.", number=2))
    found = find(office, "đăng nhập")
    assert [hit.code for hit in found.hits] == [code]
    assert found.total == 1


def test_a_note_is_found(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    desk.note(office.database, office.clock, codes(office)["Một"], "Đã gọi chị Hạnh.", actor="lan")
    assert find(office, "chị hạnh").hits[0].kind == "note"


def test_a_call_that_was_noted_is_found(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    with office.database.write() as connection:
        history.add_event(connection, 1, MONDAY, "call", actor="lan", text="Chị Hạnh hẹn gọi lại.")
    assert subjects(office, "hẹn gọi lại") == ["Một"]


def test_conditions_that_leave_no_ticket_find_nothing(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Lỗi."))
    assert subjects(office, "lỗi queue:3110") == []
    assert subjects(office, "lỗi -lỗi") == []
    assert subjects(office, "queue:3110") == []


def test_a_ticket_is_found_by_its_code_and_unit(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    code = codes(office)["Một"]
    assert subjects(office, f'"{code}"') == ["Một"]
    assert search.code_of(office.database, AGENT, read_query(code.lower()), MONDAY) == code


def test_a_coordinator_learns_nothing_of_other_queues(office: Office) -> None:
    arrive(
        office,
        request(HANOI + "Của Hà Nội", text="Lỗi bí ẩn.", number=1),
        request(HAUGIANG + "Của Hậu Giang", text="Lỗi bí ẩn.", number=2),
    )
    thu = coordinator(office, "3110")
    found = find(office, "bí ẩn", thu)
    assert [hit.ticket_subject for hit in found.hits] == ["Của Hậu Giang"]
    assert found.total == 1
    assert found.counts == {
        "status": [("new", 1)],
        "queue": [("3110", 1)],
        "category": found.counts["category"],
    }
    for typed in ("bí ẩn queue:0010", "queue:0010", "Hà Nội", "status:new queue:0010"):
        assert find(office, typed, thu).total == 0
    code = codes(office)["Của Hà Nội"]
    assert search.code_of(office.database, thu, read_query(code), MONDAY) is None


def test_rights_follow_a_ticket_to_its_queue(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Lỗi bí ẩn."))
    thu = coordinator(office, "3110")
    assert subjects(office, "bí ẩn", thu) == []
    code = codes(office)["Một"]
    desk.reroute(office.database, office.clock, office.means.rules, code, "3110", why="x", actor="lan")
    assert subjects(office, "bí ẩn", thu) == ["Một"]


def test_a_mail_that_moves_is_found_under_its_new_ticket(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Từ bí ẩn.", number=1), request(HAUGIANG + "Hai", number=2))
    with office.database.write() as connection:
        target = tickets.find(connection, codes(office)["Hai"])
        assert target
        connection.execute(update(mails).where(mails.c.subject.like("%Một")).values(ticket_id=target.id))
    assert subjects(office, "bí ẩn") == ["Hai"]


def test_a_ticket_whose_subject_changes_is_found_by_the_new_one(office: Office) -> None:
    arrive(office, request(HANOI + "Một"))
    with office.database.write() as connection:
        tickets.change(connection, 1, MONDAY, subject="Khoản thu học phí")
    assert subjects(office, "học phí") == ["Khoản thu học phí"]


SIGNS = (
    '"', '""', "*", "lỗi*", "NEAR(lỗi 2)", "a:b:c", "subject:lỗi", "toned : x", "& | ! <->", "lỗi & !x",
    "\\", "lỗi\\", "'", "lỗi'; DROP TABLE search_entries; --", "{subject}", "^lỗi", "(lỗi", "lỗi)", "+",
    "-", "--", "lỗi OR", "AND", "NOT lỗi", "lỗi:*", "lỗi:A", "\x00", "%", "_", "to_lỗi", "-lỗi", "😀",
    "\ud800", "ﬁ", "½", "from:", 'from:"', "status:'", "before:0001-01-01 lỗi", "after:9999-12-31 lỗi",
    "a" * 5000, "lỗi " * 400, "x-" * 200,
)  # fmt: skip


def test_nothing_that_is_typed_breaks_a_question(office: Office) -> None:
    arrive(office, request(HANOI + "Một", text="Lỗi."))
    for typed in SIGNS:
        find(office, typed)
    assert subjects(office, "lỗi") == ["Một"]
