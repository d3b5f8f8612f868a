"""New text in forms of every weekday, hour and line break; letters like heads; answers below heads."""

import re
from itertools import product

from support.quoted_mails import OLD, US, US_AT
from support.rawmail import raw_mail

from triage.core.parse import read_mail
from triage.core.quoting import new_text

NEW = "Em đã thử lại, vẫn lỗi ạ."
DAYS = ("Th 2", "Th 7", "CN", "T2", "Thứ 2", "Thứ Hai", "Thứ Tư", "Chủ Nhật", "thứ sáu", "Mon", "Th2,")
INTROS = (
    "Vào {day}, 12 thg 5, 2025 lúc 09:14 {who} đã viết:",
    "Vào {day}, 12 thg 5, 2025 vào lúc 09:14 {who} đã viết:",
    "Vào {day}, 12 tháng 5, 2025 lúc 09:14 {who}\nđã viết:",
    "Vào {day}, 12 thg 5 2025, {who} đã viết:",
    "Vào lúc 09:14, {day}, 12 thg 5, 2025, {who} đã viết:",
    "Vào 09:14, {day}, 12 thg 5, 2025 {who} đã viết:",
    "Vào 09:14 {day}, 12 tháng 5 2025, {who} viết:",
    "Vào {day}, ngày 12/05/2025 lúc 9:14 SA {who} đã viết:",
    "Vào {day}, 12 Tháng 5 Năm 2025 lúc 9:14 CH {who} đã viết:",
    "Vào {day}, thg 5 12, 2025 lúc 9:14 SA, {who} đã viết:",
    "Vào {day}, 12 tháng 5, 2025 lúc 09:14:30 SA GMT+7, {who} đã viết: ",
    "Vào 12 thg 5, 2025, 09:14 +0700, {who}, đã viết:",
    "Vào 9:14:00 GMT+07:00 12 tháng 5, 2025, {who} đã viết:",
    "Vào lúc 9 giờ 14 phút ngày 12 tháng 5 năm 2025, {who} đã viết:",
    "Vao {day}, 12 thg 5, 2025 luc 09:14 {who} da viet:",
    "{day}, 12 thg 5, 2025 vào lúc 09:14 {who} đã viết:",
    "On {day}, May 12th, 2025 at 9:14\u202fAM {who} wrote:",
    "On 5/12/2025 9:14:00 AM, {who} wrote:",
)
WRITERS = (
    f"{US} <{US_AT}>",
    f"{US} <\n{US_AT}>",
    f"{US}\n<{US_AT}>",
    f"<{US_AT}>",
    f"'{US}' via Nhóm <{US_AT}>",
)
HEADS = (
    "Từ: {name} <{at}>\nNgày: Thứ Hai, 12 tháng 5, 2025 lúc 09:14\nTới: k@hoamai.example\nCc: A\nChủ đề: x",
    "*Từ:* {name}\n*Đã gửi:* Thứ Hai, 12 Tháng Năm 2025 9:14 SA\n*Đến:* Kế toán\n*Chủ đề:* Re: x",
    "Từ: {name} <{at}>\n\nĐã gửi: 12/05/2025 9:14\n\nĐến: k@x.example\n\nChủ đề: x",
    'Từ: "{name}" <{at}>\nTới: "k" <k@hoamai.example>\nGửi: Thứ hai, 12 Tháng 5, 2025 9:14:00\nTiêu đề: x',
    "----- Thư gốc -----\nTừ: {name} <{at}>\nGửi tới: k\nNgày gửi: 12 tháng 5 2025 9:14\nTiêu đề: x",
    "------ Thư gốc ------\nTừ: {name} <{at}>\nĐến: k\nThời gian: 12/05/2025 09:14\nTiêu đề: x",
    "-----------------\nNgười gửi: {at}\nThời gian gửi: 09:14 12/05/2025\nNgười nhận: k\nTiêu đề: x",
    "-------- Thông báo gốc --------\nTừ: {name} <{at}>\nNgày: Th 2, 12 thg 5, 2025\nĐến: k\nChủ đề: x",
    "-----{name} <{at}> đã viết: -----\nTới: k\nTừ: {name} <{at}>\nNgày: 12/05/2025 09:14\nChủ đề: x",
    '------ Thư gốc ------\nTừ "{name}" <{at}>\nĐến k@hoamai.example\nNgày 12/05/2025 9:14:00 SA\nTiêu đề x',
    "Tu: {name} <{at}>\nDa gui: 12/05/2025 9:14 SA\nDen: ketoan\nChu de: x",
    "From: {name}\nSent: Monday, May 12, 2025 9:14 AM\nTo: k@hoamai.example\nSubject: x\nX: High",
    '-- Original --\nFrom:  "{name}"<{at}>;\nDate:  May 12, 2025 09:14\nTo:  "k"<k@x.example>;\nSubject:  x',
)


