"""What stands in the database, in the words of a person: states, kinds, queues, deadlines, moments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.calendar import WARN_AFTER, WorkCalendar
from triage.core.category import Category
from triage.core.decision import SECURITY, UNROUTED
from triage.core.rules import Rulebook
from triage.web.templating import Words

_HOUR = 3600
_MINUTE = 60
_TELLS_HOURS = 4 * _HOUR
"""Working seconds below which the hours that are left are told, and above which the hour of the end is."""

_COUNTED = timedelta(days=60)
"""How far back working time is counted; what is older is told by its date."""


class Urgency(StrEnum):
    """How a deadline stands; a page marks it by class, shape and word."""

    NONE = "none"
    LATER = "later"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as a list shows it: ``text`` in working time, ``at`` the moment in full, local time."""

    text: str
    urgency: Urgency
    at: str


def status(words: Words, value: str) -> str:
    """Give the word for the state of a ticket."""
    told = {
        "new": words.say("Mới"),
        "in_progress": words.say("Đang xử lý"),
        "waiting": words.say("Chờ đơn vị"),
        "snoozed": words.say("Tạm hoãn"),
        "held": words.say("Tạm giữ"),
        "closed": words.say("Đã đóng"),
    }
    return told.get(value, value)


def verdict(words: Words, value: str) -> str:
    """Give the word for what is thought of a sender."""
    told = {
        "trusted": words.say("Đã xác thực"),
        "ordinary": words.say("Không có dấu hiệu lạ"),
        "suspicious": words.say("Đáng ngờ"),
        "impersonation": words.say("Nghi mạo danh"),
    }
    return told.get(value, value)


def severity(words: Words, value: str) -> str:
    """Give the word for how much a finding weighs."""
    told = {
        "info": words.say("Thông tin"),
        "low": words.say("Thấp"),
        "medium": words.say("Trung bình"),
        "high": words.say("Cao"),
        "critical": words.say("Nghiêm trọng"),
    }
    return told.get(value, value)


def priority(words: Words, value: int) -> str:
    """Give the word for a priority from 1 (most urgent) to 5."""
    told = {
        1: words.say("Khẩn"),
        2: words.say("Ưu tiên cao"),
        3: words.say("Ưu tiên vừa"),
        4: words.say("Thường"),
        5: words.say("Ưu tiên thấp"),
    }
    return told.get(value, str(value))


def category(words: Words, categories: tuple[Category, ...], value: str) -> str:
    """Give the name that the rules give to a category; its id where they have none any more."""
    found = next((one for one in categories if one.id == value), None)
    if found is None:
        return value
    return found.name_vi if words.language == "vi" else found.name_en


def queue_name(words: Words, rules: Rulebook, queue: str) -> str:
    """Give the name of a queue: that of its treasury, or the word for one of our own."""
    if queue == UNROUTED:
        return words.say("Chưa định tuyến")
    if queue == SECURITY:
        return words.say("An toàn")
    return rules.treasuries.queue_name(queue) or queue


def moment(when: datetime, calendar: WorkCalendar) -> str:
    """Write an aware moment in full, in local time."""
    return f"{when.astimezone(calendar.zone):%H:%M %d/%m/%Y}"


def short_moment(when: datetime, calendar: WorkCalendar, now: datetime) -> str:
    """Write an aware moment as briefly as is clear: the hour of today, else the day, with a strange year."""
    local, today = when.astimezone(calendar.zone), now.astimezone(calendar.zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%d/%m}" if local.year == today.year else f"{local:%d/%m/%Y}"


def deadline(words: Words, calendar: WorkCalendar, due_at: datetime | None, now: datetime) -> Deadline:
    """Tell how a deadline stands at a moment, in working time."""
    if due_at is None:
        return Deadline(words.say("không có hạn"), Urgency.NONE, "")
    at = moment(due_at, calendar)
    if due_at < now:
        return Deadline(_late(words, calendar, due_at, now), Urgency.OVERDUE, at)
    if due_at - now > _COUNTED:
        return Deadline(words.say("hạn %(day)s", day=_day(due_at, calendar)), Urgency.LATER, at)
    left = calendar.working_seconds(now, due_at)
    urgency = Urgency.SOON if left <= WARN_AFTER.total_seconds() else Urgency.LATER
    return Deadline(_left(words, calendar, due_at, now, left), urgency, at)


