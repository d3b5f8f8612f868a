"""How the service stands, a line a check in the words of a person: state, since when, what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.alarms import ALARMS, OF_A_MAILBOX
from triage.core.boxes import MAIN, parts_of
from triage.core.calendar import WorkCalendar
from triage.db.backlog import Backlog
from triage.db.heartbeats import LOSS, MAILBOX, RULES
from triage.service.health import Check
from triage.service.operations import Nightly, Records, Standing
from triage.web.shown import visible
from triage.web.templating import Words
from triage.web.wording import moment

LONG = timedelta(minutes=30)
"""How long a mail or a letter may wait before somebody should look."""

_MISSED = timedelta(hours=26)
"""After which time a nightly check has been missed."""


_BY_ALARM = frozenset({"storage", "folders", "paging", "nobody-to-page"})
"""Alarms about what no other line tells."""


class Grade(StrEnum):
    """How grave a line is; the value is how a page marks it."""

    ALARM = "overdue"
    WARNING = "soon"
    WELL = "none"


_GRAVEST_FIRST = (Grade.ALARM, Grade.WARNING, Grade.WELL)


@dataclass(frozen=True, slots=True)
class Line:
    """One check: ``since`` and ``todo`` are empty where there is nothing to say, ``detail`` is not ours."""

    grade: Grade
    name: str
    told: str
    since: str = ""
    todo: str = ""
    detail: str = ""


def lines(words: Words, calendar: WorkCalendar, standing: Standing, now: datetime) -> list[Line]:
    """Give a line for each check, the gravest first."""
    several = any(parts_of(one.name)[1] != MAIN for one in standing.checks)
    teller = _Teller(words, calendar, now, several=several)
    told = [teller.check(one) for one in standing.checks if one.name != "stuck"]
    if standing.records is not None:
        told += teller.records(standing.records)
    return sorted(told, key=lambda line: _GRAVEST_FIRST.index(line.grade))


@dataclass(frozen=True, slots=True)
class _Teller:
    words: Words
    calendar: WorkCalendar
    now: datetime
    several: bool
    """Whether more than one mailbox is read, so that each line says which."""

    def check(self, check: Check) -> Line:
        """Word one line of the health report by its code; its English sentence is a detail."""
        say = self.words.say
        what, box = parts_of(check.name)
        name = _names(self.words).get(what, what)
        if self.several and what in OF_A_MAILBOX:
            name = say("%(what)s: hộp thư %(box)s", what=name, box=box)
        if check.name == "database":
            if check.ok:
                return Line(Grade.WELL, name, say("đúng phiên bản"))
            todo = say("Chạy triage db upgrade rồi khởi động lại dịch vụ.")
            return Line(Grade.ALARM, name, say("không dùng được"), "", todo, visible(check.sentence))
        told, todo = _progress(self.words).get(check.code, ("", ""))
        grade = Grade.WELL if check.ok else Grade.ALARM
        if what in {MAILBOX, RULES}:
            grade = Grade.WARNING
        return Line(grade, name, told, self._at(check.at), todo, visible(check.error or ""))

    def records(self, records: Records) -> Iterator[Line]:
        """Word what waits, what failed, and what the nightly checks found."""
        say = self.words.say
        yield self._failed(
            say("Thư đến bị kẹt"), records.stuck, say("Xem lỗi, sửa nguyên nhân rồi bấm “Thử lại”.")
        )
        yield self._failed(
            say("Thư đi không gửi được"), records.failed, say("Xem trả lời của máy chủ rồi bấm “Gửi lại”.")
        )
        yield self._waiting(
            say("Thư đến chờ xử lý"), records.waiting, say("Kiểm tra dòng “Xử lý thư” và nhật ký dịch vụ.")
        )
        yield self._waiting(
            say("Thư đi chờ gửi"), records.leaving, say("Kiểm tra dòng “Gửi thư” và máy chủ SMTP.")
        )
        if records.isolated.number:
            told = self._count(records.isolated)
            todo = say("Thư này được xử lý riêng. Nếu dịch vụ vẫn dừng, hãy báo nhóm phát triển.")
            since = self._at(records.isolated.since)
            yield Line(Grade.WARNING, say("Thư bị cách ly vì làm dừng dịch vụ"), told, since, todo)
        yield self._nightly(say("Đối chiếu số đếm phiếu"), records.counters, self._mended)
        yield self._nightly(say("Kiểm tra chuỗi nhật ký"), records.chain, self._broken)
        yield from self._raised(records)

    def _raised(self, records: Records) -> Iterator[Line]:
        """Word the alarms that stand, each with its page in the handbook."""
        told = self.words.say("đang báo động")
        for alarm in ALARMS:
            one = records.alarms.get(alarm.name)
            if alarm.name not in _BY_ALARM or one is None or one.raised_at is None:
                continue
            english = self.words.language == "en"
            name, todo = (alarm.what_en, alarm.todo_en) if english else (alarm.what, alarm.todo)
            todo = f"{todo} docs/runbook/{alarm.page}.md"
            yield Line(Grade.ALARM, name, told, self._at(one.raised_at), todo, visible(one.sentence))

    def _failed(self, name: str, some: Backlog, todo: str) -> Line:
        if not some.number:
            return Line(Grade.WELL, name, self.words.say("không có"))
        return Line(Grade.ALARM, name, self._count(some), self._at(some.since), todo)

    def _waiting(self, name: str, some: Backlog, todo: str) -> Line:
        if some.since is None:
            return Line(Grade.WELL, name, self.words.say("không có"))
        if self.now - some.since <= LONG:
            return Line(Grade.WELL, name, self._count(some), self._at(some.since))
        return Line(Grade.WARNING, name, self._count(some), self._at(some.since), todo)

    def _nightly(self, name: str, last: Nightly | None, wrong: Callable[[str, str], Line]) -> Line:
        say = self.words.say
        if last is None:
            return Line(Grade.WELL, name, say("chưa chạy lần nào; chạy mỗi đêm"))
        if last.found is not None:
            line = wrong(name, last.found)
            return Line(line.grade, name, line.told, self._at(last.at), line.todo)
        if self.now - last.at > _MISSED:
            todo = say("Kiểm tra dịch vụ có chạy ban đêm không.")
            return Line(Grade.WARNING, name, say("đêm qua không chạy"), self._at(last.at), todo)
        return Line(Grade.WELL, name, say("khớp"), self._at(last.at))

    def _mended(self, name: str, found: str) -> Line:
        told = self.words.say("đã sửa %(n)s chỗ lệch", n=found)
        todo = self.words.say("Nếu lặp lại, hãy báo nhóm phát triển.")
        return Line(Grade.WARNING, name, told, "", todo)

    def _broken(self, name: str, found: str) -> Line:
        how, _, row = found.partition(" ")
        told = _breaks(self.words).get(how, self.words.say("chuỗi bị đứt"))
        if row:
            told = self.words.say("%(what)s, dòng %(row)s", what=told, row=row)
        todo = self.words.say("Chạy triage audit verify, giữ nguyên dữ liệu và báo cán bộ an toàn.")
        return Line(Grade.ALARM, name, told, "", todo)

    def _count(self, some: Backlog) -> str:
        return self.words.count("%(num)s thư", "%(num)s thư", some.number)

    def _at(self, when: datetime | None) -> str:
        return moment(when, self.calendar) if when else ""


def _names(words: Words) -> dict[str, str]:
    return {
        "database": words.say("Cơ sở dữ liệu"),
        "receive": words.say("Nhận thư"),
        "process": words.say("Xử lý thư"),
        "deliver": words.say("Gửi thư"),
        MAILBOX: words.say("Hộp thư"),
        LOSS: words.say("Đối chiếu thư"),
        RULES: words.say("Bộ quy tắc"),
    }


def _progress(words: Words) -> dict[str, tuple[str, str]]:
    """Give state and what to do by the code of a stage."""
    say = words.say
    return {
        "never": (say("chưa chạy lần nào"), say("Khởi động dịch vụ bằng triage run.")),
        "late": (say("đã ngừng"), say("Khởi động lại dịch vụ. Nếu vẫn ngừng, xem nhật ký dịch vụ.")),
        "fails": (
            say("đang lỗi"),
            say("Xem chi tiết lỗi. Chạy triage doctor để thử hộp thư, máy chủ gửi và cơ sở dữ liệu."),
        ),
        "refuses": (
            say("máy chủ từ chối một phần"),
            say("Xem chi tiết. Thường do thư mục lưu đã đầy."),
        ),
        "missing": (
            say("có thư trên máy chủ chưa được lưu"),
            say("Chạy triage mails missed để xem từng thư và lý do, rồi xử lý thư đó trên máy chủ IMAP."),
        ),
        "refused": (
            say("bản sửa bị từ chối, đang dùng bản trước"),
            say("Sửa tệp nêu trong chi tiết, chạy triage rules check rồi nạp lại (SIGHUP)."),
        ),
        "works": (say("đang chạy"), ""),
    }


def _breaks(words: Words) -> dict[str, str]:
    return {
        "changed": words.say("một dòng đã bị sửa"),
        "deleted": words.say("có dòng đã bị xóa"),
        "swapped": words.say("các dòng đã bị đổi chỗ"),
    }
