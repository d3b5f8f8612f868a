"""One invented mail for every check of senders and content; ``support.trust_docs`` runs and prints them."""

import base64
from dataclasses import dataclass
from gzip import compress

from triage.core.facts import NO_FACTS, Facts
from triage.core.senderlists import Entry, EntryKind, ListedSender, ListSort

UNIT = '"Kế toán Trường Hoa Cúc" <ketoan@hoacuc.example>'
GATEWAY = "mx1.vst.gov.vn"
FAILED = (("Authentication-Results", f"{GATEWAY}; spf=fail smtp.mailfrom=vst.gov.vn; dmarc=fail"),)
PASSED = (("Authentication-Results", f"{GATEWAY}; dkim=pass header.d=vst.gov.vn; dmarc=pass"),)


@dataclass(frozen=True)
class File:
    """An attachment; ``told`` says what is in it where the name does not."""

    name: str
    type: str = "application/octet-stream"
    data: bytes = b"-"
    told: str = ""


@dataclass(frozen=True)
class Example:
    """What stands in a mail; everything left out is that of an honest unit's mail.

    ``typed`` is what somebody gives to ``triage check-sender`` in place of a mail; ``known`` tells ``facts``.
    """

    sender: str = UNIT
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str = ""
    sort: str = "mixed"
    file: File | None = None
    facts: Facts = NO_FACTS
    known: str = ""
    typed: str = ""
    empty_parts: int = 0

    def raw(self) -> bytes:
        """The bytes of the mail."""
        head = [
            *(f"{name}: {value}" for name, value in self.headers),
            f"From: {self.sender}",
            "To: hotrocntt@vst.gov.vn",
            "Subject: [0010#DVC] Hỏi",
            "Date: Mon, 16 Nov 2026 09:29:00 +0700",
            "Message-ID: <1@hoacuc.example>",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/{self.sort}; boundary="part"',
        ]
        parts = [_part("text/plain; charset=utf-8", self.text.encode())] if self.text or not self.html else []
        parts += [_part("text/html; charset=utf-8", self.html.encode())] if self.html else []
        if self.file:
            name = base64.b64encode(self.file.name.encode()).decode()
            kind = f'{self.file.type}\r\nContent-Disposition: attachment; filename="=?utf-8?b?{name}?="'
            parts.append(_part(kind, self.file.data))
        parts += ["\r\n"] * self.empty_parts
        body = "".join(f"--part\r\n{part}\r\n" for part in parts)
        return ("\r\n".join(head) + f"\r\n\r\n{body}--part--\r\n").encode()

    def shown(self) -> str:
        """The telling parts of the mail, safe to print."""
        lines = [f"check-sender {self.typed}"] if self.typed else []
        lines += [f"({self.known})"] if self.known else []
        lines += [f"({self.empty_parts:,} phần rỗng)".replace(",", ".")] if self.empty_parts else []
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"From: {self.sender}"] if self.sender != UNIT else []
        lines += [self.text] if self.text else []
        lines += [self.html] if self.html else []
        if self.file:
            lines.append(f"[{self.file.name}]" + (f" {self.file.told}" if self.file.told else ""))
        return "\n".join(_printable(line) for line in lines)


def _part(kind: str, data: bytes) -> str:
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}"


def _printable(text: str) -> str:
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


HOSTS = {
    "disguised_official": "vst.g0v.vn",
    "embedded_official": "vst.gov.vn.xacthuc.example",
    "swapped_suffix": "vst.goov.vn",
    "fake_suffix": "hoso-gov-vn.example",
    "name_in_core": "khobac-xacthuc.example",
    "name_in_front": "kbnn.trangmoi.example",
    "short_name": "dvc-login.example",
    "split_name": "k-bnn.example",
    "misspelt_name": "dichvucogn.example",
    "misspelt_short_name": "kbnnn.vn",
    "near_gov_vn": "khobca.gov.vn",
    "other_body": "vneid-capnhat.example",
}
"""One host for each function of CHECKS."""

