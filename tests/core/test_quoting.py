import pytest
from hypothesis import given, strategies as st

from triage.core.quoting import new_text, own_words

NEW = "Em đã thử lại, vẫn lỗi ạ."

US = "Hỗ trợ <hotrocntt@vst.gov.vn>"

HISTORY = {
    "Thunderbird": "Vào lúc 09:15 ngày 20/12/2021, Hỗ trợ đã viết:\n> Chào bạn\n>\n> Xin thử lại.",
    "Thunderbird, author first": "Hỗ trợ đã viết vào lúc 09:15 20/12/2021:\n> Chào bạn",
    "Thunderbird, no date": "Hỗ trợ đã viết:\n> Chào bạn",
    "Roundcube": "Vào ngày 20-12-2021 09:15, Hỗ trợ viết:\n> Chào bạn",
    "Zimbra": "----- Vào 20 Thg 12, 2021, lúc 9:15, Hỗ trợ hotrocntt@vst.gov.vn đã viết:\n\nChào bạn",
    "Gmail": "Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 A <\nhotrocntt@vst.gov.vn> đã viết:\n\n> Chào",
    "Gmail, wrapped": f"Vào 14:24 8 tháng 6, 2021, {US}\nđã viết:\n\nChào bạn",
    "iPhone": f"Vào 20 thg 12, 2021, lúc 09:15, {US} đã viết:\n\n> Chào bạn",
    "Gmail, English": f"On Mon, Dec 20, 2021 at 9:15 AM {US} wrote:\n> Hello",
    "Outlook": (
        f"________________________________\nTừ: {US}\nĐã gửi: 20/12/2021 9:15\n"
        "Đến: ketoan@hoamai.example\nChủ đề: RE: Lỗi\n\nChào bạn"
    ),
    "Outlook, English": (
        f"From: {US}\nSent: Monday, December 20, 2021 9:15 AM\n"
        "To: ketoan@hoamai.example\nSubject: RE: Lỗi\n\nHello"
    ),
    "Outlook, bold": f"*From:* {US}\n*Sent:* Monday, December 20, 2021\n*To:* A\n*Subject:* Lỗi\n\nHello",
    "separator": (
        "-----Thư gốc-----\nTừ: hotrocntt@vst.gov.vn\nTới: ketoan@hoamai.example\nChủ đề: Lỗi\n\nChào bạn"
    ),
    "Roundcube, separator": (
        "-------- Thư gốc --------\nTiêu đề: Lỗi\nNgày: 20-12-2021\n"
        "Gửi từ: hotrocntt@vst.gov.vn\nNgười nhận: A"
    ),
}


def test_the_line_right_above_the_history_is_kept() -> None:
    for text in HISTORY.values():
        assert new_text(f"{NEW}\n{text}", "Re: Lỗi") == NEW


@pytest.mark.parametrize("client", HISTORY)
def test_history_is_cut_as_each_client_writes_it(client: str) -> None:
    assert new_text(f"{NEW}\n\n{HISTORY[client]}\n", "Re: Lỗi") == NEW


def test_answers_between_quoted_lines_are_kept() -> None:
    intro = "Vào ngày 20-12-2021, A <a@x.example> viết:"
    text = f"{intro}\n> Đơn vị nào?\nTrường Hoa Mai.\n> Lỗi gì?\nKhông ký được."
    assert new_text(text) == "Trường Hoa Mai.\nKhông ký được."


KEPT = {
    "forward": f"Kính chuyển.\n\n-------- Tin nhắn đã được chuyển tiếp --------\nTiêu đề: {NEW}\n"
    "Ngày: 20/12/2021\nTừ: A <a@x.example>\n\nNội dung lỗi",
    "forward with history": "Xem giúp.\n\n---------- Forwarded message ---------\nFrom: A <a@x.example>\n\n"
    "Lỗi\nOn Mon, Dec 20, 2021 at 9:15 AM B <b@x.example> wrote:\n> x",
    "contact details": "Liên hệ:\nĐến: Phòng kế toán\nNgày: 20/12/2021\nĐT: 0900 000 000",
    "pasted log": "Log báo:\n> lỗi 1\n> lỗi 2",
    "a sentence": "Hôm 10/01/2022 hệ thống báo như sau, em viết:\nKhông ký được",
    "a letter's head": "Từ: Trường Hoa Mai\nChủ đề: Lỗi ký số\nNội dung: không ký được",
    "a rule": "Bước 1\n-----\nBước 2",
}


@pytest.mark.parametrize("what", KEPT)
def test_nothing_is_cut_without_need(what: str) -> None:
    assert new_text(KEPT[what]) == KEPT[what]


def test_a_forward_by_outlook_is_told_by_its_subject() -> None:
    text = f"Kính chuyển.\n\n{HISTORY['Outlook']}"
    assert new_text(text, "FW: Lỗi") == text
    assert new_text(text, "Chuyển tiếp: Lỗi") == text
    assert new_text(text, "RE: Lỗi") == "Kính chuyển."


@pytest.mark.parametrize("client", HISTORY)
def test_everything_is_kept_where_nothing_would_be_left(client: str) -> None:
    assert new_text(HISTORY[client]) == HISTORY[client].strip()


@pytest.mark.parametrize(
    "signature",
    [
        "--\nTrần Thị Lụa\nĐT: 0900 000 000",
        "-- \nLụa",
        "Gửi từ iPhone của tôi",
        "Đã gửi từ iPhone của tôi",
        "Sent from my iPhone",
        "\n\n",
    ],
)
def test_a_signature_is_cut(signature: str) -> None:
    assert new_text(f"{NEW}\n\n{signature}") == NEW


def test_a_long_text_below_two_dashes_is_no_signature() -> None:
    text = "Mở đầu\n--\n" + "\n".join(f"dòng {number}" for number in range(40))
    assert new_text(text) == text


def test_own_words_end_where_a_forwarded_mail_begins() -> None:
    assert own_words(KEPT["forward"]) == "Kính chuyển."
    assert own_words(f"Xem giúp.\n{HISTORY['Outlook, English']}").startswith("Xem giúp.")
    assert "hotrocntt" not in own_words(f"Xem giúp.\n{HISTORY['Outlook, English']}")


@given(
    st.text(max_size=500)
    | st.lists(st.sampled_from([*HISTORY.values(), *KEPT.values(), NEW, ">", "--", ""])).map("\n".join)
)
def test_nothing_is_invented_and_something_is_left(text: str) -> None:
    new = new_text(text)
    assert bool(new) == bool(text.strip())
    assert {line.strip() for line in new.split("\n")} <= {line.strip() for line in text.split("\n")}