def resting(words: Words, calendar: WorkCalendar, due_at: datetime | None, now: datetime) -> Deadline:
    """Tell of a deadline that presses nobody, as its ticket does not wait for us; one gone by as its day."""
    told = deadline(words, calendar, due_at, now)
    text = told.text
    if due_at is not None and due_at < now:
        text = words.say("hạn %(day)s", day=_day(due_at, calendar))
    return Deadline(text, Urgency.NONE, told.at)


def paused(words: Words, calendar: WorkCalendar, due_at: datetime | None) -> Deadline:
    """Tell of a deadline whose working time stands still; ``at`` is the moment before it is moved."""
    at = moment(due_at, calendar) if due_at else ""
    return Deadline(words.say("tạm dừng tính hạn"), Urgency.NONE, at)


def span(words: Words, calendar: WorkCalendar, seconds: int) -> str:
    """Write working time with its two greatest units; a day is one of office hours."""
    days, rest = divmod(seconds, _working_day(calendar))
    hours, minutes = divmod(rest // _MINUTE, 60)
    told = (
        words.count("%(num)s ngày làm việc", "%(num)s ngày làm việc", days) if days else "",
        words.count("%(num)s giờ", "%(num)s giờ", hours) if hours else "",
        words.count("%(num)s phút", "%(num)s phút", minutes) if minutes or not (days or hours) else "",
    )
    return " ".join([one for one in told if one][:2])


def waited(words: Words, calendar: WorkCalendar, since: datetime, now: datetime) -> str:
    """Tell the working time since a moment; what is older than two months by its date."""
    if now - since > _COUNTED:
        return words.say("từ %(day)s", day=_day(since, calendar))
    seconds = calendar.working_seconds(since, now)
    if days := seconds // _working_day(calendar):
        return words.count("%(num)s ngày làm việc", "%(num)s ngày làm việc", days)
    if hours := seconds // _HOUR:
        return words.count("%(num)s giờ", "%(num)s giờ", hours)
    return words.count("%(num)s phút", "%(num)s phút", seconds // _MINUTE)


def _late(words: Words, calendar: WorkCalendar, due_at: datetime, now: datetime) -> str:
    if now - due_at > _COUNTED:
        return words.say("quá hạn từ %(day)s", day=_day(due_at, calendar))
    seconds = calendar.working_seconds(due_at, now)
    if days := seconds // _working_day(calendar):
        return words.count("quá hạn %(num)s ngày làm việc", "quá hạn %(num)s ngày làm việc", days)
    if hours := seconds // _HOUR:
        return words.count("quá hạn %(num)s giờ làm việc", "quá hạn %(num)s giờ làm việc", hours)
    if minutes := seconds // _MINUTE:
        return words.count("quá hạn %(num)s phút làm việc", "quá hạn %(num)s phút làm việc", minutes)
    return words.say("vừa quá hạn")


def _left(words: Words, calendar: WorkCalendar, due_at: datetime, now: datetime, seconds: int) -> str:
    if seconds < _HOUR:
        minutes = max(seconds // _MINUTE, 1)
        return words.count("còn %(num)s phút làm việc", "còn %(num)s phút làm việc", minutes)
    if seconds <= _TELLS_HOURS:
        hours = seconds // _HOUR
        return words.count("còn %(num)s giờ làm việc", "còn %(num)s giờ làm việc", hours)
    local, today = due_at.astimezone(calendar.zone), now.astimezone(calendar.zone).date()
    if local.date() == today:
        return words.say("hạn %(hour)s hôm nay", hour=f"{local:%H:%M}")
    if local.date() == today + timedelta(days=1):
        return words.say("hạn %(hour)s ngày mai", hour=f"{local:%H:%M}")
    days = max(seconds // _working_day(calendar), 1)
    return words.count("còn %(num)s ngày làm việc", "còn %(num)s ngày làm việc", days)


def _day(when: datetime, calendar: WorkCalendar) -> str:
    return f"{when.astimezone(calendar.zone):%d/%m/%Y}"


def _working_day(calendar: WorkCalendar) -> int:
    """Count the seconds of one day's office hours."""
    hours = sum(
        (end.hour - start.hour) * _HOUR + (end.minute - start.minute) * _MINUTE
        for start, end in calendar.office_hours
    )
    return max(hours, _MINUTE)