SENDERS = {
    "DOMAIN_TLD_SWAP": Example("<lan@khobac.example>"),
    "DOMAIN_IP_LITERAL": Example("<hotro@[192.0.2.7]>"),
    "ADDRESS_UNREADABLE": Example("<hotro@@hoacuc..example>"),
    "ADDRESS_ENCODED": Example(typed="Minh <=?utf-8?q?minh=40thuvien.example?=>"),
    "LOCALPART_CLAIM": Example("<hotrocntt.kbnn@gmail.com>"),
    "LOCALPART_SLIP": Example("<hotrocnt@vst.gov.vn>"),
    "LOCALPART_UNIT": Example("<thcshoacuc.kbnn@gmail.com>"),
    "DISPLAY_NAME_SPOOF": Example('"Đội hỗ trợ Kho bạc Nhà nước" <minh@thuvien.example>'),
    "DISPLAY_NAME_IS_ADDRESS": Example('"hotrocntt@vst.gov.vn" <minh@thuvien.example>'),
    "DISPLAY_NAME_UNIT": Example('"Trường Hoa Cúc - Kế toán giao dịch Kho bạc" <ketoan@hoacuc.example>'),
    "REPLYTO_MISMATCH": Example("<hotrocntt@vst.gov.vn>", (*PASSED, ("Reply-To", "<minh@thuvien.example>"))),
    "SENDER_MISMATCH": Example("<hotrocntt@vst.gov.vn>", (("Sender", "<minh@thuvien.example>"),)),
    "SEVERAL_FROM": Example("<hotrocntt@vst.gov.vn>, <minh@thuvien.example>"),
    "OFFICIAL_SENDER": Example("<vanphong@vst.gov.vn>", PASSED),
    "AUTH_FAIL_PROTECTED": Example("<hotrocntt@vst.gov.vn>", FAILED),
    "SENDER_MISPRINT": Example("<hotcrocntt@vst.gov.vn>"),
    "OWN_NAME_UNPROVEN": Example(
        "<hotrocntt@vst.gov.vn>", text="Đề nghị quý đơn vị cung cấp mật khẩu trước 17 giờ hôm nay."
    ),
}

MINH = "minh@thuvien.example"


def _listed(sort: ListSort) -> Facts:
    reason = "đã gọi điện xác minh" if sort is ListSort.ALLOW else "đơn vị báo mạo danh"
    return Facts(listed=(ListedSender(sort, Entry(EntryKind.ADDRESS, MINH), reason),))


DEALINGS = {
    "LISTED_BLOCKED": Example(f"<{MINH}>", facts=_listed(ListSort.BLOCK), known=f"{MINH}: danh sách chặn"),
    "ON_WATCH_LIST": Example(
        text=f"Nhờ anh chị gửi về {MINH}.",
        facts=_listed(ListSort.WATCH),
        known=f"{MINH}: danh sách theo dõi",
    ),
    "LISTED_ALLOWED": Example(
        f"<{MINH}>", facts=_listed(ListSort.ALLOW), known=f"{MINH}: danh sách cho phép"
    ),
    "LISTED_ALLOWED_UNPROVEN": Example(
        f"<{MINH}>",
        (("Authentication-Results", f"{GATEWAY}; spf=fail smtp.mailfrom=thuvien.example; dmarc=fail"),),
        facts=_listed(ListSort.ALLOW),
        known=f"{MINH}: danh sách cho phép",
    ),
    "KNOWN_SENDER": Example(
        "<lan@khobac.example>",
        (("Authentication-Results", f"{GATEWAY}; dkim=pass header.d=khobac.example; dmarc=pass"),),
        facts=Facts(known_sender=True),
        known="đã từng trả lời địa chỉ này",
    ),
}

