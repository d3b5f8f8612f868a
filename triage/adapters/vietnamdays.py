"""The public holidays of Viet Nam by the holidays library, with an operator's days above them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

FIRST_YEAR = 2020
LAST_YEAR = 2036


class LibraryDays(NamedTuple):
    """Days off with their names, and weekend days that are worked in exchange."""

    off: Mapping[date, str]
    worked: frozenset[date]


TABLE = Path(__file__).with_suffix(".tsv")
"""What one release of the library gives, for to load it takes longer than to decide a mail.

The first line names the release, of which ``tests/support/vietnam_table.py`` wrote the rest.
"""


@lru_cache(maxsize=1)
def library_days() -> LibraryDays:
    """Give the days of 2020 to 2036: from the table where it is of the release that is installed.

    The lunar holidays of years to come follow the law and the moon; days swapped by the government are
    known only for years whose plan the library has seen.
    """
    release, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    if not _folder().with_name(f"{release}.dist-info").is_dir():
        return computed_days()
    cells = [row.partition("\t") for row in rows]
    off = {date.fromisoformat(day): name for day, _, name in cells if name}
    return LibraryDays(off, frozenset(date.fromisoformat(day) for day, _, name in cells if not name))


def computed_days() -> LibraryDays:
    """Give the same days by asking the library itself."""
    found = _vietnam()(years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    worked = (day for day in found.weekend_workdays if FIRST_YEAR <= day.year <= LAST_YEAR)
    return LibraryDays(dict(found.items()), frozenset(worked))


def _folder() -> Path:
    package = find_spec("holidays")
    assert package is not None  # noqa: S101 - for the types: it is among the requirements
    return Path((package.submodule_search_locations or [""])[0])


def _vietnam() -> Any:  # noqa: ANN401 - the library has no types here
    """Give the library's class for Viet Nam, read from its file when somebody first asks for a day.

    Its package would load 250 other countries with it, which takes longer than reading all rule files.
    """
    spec = spec_from_file_location("holidays_vietnam", _folder() / "countries" / "vietnam.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - for the types: it ends in .py
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Vietnam


@dataclass(frozen=True, slots=True, eq=False)
class DaysOff(Mapping[date, str]):
    """Every day off with its name: the operator's ``own`` days, then the library's but for ``worked``."""

    own: Mapping[date, str]
    worked: frozenset[date]

    def __getitem__(self, day: date) -> str:
        if day in self.worked:
            raise KeyError(day)
        return self.own[day] if day in self.own else library_days().off[day]

    def __iter__(self) -> Iterator[date]:
        return iter(sorted((self.own.keys() | library_days().off.keys()) - self.worked))

    def __len__(self) -> int:
        return len((self.own.keys() | library_days().off.keys()) - self.worked)


@dataclass(frozen=True, slots=True, eq=False)
class WorkedDays:
    """The weekend days that are worked: the operator's ``own``, and the library's but for ``off``."""

    own: frozenset[date]
    off: frozenset[date]

    def __contains__(self, day: object) -> bool:
        return day in self.own or (day not in self.off and day in library_days().worked)
