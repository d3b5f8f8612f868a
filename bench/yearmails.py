"""The mails of a made-up year: each day's requests, errors that many provinces meet at once, impostors."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.header import Header
from email.utils import format_datetime
from functools import cache

import phrases
from mails import known_codes

from triage.core.calendar import WorkCalendar

AT_WORK = 0.95
"""The share of mails that come in office hours; the others come at any hour of any day."""

TAGGED = 0.92
"""The share of requests with the tag of a treasury."""

SURGES_A_MONTH = 2
_SURGE_MINUTES = 90
_SURGE_MAILS = (12, 40)
_SURGE_SHARE = 0.02
"""Of all mails of the year, at most: a small year has small surges."""

_ERRORS = (
    "Hệ thống báo lỗi {code}: {what}.",
    "Từ nãy đến giờ màn hình cứ hiện {code} - {what}, không làm tiếp được.",
    "Đơn vị gặp thông báo '{code} {what}' và bị thoát ra.",
    "Khi thao tác thì trang trả về mã {code} ({what}), thử lại nhiều lần vẫn vậy.",
)
_SYSTEMS = ("ERR", "SYS", "TAB")
_WHATS = (
    "máy chủ ký số không phản hồi",
    "phiên làm việc đã bị hủy ngoài dự kiến",
    "không lưu được bảng kê thanh toán",
    "kết nối tới kho dữ liệu bị từ chối",
    "danh mục mã nguồn vốn trống",
    "không xác minh được dấu thời gian",
    "tệp ủy nhiệm chi bị khóa bởi tiến trình khác",
    "dịch vụ đối soát tạm ngừng",
)
_IMPOSTORS = (
    ("Hỗ trợ CNTT KBNN", "hotrocntt@vst-gov.example", "0900 000 911", "nang-cap-dvc.example"),
    (
        "Phòng Hỗ trợ Kho bạc",
        "hotrocntt@vst.gov.vn.kho-bac.example",
        "0900 000 922",
        "xac-thuc-token.example",
    ),
)
_LURE = (
    "Kính gửi kế toán đơn vị {n}, tài khoản dịch vụ công của đơn vị sẽ bị khóa trong 24 giờ. Đề nghị gửi mật "
    "khẩu và mã OTP tới địa chỉ này, hoặc đăng nhập tại http://{host}/dvc, hoặc gọi {phone} để biết cách làm."
)


_codes = cache(known_codes)


@dataclass(frozen=True, slots=True, order=True)
class YearMail:
    """A mail with the moment at which the server got it; ``surge`` and ``impostor`` number what it is of.

    ``key`` is the seed of its own words: a year of mails that were written beforehand would fill memory.
    """

    at: datetime
    key: str
    surge: int = -1
    impostor: int = -1

    def write(self) -> bytes:
        """Give its bytes, the same each time."""
        rng = random.Random(self.key)
        if self.impostor >= 0:
            return _lure(rng, self)
        subject, text = _error(rng, self) if self.surge >= 0 else _everyday(rng)
        return _of_unit(rng, self, subject, text)


def year_mails(year: int, count: int, calendar: WorkCalendar, seed: int) -> list[YearMail]:
    """Give about ``count`` mails of a year in the order of time; the same seed gives the same mails."""
    rng = random.Random(seed)
    first = date(year, 1, 1)
    days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    worked = [day for day in days if calendar.is_working_day(day)]
    size = min(_SURGE_MAILS[1], max(_SURGE_MAILS[0], round(count * _SURGE_SHARE / (12 * SURGES_A_MONTH))))
    special = [*_surges(rng, seed, worked, calendar, size), *_campaigns(rng, seed, worked, calendar)]
    moments = (_moment(rng, days, worked, calendar) for _ in range(count - len(special)))
    return sorted((*special, *(YearMail(at, f"{seed}-y{number}") for number, at in enumerate(moments))))


def _moment(rng: random.Random, days: list[date], worked: list[date], calendar: WorkCalendar) -> datetime:
    if rng.random() > AT_WORK:
        return datetime.combine(rng.choice(days), time(), calendar.zone) + timedelta(
            seconds=rng.randrange(86_400)
        )
    return _in_office(rng, rng.choice(worked), calendar)


def _in_office(rng: random.Random, day: date, calendar: WorkCalendar) -> datetime:
    opens, closes = rng.choice(calendar.office_hours)
    start, end = (datetime.combine(day, one, calendar.zone) for one in (opens, closes))
    return start + (end - start) * rng.random()


def _surges(
    rng: random.Random, seed: int, worked: list[date], calendar: WorkCalendar, size: int
) -> Iterator[YearMail]:
    for number in range(12 * SURGES_A_MONTH):
        month = [day for day in worked if day.month == number // SURGES_A_MONTH + 1]
        opens = calendar.office_hours[rng.randrange(2)][0]
        start = datetime.combine(rng.choice(month), opens, calendar.zone) + timedelta(
            minutes=rng.randrange(60)
        )
        for turn in range(size):
            at = start + timedelta(minutes=_SURGE_MINUTES * rng.random())
            yield YearMail(at, f"{seed}-s{number}-{turn}", surge=number)


def _campaigns(
    rng: random.Random, seed: int, worked: list[date], calendar: WorkCalendar
) -> Iterator[YearMail]:
    for number in range(len(_IMPOSTORS)):
        first = rng.randrange(len(worked) - 20)
        for turn in range(20):
            at = _in_office(rng, worked[first + turn // 2], calendar)
            yield YearMail(at, f"{seed}-c{number}-{turn}", impostor=number)


def _everyday(rng: random.Random) -> tuple[str, str]:
    trouble, opening = rng.choice(phrases.TROUBLES)
    details = " ".join(rng.sample(phrases.DETAILS, rng.randint(2, 4)))
    tag = f"[{rng.choice(_codes())}#DVC] " if rng.random() < TAGGED else ""
    return f"{tag}{trouble}", f"{opening} {details}"


def _error(rng: random.Random, mail: YearMail) -> tuple[str, str]:
    what = _WHATS[mail.surge % len(_WHATS)]
    code = f"{_SYSTEMS[mail.surge % len(_SYSTEMS)]}-{1000 + 37 * mail.surge}"
    text = f"{rng.choice(_ERRORS).format(code=code, what=what)} {rng.choice(phrases.DETAILS)}"
    return f"[{rng.choice(_codes())}#DVC] Lỗi {code}", text


def _lure(rng: random.Random, mail: YearMail) -> bytes:
    name, address, phone, host = _IMPOSTORS[mail.impostor]
    text = _LURE.format(n=rng.randrange(1, 100), host=host, phone=phone)
    return _mail(f"{name} <{address}>", mail, "[0010#DVC] Khóa tài khoản", text)


def _of_unit(rng: random.Random, mail: YearMail, subject: str, text: str) -> bytes:
    name = " ".join(rng.choice(names) for names in (phrases.FAMILY, phrases.MIDDLE, phrases.GIVEN))
    unit = rng.choice(phrases.UNITS).format(n=rng.randrange(1, 5000))
    contact = phrases.CONTACT.format(name=name, phone=f"09{rng.randrange(10**7, 10**8)}")
    body = f"{phrases.GREETING}\r\n{text}\r\nĐơn vị: {unit}.\r\n{contact}"
    return _mail(f"ketoan@donvi{rng.randrange(100_000):05}.example", mail, subject, body)


def _mail(sender: str, mail: YearMail, subject: str, body: str) -> bytes:
    name, _, address = sender.rpartition(" ")
    shown = f"{Header(name, 'utf-8').encode()} {address}" if name else address
    lines = (
        f"From: {shown}",
        "To: hotrocntt@vst.gov.vn",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Date: {format_datetime(mail.at.astimezone(UTC))}",
        f"Message-ID: <{mail.key}@year.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    head = "".join(line + "\r\n" for line in lines)
    return f"{head}\r\n{body}\r\n".encode()