def test_the_history_goes_whatever_the_weekday_the_order_and_the_line_breaks() -> None:
    intros = [intro.format(day=day, who=who) for intro, day, who in product(INTROS, DAYS, WRITERS)]
    heads = [head.format(name=US, at=US_AT) for head in HEADS]
    wrong = {
        text
        for head, mark, gap in product((*intros, *heads), ("> ", ""), ("\n", "\n\n"))
        if new_text(text := f"{NEW}{gap}{head}\n\n{mark}{OLD}\n", "Re: Lỗi") != NEW
    }
    assert not wrong


LETTERS = (
    "Kính gửi: Kho bạc Nhà nước\nTừ: Trường Hoa Mai\nNgày: 12/05/2025\nVề việc: lỗi ký số\n\nKhông ký được.",
    "Kính gửi Kho bạc\nTừ: Trường Hoa Mai (lua@hoamai.example)\nNgày: 12/05/2025\nVề việc: ký số\n\nLỗi.",
    "Báo cáo\nTừ: 01/05/2025\nĐến: 12/05/2025\nTiêu đề: Bảng đối chiếu\nkhông tải được.",
    "Từ ngày: 12/05/2025\nĐến ngày: 15/05/2025\nChủ đề: Lỗi kết xuất\n\nBáo cáo sai số dư.",
    "Vào ngày 12/05/2025, cán bộ Kho bạc đã viết:\n“Hồ sơ bị trả lại”. Nhờ giải thích.",
    "Email nhận được từ hotrocntt@vst.gov.vn ngày 12/05/2025. Nội dung viết:\nMời đổi mật khẩu.",
    "Đã gửi: hồ sơ 12/05/2025 lúc 9:14\nTừ: kế toán\nĐến: chủ tài khoản\nKhông thấy.",
    "2025-05-12 09:14 user ketoan@hoamai.example:\nlogin failed",
    "Lỗi thứ nhất\n----------------\nLỗi thứ hai: 12/05/2025 không in được\n----------------\nTrân trọng",
    "Chương trình báo:\n> Error 500\n> at line 12\nNhờ xem giúp.",
)


def test_what_a_person_writes_in_the_form_of_a_head_is_kept_whole() -> None:
    for letter, subject in product(LETTERS, ("[0010#DVC] Lỗi", "Re: [0010#DVC] Lỗi")):
        assert new_text(letter, subject) == letter


OUTLOOK = f"Từ: {US} <{US_AT}>\nĐã gửi: 12/05/2025 9:14\nĐến: ketoan\nChủ đề: Re: Lỗi\n\n"
ASKED = "Đơn vị nào?"
TOLD = "Trường Hoa Mai"


def test_answers_that_stand_below_the_head_are_kept() -> None:
    marked = f"> {ASKED}\n{TOLD}\n> Lỗi gì?\nKhông ký được"
    for head in (OUTLOOK, f"Dạ.\n\n-----Thư gốc-----\n{OUTLOOK}", f"Dạ.\n\n{'_' * 32}\n{OUTLOOK}"):
        kept = new_text(head + marked, "Re: Lỗi")
        assert kept.endswith(f"{TOLD}\nKhông ký được")
    for said in (
        "Anh chị xem phần em tô vàng ạ",
        "Em đã điền thông tin vào bên dưới.",
        "Thông tin em điền ở mail dưới ạ.",
        "Em bổ sung thông tin như dưới ạ.\n\nTrân trọng,\nTrần Thị Lụa\nKế toán",
    ):
        kept = new_text(f"{said}\n\n{OUTLOOK}{ASKED} {TOLD}", "Re: Lỗi")
        assert kept.startswith(said)
        assert TOLD in kept


def test_what_is_announced_and_follows_at_once_keeps_no_history() -> None:
    said = "Em bổ sung thông tin như dưới ạ:\n- Đơn vị: Trường Hoa Mai\n- Lỗi: không ký được"
    assert new_text(f"{said}\n\n{OUTLOOK}{ASKED}", "Re: Lỗi") == said


def test_a_mail_sent_on_under_an_intro_of_a_reply_is_kept() -> None:
    text = f"Nhờ xử lý giúp.\n\nVào Th 2, 12 thg 5, 2025 lúc 09:14 A <a@b.example> đã viết:\n\n> {OLD}"
    for subject in ("Fwd: Lỗi", "Chuyển tiếp: Lỗi", "[EXT] FW: Lỗi"):
        assert OLD in new_text(text, subject)
    for subject in ("Re: Fwd: Lỗi", "Trả lời: Lỗi"):
        assert new_text(text, subject) == "Nhờ xử lý giúp."


def test_the_title_between_dashes_goes_with_the_head_below_it_in_html() -> None:
    html = (
        f"<div>{NEW}</div><div>Đã gửi từ Galaxy của tôi</div><div><!-- originalMessage --><div>"
        f"-------- Thông báo --------</div><div>Từ: {US} &lt;{US_AT}&gt; </div><div>Ngày: 12/5/25 09:14</div>"
        f"<div>Đến: k@hoamai.example </div><div>Tiêu đề: Re</div><div><br></div></div><div>{OLD}</div>"
    )
    raw = raw_mail(html.encode(), content=b"Content-Type: text/html; charset=utf-8")
    mail = read_mail(re.sub(rb"Subject: .*\r\n", b"Subject: Re: Loi\r\n", raw, count=1))
    assert mail.new_text == NEW