WISHES = {
    "PASSWORD_REQUEST": Example(text="Đề nghị quý đơn vị gửi mật khẩu đăng nhập để chúng tôi kiểm tra."),
    "PIN_REQUEST": Example(text="Quý đơn vị vui lòng cung cấp mã PIN của chứng thư số."),
    "OTP_REQUEST": Example(text="Anh chị đọc mã OTP vừa nhận được cho cán bộ kỹ thuật."),
    "LOGIN_REQUEST": Example(text="Đề nghị các đơn vị cung cấp tên đăng nhập để đồng bộ hệ thống."),
    "REMOTE_ACCESS_REQUEST": Example(text="Quý đơn vị vui lòng cài UltraViewer để kỹ thuật xử lý."),
    "CARD_REQUEST": Example(text="Đề nghị quý đơn vị gửi ảnh CCCD của chủ tài khoản."),
    "QR_REQUEST": Example(text="Đề nghị quý đơn vị quét mã QR trong tệp kèm theo."),
    "CONTACT_REQUEST": Example(text="Cho tôi xin số Zalo của kế toán trưởng."),
    "CLICK_REQUEST": Example(text="Đề nghị quý đơn vị bấm vào liên kết sau."),
    "INSTALL_REQUEST": Example(text="Đề nghị quý đơn vị cài đặt ứng dụng mới."),
    "SECRET_DISCLOSED_BY_SENDER": Example(
        text="Em không vào được, nhờ anh chị xem giúp. Mật khẩu của em là Hoacuc2026."
    ),
    "PAYMENT_REQUEST": Example(text="Đề nghị đơn vị nộp phí duy trì ngay hôm nay."),
    "ACCOUNT_CHANGE": Example(text="Từ nay đề nghị chuyển tiền vào tài khoản mới 12345678."),
    "THREAT": Example(text="Đơn vị không khai lại sẽ bị khóa tài khoản."),
    "URGENCY": Example(text="Việc khẩn, đề nghị xử lý trong hôm nay."),
    "SECRECY": Example(text="Việc này anh chị giữ bí mật, không gọi tổng đài."),
    "PRESSURE": Example(text="Cho tôi xin số Zalo của kế toán trưởng. Việc gấp, không nói với ai."),
    "PHONE_NOT_OFFICIAL": Example(text="Tổng đài hỗ trợ mới: 0900 000 001, vui lòng gọi khi cần."),
    "ALTERNATIVES_DIFFER": Example(
        text="Em chào anh chị.",
        html="<p>Trường Hoa Cúc gửi anh chị lịch họp phụ huynh tuần tới.</p>",
        sort="alternative",
    ),
    "FAKE_TICKET": Example(
        text="Về yêu cầu SD261116-000999 đã gửi.",
        facts=Facts(issued=(("SD261116-000999", False),)),
        known="mã này chưa từng cấp cho người gửi",
    ),
    "BODY_CLAIM": Example(text="Kính gửi quý đơn vị.\n\nTrân trọng,\nĐội hỗ trợ CNTT"),
    "BODY_LOOKALIKE_ADDRESS": Example(text="Từ nay gửi yêu cầu về hotrocntt@khobac-hotro.example nhé."),
    "BODY_LOOKALIKE_HOST": Example(text="Trang mới là khobac-hotro.com, đăng ký ở đó."),
    "BODY_MISPRINT": Example(text="Chúng tôi đã gửi tới hotcrocntt@vst.gov.vn như công văn ghi."),
}

