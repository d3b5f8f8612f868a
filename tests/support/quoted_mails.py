"""How mail programs quote and forward, in Vietnamese and English: the head that each sets above the old mail.

Facts of form alone; every person and unit is invented.
"""

from dataclasses import dataclass

OLD = "Mời đơn vị thử đăng nhập lại sau 15 phút."
"""A line of the old mail, which is none of the new text."""

US = "Hỗ trợ CNTT"
US_AT = "hotrocntt@vst.gov.vn"
UNIT = "Kế toán Hoa Mai"
UNIT_AT = "ketoan@hoamai.example"


@dataclass(frozen=True, slots=True)
class Quoted:
    """One form: ``head`` stands above the old mail, ``mark`` before its lines, ``foot`` above the head."""

    client: str
    head: str
    mark: str = ""
    foot: str = ""
    end: str = ""

    def text(self, new: str, name: str, address: str) -> str:
        """Give a plain text with the new words on top."""
        head = self.head.format(name=name, address=address)
        body = "\n".join(f"{self.mark}{line}" for line in ("Kính gửi đơn vị,", "", OLD))
        parts = [
            new,
            *([self.foot] if self.foot else []),
            f"{head}\n{body}",
            *([self.end] if self.end else []),
        ]
        return "\n\n".join(parts) + "\n"


IPHONE_VI = "Gửi từ iPhone của tôi"
SAMSUNG_VI = "Gửi từ điện thoại thông minh Samsung Galaxy của tôi."
LINE = "_" * 32

