"""The further tables of a report: what was lacking, first contact, people's loads, impostors, both sides."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.core.decision import Part
from triage.core.durations import Meter, spread
from triage.core.people import Right
from triage.db import campaigns, colleagues, figures
from triage.db.campaigns import Seen
from triage.db.figures import Act, FirstContact, Stay
from triage.service.campaignacts import label
from triage.web import wording
from triage.web.desk import Ask
from triage.web.historyvalues import back_reason
from triage.web.reportfilter import ReportFilter
from triage.web.shown import visible

REOPENED_WITHIN = timedelta(days=7)
"""An answer after which a ticket was opened again so soon has not solved it."""

Value = str | int
"""A cell; a share is a word with its percent sign."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table whose columns are its own; ``note`` says what is counted."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    note: str


def grids_of(ask: Ask, chosen: ReportFilter, now: datetime) -> tuple[Grid, ...]:
    """Count the further tables of a report; those that would hold nothing are left out."""
    person, span = ask.person, chosen.span(ask)
    oversees = person.may(Right.OVERSEE)
    with ask.desk.database.read() as connection:
        stays = figures.stays(connection, person, now, span)
        standing = figures.standing(connection, person, now, span)
        first = figures.first_contact(connection, person, now, span, REOPENED_WITHIN)
        missing = figures.missing(connection, person, now, span)
        impostors = figures.impostors(connection, person, now, span)
        campaigning = campaigns.within(connection, person, now, span) if oversees else []
        acts = figures.acts(connection, person, now, span) if oversees else []
        open_now = figures.held_now(connection, person, now, span) if oversees else {}
        loads = _loads(acts, open_now)
        people = colleagues.by_login(connection, loads)
    names = {login: one.display_name for login, one in people.items()}
    every = (
        _sides(ask, stays, standing, now),
        _reasons(ask, stays),
        _first(ask, first),
        _missing(ask, missing),
        _people(ask, {names[login]: counts for login, counts in loads.items() if login in names}),
        _impostors(ask, impostors),
        _campaigns(ask, campaigning),
    )
    return tuple(one for one in every if one.rows)


def _sides(ask: Ask, stays: Sequence[Stay], standing: tuple[int, int], now: datetime) -> Grid:
    say, calendar = ask.words.say, ask.desk.app.means.rules.calendar
    meter = Meter(calendar, min((min(one.opened_at, one.handed_at) for one in stays), default=now))
    before = spread(meter.seconds(one.opened_at, one.handed_at) for one in stays)
    there = spread(meter.seconds(one.handed_at, _until(one, now)) for one in stays)

    def told(seconds: int | None) -> str:
        return "–" if seconds is None else wording.span(ask.words, calendar, seconds)

    back = sum(one.ending == "back" for one in stays)
    answered = sum(one.answered_at is not None for one in stays)
    centre = (say("Trung ương, trước khi giao"), standing[0], before.number, "–", "–")
    province = (say("Kho bạc"), standing[1], there.number, answered, back)
    return Grid(
        say("Trung ương và kho bạc"),
        (
            say("Nơi"),
            say("Đang chờ xử lý"),
            say("Đã giao"),
            say("Kho bạc đã trả lời"),
            say("Trả về trung ương"),
            say("Một nửa trong vòng"),
            say("9/10 trong vòng"),
        ),
        [
            (*centre, told(before.median), told(before.most)),
            (*province, told(there.median), told(there.most)),
        ]
        if stays or any(standing)
        else [],
        say(
            "Tính các lần giao trong tháng, theo giờ làm việc. Ở trung ương: từ khi nhận đến khi giao. "
            "Ở kho bạc: từ khi giao đến thư trả lời đầu tiên, "
            "hoặc đến khi phiếu rời kho bạc hay được đóng; chưa có thì tính đến lúc này. "
            "Số đang chờ là số lúc này."
        ),
    )


def _until(stay: Stay, now: datetime) -> datetime:
    """Give until when a ticket waited for its province, which it may have come to when it was closed once."""
    closed = stay.closed_at if stay.closed_at and stay.closed_at >= stay.handed_at else None
    return min(one for one in (stay.answered_at, stay.ended_at, closed, now) if one is not None)


def _reasons(ask: Ask, stays: Iterable[Stay]) -> Grid:
    say = ask.words.say
    counted = Counter(one.reason for one in stays if one.ending == "back")
    return Grid(
        say("Lý do trả về trung ương"),
        (say("Lý do"), say("Phiếu")),
        [(back_reason(ask.words, reason), number) for reason, number in counted.most_common()],
        say("Tính các lần giao trong tháng mà kho bạc đã trả về; lời giải thích ghi trong lịch sử phiếu."),
    )


