"""Tables of TOML rule files, read with the checks that make a mistake one plain sentence."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from triage.errors import RulesError

Kind = TypeVar("Kind")

_NAMES = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    date: "a date",
}


@dataclass(slots=True)
class RuleTable:
    """One table of a rule file. ``entry`` names it to the operator; each key may be taken once.

    Raises RulesError from every method where the file does not give what is asked for.
    """

    file: str
    entry: str
    values: dict[str, Any]
    asked: set[str] = field(default_factory=set)

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text; it may be empty only where the default is."""
        value = self._take(key, str, default).strip()
        if not value and default is None:
            raise self.wrong(key, "must not be empty")
        return value

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """Give a whole number within bounds."""
        value = self._take(key, int, default)
        if not least <= value <= most:
            raise self.wrong(key, f"must be between {least} and {most}, not {value}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        return self._take(key, bool, default)

    def day(self, key: str) -> date:
        """Give a calendar day."""
        value = self._take(key, date, None)
        if isinstance(value, datetime):
            raise self.wrong(key, "must be a day without a time, such as 2026-01-02")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Give a calendar day, or None where the key is missing."""
        return self.day(key) if key in self.values else None

    def texts(self, key: str, default: tuple[str, ...] | None = ()) -> tuple[str, ...]:
        """Give a list of texts, none of them empty."""
        value = self._take(key, list, list(default) if default is not None else None)
        for item in value:
            if not isinstance(item, str) or not item.strip():
                raise self.wrong(key, f"must hold texts only, not {item!r}")
        return tuple(item.strip() for item in value)

    def table(self, key: str) -> "RuleTable":
        """Give a table inside this one; an empty one where the key is missing."""
        return RuleTable(self.file, self.inner(key), self._take(key, dict, {}))

    def tables(self, key: str) -> tuple["RuleTable", ...]:
        """Give the entries of an array of tables, named by their number from 1."""
        rows = self._take(key, list, [])
        if not all(isinstance(row, dict) for row in rows):
            raise self.wrong(key, f"must be written as [[{key}]] tables")
        return tuple(RuleTable(self.file, f"{self.inner(key)} no. {i}", row) for i, row in enumerate(rows, 1))

    def done(self) -> None:
        """Say that everything has been asked for: any other key is a mistake."""
        unknown = sorted(self.values.keys() - self.asked)
        if unknown:
            raise self.wrong(unknown[0], f"is not a key here; known are {', '.join(sorted(self.asked))}")

    def inner(self, key: str) -> str:
        """Name a key or table inside this one."""
        return f"{self.entry}.{key}" if self.entry else key

    def wrong(self, key: str, what: str) -> RulesError:
        """Make the sentence for a mistake at a key."""
        return RulesError(f"{self.file}: {self.inner(key)} {what}.")

    def _take(self, key: str, kind: type[Kind], default: Kind | None) -> Kind:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong(key, "is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key, f"must be {_NAMES[kind]}, not {_shown(value)}")
        return value


def read_table(file: Path) -> RuleTable:
    """Read a TOML file; RulesError names the file, and the line where its form is broken."""
    try:
        values = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise RulesError(f"{file}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RulesError(f"{file}: is not UTF-8 text (byte {error.start}).") from error
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{file}: is not valid TOML: {error}.") from error
    return RuleTable(str(file), "", values)


_CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def clock_time(table: RuleTable, key: str, text: str) -> time:
    """Read a time of day such as ``08:00``."""
    match = _CLOCK_TIME.fullmatch(text.strip())
    if not match:
        raise table.wrong(key, f"must hold times such as 08:00, not “{text.strip()}”")
    return time(int(match[1]), int(match[2]))


def _shown(value: object) -> str:
    shown = repr(value) if not isinstance(value, Mapping) else "a table"
    return shown if len(shown) <= 40 else shown[:37] + "..."  # noqa: PLR2004 - what fits a sentence