REPLIES: tuple[Quoted, ...] = (
    # Gmail: web, Android, iOS
    Quoted("gmail-vi", "Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 {name} <\n{address}> đã viết:\n", "> "),
    Quoted(
        "gmail-vi-one-line", "Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 {name} <{address}> đã viết:\n", "> "
    ),
    Quoted("gmail-vi-2017", "Vào 14:24 8 tháng 6, 2017, {name} <{address}> đã viết:\n", "> "),
    Quoted(
        "gmail-vi-wrapped", "Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 {name} <{address}>\nđã viết:\n", "> "
    ),
    Quoted("gmail-vi-android-bare", "Vào Th 2, 20 thg 12, 2021, 09:15 {name} <{address}> đã viết:\n", ""),
    Quoted("gmail-en", "On Mon, Dec 20, 2021 at 9:15 AM {name} <{address}> wrote:\n", "> "),
    Quoted("gmail-en-wrapped", "On Mon, Dec 20, 2021 at 9:15 AM {name} <\n{address}> wrote:\n", "> "),
    Quoted("gmail-en-android", "On Mon, 20 Dec 2021, 09:15 {name}, <{address}> wrote:\n", "> "),
    Quoted("gmail-en-short", "2021-12-20 9:15 GMT+07:00 {name} <{address}>:\n", "> "),
    # Outlook: desktop, web, mobile
    Quoted(
        "outlook-vi",
        "Từ: {name} <{address}>\nĐã gửi: 20 Tháng Mười Hai 2021 9:15 SA\nĐến: Trường <ke.toan@khac.example>\n"
        "Chủ đề: RE: Lỗi đăng nhập\n",
    ),
    Quoted(
        "outlook-vi-toi",
        "Từ: {name} [mailto:{address}]\nNgày gửi: 20/12/2021 9:15\nTới: 'Trường'\nTiêu đề: RE: Lỗi "
        "đăng nhập\n",
    ),
    Quoted(
        "outlook-vi-separator",
        "-----Thư gốc-----\nTừ: {name} <{address}>\nĐã gửi: 20 Tháng Mười Hai 2021 9:15 SA\n"
        "Tới: Trường\nChủ đề: RE: Lỗi đăng nhập\n",
    ),
    Quoted(
        "outlook-web-vi",
        f"{LINE}\nTừ: {{name}} <{{address}}>\nĐã gửi: 20/12/2021 9:15 SA\nĐến: Trường <a@khac.example>\n"
        "Cc: B <b@khac.example>\nChủ đề: Lỗi đăng nhập\n",
    ),
    Quoted(
        "outlook-android-vi",
        f"{LINE}\nTừ: {{name}} <{{address}}>\nĐã gửi: Thứ Hai, Tháng Mười Hai 20, 2021 9:15:00 SA\n"
        "Đến: Trường <a@khac.example>\nChủ đề: Lỗi đăng nhập\n",
        foot="Tải Outlook cho Android<https://aka.ms/AAb9ysg>",
    ),
    Quoted(
        "outlook-ios-vi",
        f"{LINE}\nTừ: {{name}} <{{address}}>\nĐã gửi: Monday, December 20, 2021 9:15:00 AM\n"
        "Đến: Trường\nChủ đề: Lỗi đăng nhập\n",
        foot="Tải Outlook cho iOS",
    ),
    Quoted(
        "windows-mail-vi",
        "Từ: {name}\nĐã gửi: 20 Tháng Mười Hai 2021 9:15 SA\nĐến: Trường <a@khac.example>\nChủ đề: Lỗi\n",
        foot="Đã gửi từ Thư dành cho Windows",
    ),
    Quoted(
        "outlook-en",
        "From: {name} <{address}>\nSent: Monday, December 20, 2021 9:15 AM\nTo: Trường <a@khac.example>\n"
        "Subject: RE: Lỗi đăng nhập\n",
    ),
    Quoted(
        "outlook-en-bold",
        "*From:* {name} <{address}>\n*Sent:* Monday, December 20, 2021 9:15 AM\n*To:* Trường\n*Cc:* B\n"
        "*Subject:* RE: Lỗi đăng nhập\n",
    ),
    Quoted(
        "outlook-en-separator",
        "-----Original Message-----\nFrom: {name} <{address}>\nSent: Monday, December 20, 2021 9:15 AM\n"
        "To: Trường\nSubject: RE: Lỗi\n",
    ),
    Quoted(
        "outlook-en-mailto",
        "From: {name} [mailto:{address}] \nSent: Monday, December 20, 2021 9:15 AM\nTo: "
        "Trường\nSubject: RE: Lỗi\n",
    ),
    Quoted(
        "outlook-web-en",
        f"{LINE}\nFrom: {{name}} <{{address}}>\nSent: Monday, December 20, 2021 9:15 AM\n"
        "To: Trường <a@khac.example>\nSubject: Lỗi\n",
    ),
    Quoted(
        "outlook-ios-en",
        f"{LINE}\nFrom: {{name}} <{{address}}>\nSent: Monday, December 20, 2021 9:15:00 AM\nTo: Trường\n"
        "Subject: Lỗi\n",
        foot="Get Outlook for iOS<https://aka.ms/o0ukef>",
    ),
    # Zimbra
    Quoted("zimbra-vi-intro", "----- Vào 20 Thg 12, 2021, lúc 9:15, {name} {address} đã viết:\n", ""),
    Quoted("zimbra-vi-prefixed", "----- Vào 20 Thg 12, 2021, lúc 9:15, {name} {address} đã viết:\n", "> "),
    Quoted(
        "zimbra-vi-block",
        'Từ: "{name}" <{address}>\nTới: "Trường" <a@khac.example>\nĐã gửi: Thứ Hai, 20 Tháng 12, '
        "2021 09:15:00\n"
        "Chủ đề: Re: Lỗi đăng nhập\n",
    ),
    Quoted(
        "zimbra-vi-separator",
        '----- Thư gốc -----\nTừ: "{name}" <{address}>\nTới: a@khac.example\nĐã gửi: Thứ Hai, '
        "20/12/2021 09:15:00\n"
        "Chủ đề: Re: Lỗi\n",
    ),
    Quoted(
        "zimbra-en-block",
        'From: "{name}" <{address}>\nTo: a@khac.example\nSent: Monday, December 20, 2021 9:15:00 AM\n'
        "Subject: Re: Lỗi\n",
    ),
    Quoted(
        "zimbra-en-separator",
        '----- Original Message -----\nFrom: "{name}" <{address}>\nTo: a@khac.example\n'
        "Sent: Monday, December 20, 2021 9:15:00 AM\nSubject: Re: Lỗi\n",
    ),
    Quoted("zimbra-en-intro", "----- On Dec 20, 2021, at 9:15 AM, {name} {address} wrote:\n", "> "),
    # Thunderbird, Roundcube
    Quoted("thunderbird-vi", "Vào lúc 09:15 20/12/2021, {name} đã viết:", "> "),
    Quoted("thunderbird-vi-author-first", "{name} đã viết vào lúc 09:15 20/12/2021:", "> "),
    Quoted("thunderbird-vi-author", "{name} đã viết:", "> "),
    Quoted("thunderbird-en", "On 20/12/2021 09:15, {name} wrote:", "> "),
    Quoted(
        "thunderbird-separator-vi",
        "-------- Thư gốc --------\nTiêu đề: Re: Lỗi\nNgày: Mon, 20 Dec 2021 09:15:00 +0700\n"
        "Từ: {name} <{address}>\nTới: a@khac.example\n",
    ),
    Quoted("roundcube-vi", "Vào ngày 20-12-2021 09:15, {name} viết:", "> "),
    Quoted("roundcube-en", "On 2021-12-20 09:15, {name} wrote:", "> "),
    Quoted(
        "roundcube-vi-below",
        "-------- Thư gốc --------\nTiêu đề: Re: Lỗi\nNgày: 20-12-2021 09:15\nGửi từ: {name} <{address}>\n"
        "Người nhận: a@khac.example\n",
    ),
    # Apple
    Quoted("apple-vi", "Vào 20 thg 12, 2021, lúc 09:15, {name} <{address}> đã viết:\n", "> "),
    Quoted("apple-en", "On 20 Dec 2021, at 09:15, {name} <{address}> wrote:\n", "> "),
    Quoted("iphone-vi", "> Vào 20 thg 12, 2021, lúc 09:15, {name} <{address}> đã viết:\n> ", "> ", IPHONE_VI),
    Quoted(
        "iphone-vi-sent",
        "Vào 20 thg 12, 2021, lúc 09:15, {name} <{address}> đã viết:\n",
        "> ",
        "Được gửi từ iPhone của tôi",
    ),
    Quoted(
        "iphone-en",
        "> On Dec 20, 2021, at 9:15 AM, {name} <{address}> wrote:\n> ",
        "> ",
        "Sent from my iPhone",
    ),
    Quoted(
        "ipad-vi",
        "> Vào 20 thg 12, 2021, lúc 09:15, {name} <{address}> đã viết:\n> ",
        "> ",
        "Gửi từ iPad của tôi",
    ),
    # Yahoo
    Quoted(
        "yahoo-vi",
        "    Vào Thứ Hai, 20 tháng 12, 2021 lúc 09:15:32 GMT+7, {name} <{address}> đã viết:  \n ",
        "",
    ),
    Quoted(
        "yahoo-android-vi",
        "  Vào Th 2, 20 thg 12, 2021 lúc 09:15, {name}<{address}> đã viết:   ",
        "",
        "Đã gửi từ Yahoo Mail trên Android",
    ),
    Quoted(
        "yahoo-en", "    On Monday, December 20, 2021, 09:15:32 AM GMT+7, {name} <{address}> wrote:  \n ", ""
    ),
    Quoted(
        "yahoo-iphone-en",
        "On Monday, December 20, 2021, 9:15 AM, {name} <{address}> wrote:\n",
        "",
        "Sent from Yahoo Mail for iPhone",
    ),
    # Samsung
    Quoted(
        "samsung-vi",
        "-------- Thư gốc --------\nTừ: {name} <{address}>\nNgày: 20/12/21 09:15 (GMT+07:00)\n"
        "Đến: a@khac.example\nTiêu đề: Re: Lỗi\n",
        foot=SAMSUNG_VI,
    ),
    Quoted(
        "samsung-vi-tin-nhan",
        "-------- Tin nhắn gốc --------\nTừ: {name} <{address}>\nNgày: 20/12/2021 09:15\nĐến: "
        "a@khac.example\n"
        "Chủ đề: Re: Lỗi\n",
        foot="Được gửi từ thiết bị Galaxy của tôi",
    ),
    Quoted(
        "samsung-en",
        "-------- Original message --------\nFrom: {name} <{address}> \nDate: 20/12/2021  09:15  "
        "(GMT+07:00) \n"
        "To: a@khac.example \nSubject: Re: Lỗi \n",
        foot="Sent from my Galaxy",
    ),
    # Zoho, Proton
    Quoted("zoho-en", "---- On Mon, 20 Dec 2021 09:15:32 +0700 {name} <{address}> wrote ----\n", ""),
    Quoted("zoho-vi", "---- Vào Th 2, 20 thg 12 2021 09:15:32 +0700 {name} <{address}> đã viết ----\n", ""),
    Quoted(
        "proton-en",
        "On Monday, December 20th, 2021 at 9:15 AM, {name} <{address}> wrote:\n",
        "> ",
        "Sent with Proton Mail secure email.",
    ),
)