def _first(ask: Ask, found: FirstContact) -> Grid:
    say = ask.words.say
    row = (say("Đã giải quyết hoặc hướng dẫn"), found.solved, found.at_first)
    return Grid(
        say("Giải quyết ngay lần trả lời đầu"),
        (say("Kết quả"), say("Phiếu"), say("Ngay lần đầu"), say("Tỷ lệ")),
        [(*row, _share(found.at_first, found.solved))] if found.solved else [],
        say(
            "Phiếu mở trong tháng, đã đóng là đã giải quyết hoặc đã hướng dẫn, chỉ có một thư trả lời "
            "(không kể thư tự động), và không mở lại trong %(days)s ngày sau thư đó.",
            days=REOPENED_WITHIN.days,
        ),
    )


def _missing(ask: Ask, found: Sequence[tuple[str | None, bool, int]]) -> Grid:
    say = ask.words.say
    known = [(missing, whole, number) for missing, whole, number in found if missing is not None]
    every = sum(number for _, _, number in known)
    names = {
        Part.DESCRIPTION: say("Thiếu mô tả lỗi"),
        Part.SCREENSHOT: say("Thiếu ảnh màn hình"),
        Part.CONTACT: say("Thiếu họ tên, số điện thoại"),
    }

    def row(name: str, some: Iterable[tuple[str, bool, int]]) -> tuple[Value, ...]:
        listed = list(some)
        number = sum(count for _, _, count in listed)
        whole = sum(count for _, brought, count in listed if brought)
        return name, number, _share(number, every), whole

    lacking = [one for one in known if one[0]]
    rows = [row(say("Thiếu ít nhất một phần"), lacking)]
    rows += [row(name, (one for one in lacking if part in one[0].split(","))) for part, name in names.items()]
    return Grid(
        say("Yêu cầu chưa đủ thông tin"),
        (say("Phần thiếu"), say("Phiếu"), say("Tỷ lệ"), say("Đơn vị đã bổ sung đủ")),
        rows if lacking else [],
        say(
            "Theo thư đầu tiên của phiếu; tỷ lệ trên các phiếu có ghi nhận. "
            "Đã bổ sung đủ: thư sau của đơn vị có mọi phần còn thiếu."
        ),
    )


def _loads(acts: Iterable[Act], open_now: dict[str, int]) -> dict[str, Counter[str]]:
    """Add up by login what people have and did."""
    found: dict[str, Counter[str]] = {login: Counter(open=number) for login, number in open_now.items()}
    for one in acts:
        counts = found.setdefault(one.actor, Counter())
        match one.verb:
            case "assigned" if one.after:
                found.setdefault(one.after, Counter())["taken"] += one.number
            case "answered":
                counts["answered"] += one.number
                counts["closed"] += one.number if one.after == "closed" else 0
            case "recalled":
                counts["answered"] -= one.number
            case "closed":
                counts["closed"] += one.number
            case _:
                pass
    return {login: counts for login, counts in found.items() if any(counts.values())}


def _people(ask: Ask, loads: dict[str, Counter[str]]) -> Grid:
    say = ask.words.say
    columns = ("open", "taken", "answered", "closed")
    rows: list[tuple[Value, ...]] = [
        (name, *(counts[one] for one in columns))
        for name, counts in sorted(loads.items(), key=lambda pair: (-pair[1]["answered"], pair[0]))
    ]
    return Grid(
        say("Khối lượng của từng người"),
        (say("Người xử lý"), say("Đang giữ"), say("Đã nhận"), say("Đã trả lời"), say("Đã đóng")),
        rows,
        say(
            "Việc đã làm trong tháng, kể cả với phiếu mở trước đó; số đang giữ là số lúc này. "
            "Thư đã thu hồi không tính."
        ),
    )


def _impostors(ask: Ask, found: Iterable[tuple[str, datetime]]) -> Grid:
    say, zone = ask.words.say, ask.desk.app.means.zone
    weeks: dict[datetime, Counter[str]] = {}
    for what, at in found:
        local = at.astimezone(zone)
        monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        weeks.setdefault(monday, Counter())[what] += 1
    columns = ("held", "reported", "confirmed_impostor")
    return Grid(
        say("Thư mạo danh theo tuần"),
        (say("Tuần từ"), say("Tạm giữ"), say("Đơn vị báo"), say("Xác nhận mạo danh")),
        [(f"{monday:%d/%m}", *(counts[one] for one in columns)) for monday, counts in sorted(weeks.items())],
        say("Tuần bắt đầu từ thứ Hai. Tạm giữ: thư bị giữ khi đến hoặc do người giữ sau đó."),
    )


def _campaigns(ask: Ask, found: Iterable[Seen]) -> Grid:
    say, zone = ask.words.say, ask.desk.app.means.zone

    def day(at: datetime) -> str:
        return f"{at.astimezone(zone):%d/%m}"

    return Grid(
        say("Chiến dịch mạo danh"),
        (say("Chiến dịch"), say("Thư"), say("Thư đầu"), say("Thư cuối")),
        [
            (f"{label(one.id)} {visible(one.name)}".rstrip(), one.mails, day(one.first_at), day(one.last_at))
            for one in found
        ],
        say("Thư mạo danh và thư báo mạo danh đến trong tháng, theo chiến dịch."),
    )


def _share(number: int, every: int) -> str:
    return f"{round(100 * number / every)}%" if every else "–"
