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
    "Proton": f"------- Original Message -------\nOn Monday, December 20th, 2021, {US} wrote:\n> Chào bạn",
    "author, then the hour": "Hỗ trợ đã viết lúc 20/12/2021 09:15:\n> Chào bạn",
    "Horde": f"Quoting {US}:\n\n> Chào bạn",
    "Horde, Vietnamese": f"Trích dẫn {US}:\n\n> Chào bạn",
    "Mutt": f"* {US} [2021-12-20 09:15]:\n> Chào bạn",
    "Apple, Chinese": f"2021年12月20日 09:15，{US} 写道：\n\nChào bạn",
    "Outlook, Chinese": f"发件人: {US}\n发送时间: 2021年12月20日 9:15\n收件人: A\n主题: Lỗi\n\nChào bạn",
    "Outlook, Japanese": f"差出人: {US}\n送信日時: 2021年12月20日 9:15\n宛先: A\n件名: Lỗi\n\nChào bạn",
    "Outlook, Korean": f"보낸 사람: {US}\n보낸 날짜: 2021년 12월 20일\n받는 사람: A\n제목: Lỗi\n\nChào bạn",
    "Outlook, Russian": f"От: {US}\nОтправлено: 20.12.2021 9:15\nКому: A\nТема: Lỗi\n\nChào bạn",
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
    "a letter shown": "Em nhận được thư lạ:\n\nFrom: KB <a@x.example>\nSent: Monday, February 2, 2026\n"
    "To: k\nSubject: Đổi mật khẩu\n\nMời đổi.\n\nNhờ xác minh thư này có thật không?",
    "a letter of one's own": "Tôi đã gửi như sau:\nTừ: k@hoamai.example\nĐến: hotrocntt@vst.gov.vn\n"
    "Ngày: 02/02/2026\nTiêu đề: cấp lại\nNhưng chưa ai trả lời.",
    "dashes below a colon": "Lỗi hiện ra:\n--\nMã 500\nHết phiên",
    "a paragraph below dashes": "Việc thứ nhất đã xong.\n--\nViệc thứ hai: vẫn không ký được hồ sơ 12.",
    "a question below dashes": "Đã xong việc một.\n-- \nBao giờ có kết quả việc hai?",
    "a postscript below a signature": "Vẫn lỗi.\n-- \nLụa\nKế toán\n\nP/S: mã lỗi là SIG-01",
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
        "--\nLụa\nBan quản lý PS\nCần hỗ trợ? Gọi 1900 0000\nThư này có thể chứa thông tin mật.",
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