FORWARDS: tuple[Quoted, ...] = (
    Quoted(
        "gmail",
        "---------- Forwarded message ---------\nTừ: {name} <{address}>\nDate: Th 2, 20 thg 12, "
        "2021 vào lúc 09:15\n"
        "Subject: Lỗi ký số\nTo: <vanthu@co-quan.example>\n",
    ),
    Quoted(
        "gmail-en",
        "---------- Forwarded message ---------\nFrom: {name} <{address}>\nDate: Mon, Dec 20, 2021 "
        "at 9:15 AM\n"
        "Subject: Lỗi ký số\nTo: <vanthu@co-quan.example>\n",
    ),
    Quoted(
        "gmail-strong",
        "---------- Forwarded message ---------\nFrom: *{name}* <{address}>\nDate: Mon, Dec 20, "
        "2021 at 9:15 AM\n"
        "Subject: Lỗi ký số\nTo: <vanthu@co-quan.example>\n",
    ),
    Quoted(
        "thunderbird-vi",
        "-------- Tin nhắn đã được chuyển tiếp --------\nTiêu đề: \tLỗi ký số\n"
        "Ngày: \tMon, 20 Dec 2021 09:15:00 +0700\nTừ: \t{name} <{address}>\nTới: \tvanthu@co-quan.example\n",
    ),
    Quoted(
        "thunderbird-en",
        "-------- Forwarded Message --------\nSubject: \tLỗi ký số\nDate: \tMon, 20 Dec 2021 09:15:00 +0700\n"
        "From: \t{name} <{address}>\nTo: \tvanthu@co-quan.example\n",
    ),
    Quoted(
        "outlook-vi",
        "Từ: {name} <{address}>\nĐã gửi: 20 Tháng Mười Hai 2021 9:15 SA\nĐến: Văn thư "
        "<vanthu@co-quan.example>\n"
        "Chủ đề: Lỗi ký số\n",
    ),
    Quoted(
        "outlook-web-vi",
        f"{LINE}\nTừ: {{name}} <{{address}}>\nĐã gửi: 20/12/2021 9:15 SA\nĐến: Văn thư "
        "<vanthu@co-quan.example>\n"
        "Chủ đề: Lỗi ký số\n",
    ),
    Quoted(
        "outlook-separator-vi",
        "-----Thư gốc-----\nTừ: {name} <{address}>\nĐã gửi: 20/12/2021 9:15 SA\nTới: Văn thư\nChủ "
        "đề: Lỗi ký số\n",
    ),
    Quoted(
        "outlook-en",
        "From: {name} <{address}>\nSent: Monday, December 20, 2021 9:15 AM\nTo: Văn thư\nSubject: "
        "Lỗi ký số\n",
    ),
    Quoted(
        "outlook-en-mailto",
        "From: {name} [mailto:{address}]\nSent: Monday, December 20, 2021 9:15 AM\nTo: Văn "
        "thư\nSubject: Lỗi ký số\n",
    ),
    Quoted(
        "outlook-bold",
        "*From:* {name} <{address}>\n*Sent:* Monday, December 20, 2021 9:15 AM\n*To:* Văn "
        "thư\n*Subject:* Lỗi ký số\n",
    ),
    Quoted(
        "zimbra-vi",
        '----- Thư được chuyển tiếp -----\nTừ: "{name}" <{address}>\nTới: vanthu@co-quan.example\n'
        "Đã gửi: Thứ Hai, 20 Tháng 12, 2021 09:15:00\nChủ đề: Lỗi ký số\n",
    ),
    Quoted(
        "zimbra-en",
        '----- Forwarded Message -----\nFrom: "{name}" <{address}>\nTo: vanthu@co-quan.example\n'
        "Sent: Monday, December 20, 2021 9:15:00 AM\nSubject: Lỗi ký số\n",
    ),
    Quoted(
        "roundcube-vi",
        "-------- Thư gốc --------\nTiêu đề: Lỗi ký số\nNgày: 20-12-2021 09:15\nGửi từ: {name} <{address}>\n"
        "Người nhận: vanthu@co-quan.example\n",
    ),
    Quoted(
        "roundcube-en",
        "-------- Original Message --------\nSubject: Lỗi ký số\nDate: 2021-12-20 09:15\nFrom: "
        "{name} <{address}>\n"
        "To: vanthu@co-quan.example\n",
    ),
    Quoted(
        "apple-en",
        "Begin forwarded message:\n\nFrom: {name} <{address}>\nSubject: Lỗi ký số\n"
        "Date: 20 December 2021 at 09:15:00 GMT+7\nTo: vanthu@co-quan.example\n",
    ),
    Quoted(
        "apple-vi",
        "Bắt đầu thư được chuyển tiếp:\n\nTừ: {name} <{address}>\nChủ đề: Lỗi ký số\n"
        "Ngày: 20 tháng 12, 2021 lúc 09:15:00 GMT+7\nTới: vanthu@co-quan.example\n",
    ),
    Quoted(
        "iphone-en",
        "> Begin forwarded message:\n> \n> From: {name} <{address}>\n> Date: December 20, 2021 at "
        "9:15:00 AM GMT+7\n"
        "> To: vanthu@co-quan.example\n> Subject: Lỗi ký số\n> ",
        "> ",
        "Sent from my iPhone",
    ),
    Quoted(
        "yahoo-en",
        "   ----- Forwarded Message ----- From: {name} <{address}>To: vanthu@co-quan.exampleSent: "
        "Monday, December 20,"
        " 2021, 09:15:32 AM GMT+7Subject: Lỗi ký số\n",
    ),
    Quoted(
        "yahoo-lines",
        "----- Forwarded Message -----\nFrom: {name} <{address}>\nTo: vanthu@co-quan.example\n"
        "Sent: Monday, December 20, 2021, 09:15:32 AM GMT+7\nSubject: Lỗi ký số\n",
    ),
    Quoted(
        "samsung-vi",
        "-------- Thư gốc --------\nTừ: {name} <{address}>\nNgày: 20/12/21 09:15 (GMT+07:00)\n"
        "Đến: vanthu@co-quan.example\nTiêu đề: Lỗi ký số\n",
        foot=SAMSUNG_VI,
    ),
    Quoted(
        "samsung-en",
        "-------- Original message --------\nFrom: {name} <{address}>\nDate: 20/12/2021 09:15 (GMT+07:00)\n"
        "To: vanthu@co-quan.example\nSubject: Lỗi ký số\n",
    ),
    Quoted(
        "zoho",
        "============ Forwarded message ============\nFrom: {name} <{address}>\nTo: vanthu@co-quan.example\n"
        "Date: Mon, 20 Dec 2021 09:15:00 +0700\nSubject: Lỗi ký số\n============ Forwarded message "
        "============\n",
    ),
)