LINKS = {
    "LINK_LOOKALIKE": Example(text="Xem tại https://khobac-xacthuc.example/moi"),
    "LINK_TEXT_MISMATCH": Example(html='<a href="https://trang.example/a">https://vst.gov.vn</a>'),
    "LINK_IP_HOST": Example(text="Xem tại http://192.0.2.7/dangnhap"),
    "LINK_USERINFO": Example(text="Xem tại https://vst.gov.vn@trang.example/a"),
    "LINK_SCRIPT": Example(html='<a href="javascript:mo()">Xem</a>'),
    "LINK_SHORTENER": Example(text="Xem tại https://bit.ly/kbnn-dangnhap"),
    "LINK_FREE_HOST": Example(text="Điền tại https://sites.google.com/view/kbnn-hotro"),
    "LINK_NAME_IN_PATH": Example(text="Xem tại https://trang.example/vst.gov.vn/login"),
    "LINK_PUNYCODE": Example(text="Xem tại https://xn--trng-7cd.example/a"),
    "LINK_AMBIGUOUS": Example(text="Xem tại https://trang.example\\@vst.gov.vn/a"),
    "APK_LINK": Example(text="Tải tại https://trang.example/dvc.apk"),
    "EXE_LINK": Example(text="Tải tại https://trang.example/capnhat.exe"),
    "HTML_FORM": Example(html='<form action="https://trang.example/a"><input type="password"></form>'),
}

_FORM = b'<form action="https://trang.example/a"><input type="password"></form>'
_REFRESH = b'<meta http-equiv="refresh" content="0;url=https://trang.example/a">'
FILES = {
    "ATTACH_EXECUTABLE": Example(file=File("capnhat.exe")),
    "ATTACH_DOUBLE_EXTENSION": Example(file=File("cong-van.pdf.exe")),
    "ATTACH_RTL_NAME": Example(file=File("cong-van-\u202efdp.exe")),
    "ATTACH_DISK_IMAGE": Example(file=File("ho-so.iso")),
    "ATTACH_MACRO": Example(file=File("bang-ke.docm")),
    "ATTACH_DISGUISED": Example(file=File("cong-van.pdf", "application/pdf", b"MZ\x90", "bắt đầu bằng MZ")),
    "ATTACH_BOMB": Example(
        file=File("ho-so.gz", data=compress(bytes(17_000_000), mtime=0), told="17 MB số không trong 17 KB")
    ),
    "NOT_READ_WHOLE": Example(text="Kính gửi Đội hỗ trợ.", empty_parts=1_200),
    "ATTACH_ENCRYPTED": Example(
        text="Mật khẩu giải nén: 1234",
        file=File("ho-so.7z", data=b"7z\xbc\xaf\x27\x1c", told="tệp nén"),
    ),
    "ATTACH_HTML": Example(file=File("thong-bao.html", "text/html", b"<p>Xem</p>", "<p>Xem</p>")),
    "ATTACH_HTML_FORM": Example(file=File("dang-nhap.html", "text/html", _FORM, _FORM.decode())),
    "ATTACH_HTML_REDIRECT": Example(file=File("xem.html", "text/html", _REFRESH, _REFRESH.decode())),
}


def _reported(sender: str) -> Example:
    return Example(
        text=(
            "Kính gửi Đội hỗ trợ, đơn vị nhận được thư lạ dưới đây, có phải của Kho bạc không?\n\n"
            "---------- Forwarded message ---------\n"
            f"From: {sender}\nDate: Mon, Nov 16, 2026 at 8:00 AM\nSubject: Thông báo\n"
            "To: <ketoan@hoacuc.example>\n\nĐề nghị quý đơn vị cung cấp mật khẩu."
        )
    )


REPORTS = {
    "REPORTED_IMPOSTOR": _reported("Hỗ trợ <hotro@khobac-xacthuc.example>"),
    "REPORTED_OWN_ADDRESS": _reported("Hỗ trợ <hotrocntt@vst.gov.vn>"),
    "REPORTED_SENDER": _reported("Hỗ trợ <minh@thuvien.example>"),
}
"""What a unit passes on to us; none of it weighs against the unit."""

SECTIONS = {
    "Who writes": SENDERS,
    "What is known of the sender": DEALINGS,
    "What the text asks and says": WISHES,
    "Where links lead": LINKS,
    "What attachments are": FILES,
    "Whom a unit reports": REPORTS,
}
