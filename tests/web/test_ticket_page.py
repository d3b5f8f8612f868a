"""The page of a ticket over a real server: its conversation, what stands beside it, who sees it."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event
from support.deskserver import Browser, DeskServer, desk_of
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.db import conversation, history, tickets
from triage.db.conversation import Sort, Turn, turn_of
from triage.db.dossier import OPEN, TURNS
from triage.service import desk as service

FIRST = "SD261116-000001"
SECOND = "SD261116-000002"
ACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("answered", {"before": "new", "after": "waiting"}),
    ("snoozed", {"before": "new", "until": "2026-11-17T01:00:00+00:00"}),
    ("call", {"who": "bà Hoa", "phone": "0912345678", "text": "Đã hẹn gọi lại."}),
    *(
        (verb, {})
        for verb in ("woken", "undone", "unlinked", "recalled", "held", "merged", "unmerged", "split")
    ),
)
SIGNED = "Trân trọng\nNguyễn Văn An\nKế toán trưởng\nTrường THCS Hoa Mai\nĐT: 0912 345 678"


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


@pytest.fixture
def small(tmp_path: object) -> Iterator[DeskServer]:
    """A desk on SQLite alone."""
    with open_office(f"sqlite:///{tmp_path}/x.sqlite") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        yield server


def opened(office: Office, subject: str = "[0010#DVC] Lỗi ký số", **values: str) -> None:
    office.store(request(subject, **values))
    office.process()


def answered(office: Office, number: int, text: str, code: str = FIRST) -> None:
    """Have the unit write again in its ticket."""
    office.clock.forward(seconds=5)
    office.store(request(f"Re: [{code}] Lỗi ký số", number=number, text=text))
    office.process()


def page(desk: DeskServer, path: str = f"/tickets/{FIRST}", who: str = "lan") -> str:
    answer = desk.let_in(who).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_newest_words_of_the_unit_stand_above_older_ones_and_quotes_are_folded(desk: DeskServer) -> None:
    opened(desk.office, text="Không ký được từ sáng.")
    text = (
        "Vẫn chưa ký được.\n\nVào 09:12, 16/11/2026, hotrocntt@vst.gov.vn đã viết:\n> Lời cũ của chúng tôi\n"
    )
    answered(desk.office, 2, text)
    shown = page(desk)
    assert shown.index("Vẫn chưa ký được.") < shown.index("Không ký được từ sáng.")
    fold = shown.index("Phần trích dẫn và chữ ký")
    assert shown.index("Vẫn chưa ký được.") < fold < shown.index("Lời cũ của chúng tôi")
    assert 'data-version="1"' in shown


def test_our_letters_stand_in_the_conversation_with_their_state(desk: DeskServer) -> None:
    opened(desk.office)
    shown = page(desk)
    assert "Thư tự động: Xác nhận đã nhận" in shown
    assert "Chờ gửi" in shown
    assert f"Mã yêu cầu hỗ trợ: {FIRST}" in shown


def test_a_note_says_that_the_unit_does_not_see_it(desk: DeskServer) -> None:
    opened(desk.office)
    service.note(desk.office.database, desk.office.clock, FIRST, "Đã gọi kế toán", actor="lan")
    shown = page(desk)
    note = re.search(r'<article class="turn panel note".*?</article>', shown, re.DOTALL)
    assert note
    assert "Nội bộ – đơn vị không thấy" in note[0]
    assert "Nguyễn Thị Lan" in note[0]
    assert "Đã gọi kế toán" in note[0]


def test_beside_it_stand_the_sender_the_way_and_what_is_missing(desk: DeskServer) -> None:
    opened(desk.office, text=f"Hệ thống báo lỗi 500 khi chúng tôi lập ủy nhiệm chi.\n\n{SIGNED}")
    shown = page(desk)
    side = shown[shown.index('<aside class="side"') :]
    for words in ("Trường THCS Hoa Mai", "0912345678", "Theo mã kho bạc ở tiêu đề", "KBNN Hà Nội"):
        assert words in side
    assert re.search(r'data-there="no">\s*Ảnh màn hình', side)
    assert re.search(r'data-there="yes">\s*Họ tên, số điện thoại', side)
    assert "Chưa có phiếu nào trước đây" in side


def test_history_tells_before_and_after_by_the_names_of_people(desk: DeskServer) -> None:
    office = desk.office
    desk.person("minh", "agent", display_name="Trần Quang Minh")
    opened(office)
    service.assign(office.database, office.clock, FIRST, "lan", actor="minh")
    service.assign(office.database, office.clock, FIRST, "minh", actor="lan")
    service.reroute(
        office.database, office.clock, office.means.rules, FIRST, "3110", why="Đơn vị ở nơi khác", actor="lan"
    )
    history = page(desk)
    history = re.sub(r"<[^>]+>|\s+", " ", history[history.index('class="history"') :])
    history = " ".join(history.split())
    assert "Nguyễn Thị Lan giao xử lý: Nguyễn Thị Lan → Trần Quang Minh" in history
    assert "chuyển hàng đợi: KBNN Hà Nội → " in history
    assert "Đơn vị ở nơi khác" in history


def test_what_changed_since_somebody_opened_the_page_is_told(desk: DeskServer) -> None:
    opened(desk.office)
    answered(desk.office, 2, "Thư thứ hai, lỗi vẫn còn.")
    service.assign(desk.office.database, desk.office.clock, FIRST, "lan", actor="lan")
    changed = page(desk, f"/tickets/{FIRST}?since=1")
    banner = changed[changed.index('id="changed"') : changed.index('class="columns"')]
    assert "giao xử lý" in banner
    assert "nhận thêm thư" not in banner
    assert 'id="changed"' not in page(desk, f"/tickets/{FIRST}?since=2")


def test_a_ticket_of_another_queue_is_like_none(desk: DeskServer) -> None:
    desk.person("thu", "coordinator", "3110")
    opened(desk.office)
    opened(desk.office, "[3110#DVC] Lỗi ở Hậu Giang", number=2)
    browser = desk.let_in("thu")
    foreign, none = browser.get(f"/tickets/{FIRST}"), browser.get("/tickets/SD261116-000099")
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert foreign.text == none.text
    assert browser.get(f"/tickets/{SECOND}").status_code == 200


def test_nearby_tickets_and_their_codes_are_those_that_the_reader_sees(desk: DeskServer) -> None:
    desk.person("thu", "coordinator", "3110")
    opened(desk.office)
    opened(desk.office, "[3110#DVC] Lỗi ký số", number=2)
    seen = page(desk, f"/tickets/{SECOND}")
    assert FIRST in seen
    assert "1 phiếu trước đây" in seen
    assert "Có thể trùng:" in seen
    hidden = page(desk, f"/tickets/{SECOND}", who="thu")
    assert FIRST not in hidden
    assert "Chưa có phiếu nào trước đây" in hidden


def test_of_a_long_conversation_only_the_newest_ten_are_open(small: DeskServer) -> None:
    write_notes(small.office, 60)
    shown = page(small)
    assert shown.count("<article") == OPEN
    assert shown.count('class="turn folded') == TURNS - OPEN
    assert "Ghi chú số 60." in shown
    assert "Ghi chú số 50." not in re.sub(r'<a class="turn folded.*?</a>', "", shown, flags=re.DOTALL)
    everything = page(small, f"/tickets/{FIRST}?all=1")
    assert everything.count("<article") == TURNS


def test_older_turns_follow_on_a_page_of_their_own(small: DeskServer) -> None:
    write_notes(small.office, 60)
    first = page(small)
    older = re.search(r'href="(/tickets/[^"]+\?before=[^"]+)">Trao đổi cũ hơn', first)
    assert older
    second = page(small, older[1])
    keys = re.findall(r'id="((?:mail|letter|remark)-\d+)"', first + second)
    assert len(keys) == len(set(keys)) == 62
    one = page(small, f"{older[1]}&open={keys[-1]}")
    assert one.count("<article") == 1


def write_notes(office: Office, count: int) -> None:
    opened(office)
    for number in range(1, count + 1):
        office.clock.forward(seconds=1)
        service.note(office.database, office.clock, FIRST, f"Ghi chú số {number}.", actor="lan")


def questions(desk: DeskServer, browser: Browser, path: str) -> int:
    """Count the statements that one page takes."""
    browser.get("/")  # the session is touched once a minute
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(desk.office.database.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).url.path == path.partition("?")[0]
    finally:
        event.remove(desk.office.database.engine, "before_cursor_execute", note)
    return len([one for one in asked if not one.startswith("BEGIN")])


def test_a_long_ticket_takes_no_more_questions_than_a_short_one(small: DeskServer) -> None:
    opened(small.office, text="Không ký được từ sáng.")
    answered(small.office, 2, "Vẫn chưa ký được.")
    service.note(small.office.database, small.office.clock, FIRST, "Ngắn", actor="lan")
    browser = small.signed_in("lan")
    short = questions(small, browser, f"/tickets/{FIRST}")
    for number in range(3, 33):
        answered(small.office, number, f"Thư thứ {number}.")
        service.note(small.office.database, small.office.clock, FIRST, f"Số {number}", actor="lan")
    assert questions(small, browser, f"/tickets/{FIRST}") <= short
    assert questions(small, browser, f"/tickets/{FIRST}?all=1") <= short
    assert short <= 33


def test_a_cursor_leads_back_to_its_turn_and_anything_else_to_the_newest(small: DeskServer) -> None:
    turn = Turn(small.office.clock.now(), Sort.LETTER, 7)
    assert turn_of(turn.cursor) == turn
    for odd in ("", "x", "1.2", "1.9.1", "²..", "9" * 40 + ".0.1", "9" * 18 + ".0.1", f"{turn.cursor}.1"):
        assert turn_of(odd) is None
    opened(small.office)
    assert "<article" in page(small, f"/tickets/{FIRST}?before=%01&open='&all=")
    assert small.let_in("lan").get(f"/tickets/{FIRST}?before=%00").status_code == 400


def test_turns_of_one_moment_keep_their_order(desk: DeskServer) -> None:
    opened(desk.office)
    service.note(desk.office.database, desk.office.clock, FIRST, "Cùng lúc", actor="lan")
    with desk.office.database.read() as connection:
        every = conversation.turns(connection, 1, before=None, count=9)
        one_by_one = [every[0]]
        while older := conversation.turns(connection, 1, before=one_by_one[-1], count=1):
            one_by_one += older
    assert [one.sort for one in every] == [Sort.REMARK, Sort.LETTER, Sort.MAIL]
    assert one_by_one == every


def test_an_english_reader_gets_english_words(small: DeskServer) -> None:
    small.person("ann", "agent", language="en")
    opened(small.office)
    assert "The tag is written exactly." in page(small, who="ann")
    assert OUR_ADDRESS in page(small, who="ann")


def test_every_act_of_a_person_has_words_in_the_history(small: DeskServer) -> None:
    opened(small.office)
    with small.office.database.write() as connection:
        for verb, data in ACTS:
            history.add_event(connection, 1, small.office.clock.now(), verb, actor="lan", **data)
    shown = page(small)
    lines = shown[shown.index('class="history"') :]
    words = " ".join(re.sub(r"<[^>]+>|\s+", " ", lines).split())
    assert "thao tác khác" not in words
    assert "trả lời đơn vị: Mới → Chờ đơn vị" in words
    assert "tạm hoãn đến: Mới → 08:00 17/11/2026" in words
    assert "bà Hoa, 0912345678" in shown


def test_a_page_tells_that_the_clock_stands_still_and_how_long_answers_took(small: DeskServer) -> None:
    opened(small.office)
    small.office.clock.forward(hours=1, minutes=30)
    now = small.office.clock.now()
    with small.office.database.write() as connection:
        ticket = service.find(connection, FIRST).id
        values = {"status": "waiting", "answered_at": now, "paused_at": now}
        tickets.change(connection, ticket, now, **values)
        history.add_event(connection, ticket, now, "escalated", step="warning", told=["lan"])
    small.office.clock.forward(days=30)
    shown = page(small)
    assert 'data-due="none" title="17:00 17/11/2026">tạm dừng tính hạn</span>' in shown
    assert "Chờ đơn vị từ 11:00 16/11/2026; thời gian chờ không tính vào hạn." in shown
    assert "Trả lời lần đầu sau 1 giờ 30 phút, tính theo giờ làm việc." in shown
    assert "đã 8 giờ làm việc chưa trả lời" in shown
    line = re.search(r"báo chậm trả lời tới:\s*<span[^>]*>([^<]+)<", shown)
    assert line
    assert line[1] == "Nguyễn Thị Lan"
    assert "tạm dừng tính hạn" in page(small, "/queues/0010?status=waiting")
    with small.office.database.write() as connection:
        tickets.change(connection, ticket, now, status="closed", closed_at=now, outcome="solved")
    assert "Đóng sau 1 giờ 30 phút, tính theo giờ làm việc." in page(small)
