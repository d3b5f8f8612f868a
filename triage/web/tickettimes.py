"""How long one ticket took, and how its deadline stands, in words."""

from datetime import datetime

from triage.core.calendar import WorkCalendar
from triage.core.closings import Closing
from triage.core.durations import Course, Meter, until_answered, until_closed
from triage.db.queues import TO_DO
from triage.db.tickets import TicketRow
from triage.web import wording
from triage.web.templating import Words
from triage.web.wording import Deadline


def deadline(words: Words, calendar: WorkCalendar, row: TicketRow, now: datetime) -> Deadline:
    """Tell how the deadline of a ticket stands; only what waits for us is overdue, as on the board."""
    if row.stands_since:
        return wording.paused(words, calendar, row.due_at)
    tell = wording.deadline if row.status in TO_DO else wording.resting
    return tell(words, calendar, row.due_at, now)


def times(words: Words, calendar: WorkCalendar, row: TicketRow) -> tuple[str, ...]:
    """Tell after how much working time a ticket was answered first and closed; nothing where it was not."""
    merged = row.outcome == Closing.MERGED
    course = Course(
        queue=row.queue,
        opened_at=row.opened_at,
        started_at=row.started_at,
        answered_at=row.answered_at,
        closed_at=None if merged else row.closed_at,
        paused_at=row.paused_at,
        paused_seconds=row.paused_seconds or 0,
    )
    meter = Meter(calendar, row.opened_at)
    answered, closed = until_answered(meter, course), until_closed(meter, course)
    told: list[str] = []
    if answered is not None:
        after = wording.span(words, calendar, answered)
        told.append(words.say("Trả lời lần đầu sau %(span)s, tính theo giờ làm việc.", span=after))
    if closed is not None:
        after = wording.span(words, calendar, closed)
        told.append(words.say("Đóng sau %(span)s, tính theo giờ làm việc.", span=after))
    return tuple(told)
