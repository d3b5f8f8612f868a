"""Answering a unit by forms: drafts, ready answers, the guard, taking back, going on to the next ticket."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request

from triage.db import outbox, people
from triage.service import desk as service

CODE, OTHER = "SD261116-000001", "SD261116-000002"
PATH = f"/tickets/{CODE}"
TEXT = "Đơn vị đã được mở khóa, đề nghị đăng nhập lại."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as server:
        server.person("lan", "agent", display_name="Nguyễn Thị Lan")
        server.person("minh", "agent", display_name="Trần Minh")
        office.store(
            request(sender="Trần Thị Bích <bich@mot.example>"),
            request(number=2, sender="b@hai.example"),
        )
        office.process()
        yield server


def status(desk: DeskServer, code: str = CODE) -> str:
    with desk.office.database.read() as connection:
        return service.find(connection, code).status


def letters(desk: DeskServer) -> list[tuple[str, str]]:
    with desk.office.database.read() as connection:
        return [(one.state, one.recipient) for one in outbox.listed(connection) if one.letter == "answer"]


def draft(page: str) -> str:
    found = re.search(r'<textarea id="answer"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return found[1].strip() if found else ""


def recall_of(page: str) -> str:
    found = re.search(r'action="(/tickets/[^"]+/recall/\d+)"', page)
    assert found, page
    return found[1]


def test_an_answer_is_sent_and_taken_back_from_the_page_that_follows(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    assert "bich@mot.example" in lan.get(PATH).text
    sent = lan.post(f"{PATH}/answer", {"text": TEXT}).text
    assert "sẽ gửi sau 20 giây" in sent
    assert letters(desk) == [("queued", "bich@mot.example")]
    assert status(desk) == "waiting"
    assert draft(sent) == ""
    back = lan.post(recall_of(sent)).text
    assert "Đã thu hồi thư" in back
    assert draft(back) == TEXT
    assert letters(desk) == [("recalled", "bich@mot.example")]
    assert status(desk) == "new"


def test_taking_back_too_late_is_told(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    address = recall_of(lan.post(f"{PATH}/answer", {"text": TEXT}).text)
    desk.office.clock.forward(seconds=21)
    assert "Không thu hồi được" in lan.post(address).text
    assert letters(desk) == [("queued", "bich@mot.example")]


def test_sending_closing_and_going_on_is_one_act_and_is_remembered(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    answer = lan.post(f"{PATH}/answer", {"text": TEXT, "then": "next", "outcome": "advised"})
    assert answer.url.path == f"/tickets/{OTHER}"
    assert recall_of(answer.text).startswith(PATH)
    assert status(desk) == "closed"
    with desk.office.database.read() as connection:
        found = people.find(connection, "lan")
    assert found
    assert found.preferences["after_send"] == "next"
    page = lan.get(f"/tickets/{OTHER}").text
    assert re.search(r'value="next" class="primary"', page)
    answer = lan.post(f"/tickets/{OTHER}/answer", {"text": TEXT, "then": "next"})
    assert answer.url.path == "/"


def test_a_form_that_says_an_unknown_thing_to_do_then_sends_nothing(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    for then in ("no-such-thing", "Close", "close "):
        assert lan.post(f"{PATH}/answer", {"text": TEXT, "then": then}).status_code == 400
    assert letters(desk) == []
    assert status(desk) == "new"
    assert lan.post(f"{PATH}/answer", {"text": TEXT, "then": ""}).status_code == 200
    assert letters(desk) == [("queued", "bich@mot.example")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Đề nghị đơn vị gửi mật khẩu.", "hỏi mật khẩu"),
        ("Xem tại https://a.example/x", "https://a.example/x"),
        ("Vui lòng cài UltraViewer.", "điều khiển máy tính từ xa"),
        ("Mật khẩu mới: Hoamai@2024x", "Nội dung ghi mật khẩu"),
    ],
)
def test_the_guard_says_why_names_the_words_and_keeps_the_text(
    desk: DeskServer, text: str, words: str
) -> None:
    lan = desk.let_in("lan")
    answer = lan.post(f"{PATH}/answer", {"text": text, "anyway": "yes"})
    assert answer.status_code == 409
    assert words in answer.text
    assert "Vẫn gửi" not in answer.text
    assert letters(desk) == []
    assert draft(lan.get(PATH).text) == text


def test_what_somebody_else_did_meanwhile_is_shown_before_an_answer_goes_out(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    version = re.search(r'name="version" value="(\d+)"', lan.get(PATH).text)
    assert version
    minh.post(f"{PATH}/note", {"text": "Tôi đã gọi cho chị Bích."})
    page = lan.post(f"{PATH}/answer", {"text": TEXT, "version": version[1]})
    assert page.status_code == 409
    for words in ("Phiếu đã thay đổi", "Trần Minh", "Tôi đã gọi cho chị Bích.", TEXT, "Vẫn gửi"):
        assert words in page.text
    assert letters(desk) == []
    lan.post(f"{PATH}/answer", {"text": TEXT, "version": version[1], "anyway": "yes"})
    assert len(letters(desk)) == 1


def test_a_draft_is_kept_for_its_writer_alone(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    lan.post(f"{PATH}/draft", {"text": "\n  Đang viết dở <b>"})
    lan.post(f"{PATH}/draft", {"text": "ghi chú dở", "sort": "note"})
    page = lan.get(PATH).text
    assert draft(page) == "Đang viết dở &lt;b&gt;"
    assert "ghi chú dở" in page
    assert draft(minh.get(PATH).text) == ""
    lan.post(f"{PATH}/draft", {"text": " "})
    assert draft(lan.get(PATH).text) == ""


def test_a_ready_answer_is_added_after_what_was_written_with_its_gaps_filled(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    page = lan.get(PATH).text
    names = re.findall(r'<option value="([a-z-]+)" data-text=', page)
    assert names[0] == "dang-nhap"
    assert len(names) >= 8
    after = lan.post(f"{PATH}/insert", {"text": "Chào chị.", "template": "da-xu-ly"}).text
    assert draft(after).startswith("Chào chị.\n\nVướng mắc của")
    assert CODE in draft(after)
    assert "Nguyễn Thị Lan" in draft(after)
    assert "{{" not in draft(after)


def test_a_ready_answer_promises_the_deadline_until_it_is_past(desk: DeskServer) -> None:
    lan = desk.let_in("lan")

    def ready() -> str:
        lan.post(f"{PATH}/draft", {"text": " "})
        return draft(lan.post(f"{PATH}/insert", {"text": "", "template": "cho-kiem-tra"}).text)

    assert "Chúng tôi sẽ trả lời trước 17 giờ 00 phút ngày 17/11/2026 (thứ Ba). Trong thời gian" in ready()
    desk.office.clock.forward(days=2)
    lan = desk.let_in("lan")
    told = ready()
    assert "17/11/2026" not in told
    assert "để kiểm tra.\n\nTrong thời gian này, nếu tình trạng thay đổi" in told


def test_what_is_missing_is_asked_for_in_one_act(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.post(f"{PATH}/draft", {"text": "Chào chị."})
    page = lan.post(f"{PATH}/ask-missing", {"part": ["screenshot"]}).text
    assert draft(page).startswith("Chào chị.")
    assert "Ảnh chụp màn hình" in draft(page)
    assert "họ tên" not in draft(page)
    lan.post(f"{PATH}/ask-missing", {"part": ["contact"], "into": "send"})
    assert letters(desk) == [("queued", "bich@mot.example")]


def test_the_preview_shows_the_letter_as_it_goes_out_and_what_would_stop_it(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    page = lan.post(f"{PATH}/preview", {"text": "{{ 7*7 }} xem a.example.com <i>"}).text
    assert "{{ 7*7 }} xem" in page
    assert "&lt;i&gt;" in page
    assert "02462764300" in page
    assert "a.example.com”" in page
    assert letters(desk) == []
    assert "{{ 7*7 }}" in draft(lan.get(PATH).text)


def test_other_words_under_a_key_that_was_used_are_kept_and_told(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    assert lan.post(f"{PATH}/note", {"text": "Đã gọi.", "key": "key-of-a-page"}).status_code == 200
    again = lan.post(f"{PATH}/note", {"text": "Đã gọi.", "key": "key-of-a-page", "version": "7"})
    assert (again.status_code, again.text.count("Đã thêm ghi chú nội bộ")) == (200, 1)
    other = lan.post(f"{PATH}/note", {"text": "Hẹn lại.", "key": "key-of-a-page"})
    assert other.status_code == 409
    assert "Biểu mẫu này đã được dùng" in other.text
    page = lan.get(PATH).text
    assert re.search(r'<textarea id="note"[^>]*>\s*Hẹn lại\.', page)


def test_an_answer_to_a_ticket_that_was_closed_meanwhile_is_kept(desk: DeskServer) -> None:
    lan, minh = desk.let_in("lan"), desk.let_in("minh")
    lan.get(PATH)
    minh.post(f"{PATH}/close", {"outcome": "solved"})
    assert lan.post(f"{PATH}/answer", {"text": TEXT}).status_code == 409
    minh.post(f"{PATH}/reopen", {"why": "nhầm"})
    assert draft(lan.get(PATH).text) == TEXT


def test_asking_for_what_is_missing_loses_nothing_of_what_somebody_writes(desk: DeskServer) -> None:
    lan = desk.let_in("lan")
    lan.get(PATH)
    lan.post(f"{PATH}/draft", {"text": TEXT})
    page = lan.post(f"{PATH}/ask-missing", {"part": ["screenshot"], "text": "trang cũ"}).text
    assert draft(page).startswith(TEXT)
    assert "Ảnh chụp màn hình" in draft(page)
    assert "trang cũ" not in draft(page)
    before = draft(page)
    assert draft(lan.post(f"{PATH}/ask-missing", {"part": ["contact"], "into": "send"}).text) == before
