"""Made-up weeks of Tết: the library's days, swapped days, and an operator's file above both."""

import shutil
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.rulebook import RULES

from triage.adapters.rulefiles import load_rulebook
from triage.core.calendar import WorkCalendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

# The library has 21 to 27 January 2031 off, a Tuesday to a Monday, and no swapped day of that year.
OWN = """
[[day]]
date = 2031-01-20
name = "Nghỉ hoán đổi, làm bù ngày 18/01"
[[day]]
date = 2031-01-18
name = "Làm bù cho ngày 20/01"
worked = true
[[day]]
date = 2031-01-27
name = "Mùng năm làm việc bình thường"
worked = true
[[day]]
date = 2031-01-28
name = "Nghỉ hoán đổi, làm bù ngày 02/02"
[[day]]
date = 2031-02-02
name = "Chủ nhật làm bù cho ngày 28/01"
worked = true
"""


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> WorkCalendar:
    folder = tmp_path_factory.mktemp("rules") / "rules"
    shutil.copytree(RULES, folder)
    with (folder / "calendar.toml").open("a", encoding="utf-8") as file:
        file.write(OWN)
    return load_rulebook(folder).calendar


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2031-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("received", "due", "warning"),
    [
        ("01-16 10:00", "01-17 17:00", "01-17 10:00"),
        ("01-17 15:00", "01-18 17:00", "01-18 15:00"),  # the Saturday worked for the Monday before Tết
        ("01-18 09:00", "01-27 17:00", "01-27 09:00"),  # seven hours before Tết, one after it
        ("01-18 17:00", "01-27 17:00", "01-27 17:00"),
        ("01-20 08:00", "01-27 17:00", "01-27 17:00"),  # off by exchange
        ("01-22 23:30", "01-27 17:00", "01-27 17:00"),  # the eve of the new year
        ("01-26 12:00", "01-27 17:00", "01-27 17:00"),  # a Sunday within Tết
        (
            "01-27 08:00",
            "01-29 17:00",
            "01-27 17:00",
        ),  # a day of the library that is worked, one off behind it
        ("01-27 16:59", "01-29 17:00", "01-29 16:59"),
        ("01-28 10:00", "01-29 17:00", "01-29 17:00"),
        ("01-31 14:00", "02-02 17:00", "02-02 14:00"),  # over a Saturday off to a Sunday worked
        ("02-02 12:00", "02-03 17:00", "02-03 12:00"),
    ],
)
def test_deadlines_around_tet(calendar: WorkCalendar, received: str, due: str, warning: str) -> None:
    assert calendar.due_at(local(received)) == local(due)
    assert calendar.warn_at(local(received)) == local(warning)


@pytest.mark.parametrize(
    ("due", "since", "until", "moved"),
    [
        ("01-27 17:00", "01-18 10:00", "01-27 09:00", "01-29 16:00"),  # seven hours, six of them before Tết
        ("01-27 17:00", "01-18 16:00", "01-23 09:00", "01-29 09:00"),  # an answer within Tết: one hour
        ("01-27 17:00", "01-18 17:00", "01-26 23:59", "01-27 17:00"),  # nobody works at Tết
        ("01-18 17:00", "01-17 16:00", "01-18 09:00", "01-27 10:00"),  # two hours fall behind Tết
        ("01-31 17:00", "01-31 08:00", "02-01 12:00", "02-02 17:00"),  # a whole day, over the Saturday off
    ],
)
def test_deadlines_move_by_the_working_time_that_a_unit_took(
    calendar: WorkCalendar, due: str, since: str, until: str, moved: str
) -> None:
    waited = timedelta(seconds=calendar.working_seconds(local(since), local(until)))
    assert calendar.later(local(due), waited) == local(moved)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("01-18 08:00", True),
        ("01-18 07:59", False),
        ("01-18 12:00", False),
        ("01-18 12:59", False),
        ("01-18 13:00", True),
        ("01-18 17:00", False),
        ("01-20 10:00", False),
        ("01-23 10:00", False),
        ("01-27 10:00", True),
        ("02-01 10:00", False),
        ("02-02 10:00", True),
    ],
)
def test_when_the_office_works(calendar: WorkCalendar, moment: str, is_open: object) -> None:
    assert calendar.is_open(local(moment)) == is_open
