"""When a ticket that rests comes back: always at an hour that somebody works."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from triage.core.calendar import WorkCalendar

AFTERNOON = time(14)
LONGEST = timedelta(days=90)
_DAY = timedelta(days=1)
_WEEK = 7


class Rest(StrEnum):
    """For how long a ticket rests."""

    AFTERNOON = "afternoon"
    NEXT_DAY = "next_day"
    NEXT_WEEK = "next_week"
    DAY = "day"


def choices(calendar: WorkCalendar, now: datetime) -> dict[Rest, datetime]:
    """Give the moments, UTC, that are offered now: this afternoon only where it is still to come."""
    found = {rest: until(calendar, now, rest) for rest in (Rest.AFTERNOON, Rest.NEXT_DAY, Rest.NEXT_WEEK)}
    return {rest: moment for rest, moment in found.items() if moment is not None}


def until(calendar: WorkCalendar, now: datetime, rest: Rest, day: date | None = None) -> datetime | None:
    """Give the moment, UTC, at which a rest ends; None where it would not lie ahead, or too far."""
    today = now.astimezone(calendar.zone).date()
    match rest:
        case Rest.AFTERNOON:
            moment = _afternoon(calendar, today)
        case Rest.NEXT_DAY:
            moment = opening(calendar, today + _DAY)
        case Rest.NEXT_WEEK:
            moment = opening(calendar, today + timedelta(days=_WEEK - today.weekday()))
        case Rest.DAY:
            moment = opening(calendar, day) if day and today <= day <= today + LONGEST else None
    return moment if moment is not None and now < moment else None


def opening(calendar: WorkCalendar, day: date) -> datetime:
    """Give the beginning of office hours, UTC, on a local day or the first one after it that is worked."""
    day = calendar.first_working_day(day)
    return datetime.combine(day, calendar.office_hours[0][0], calendar.zone).astimezone(UTC)


def _afternoon(calendar: WorkCalendar, today: date) -> datetime | None:
    worked = any(start <= AFTERNOON < end for start, end in calendar.office_hours)
    if not worked or not calendar.is_working_day(today):
        return None
    return datetime.combine(today, AFTERNOON, calendar.zone).astimezone(UTC)
