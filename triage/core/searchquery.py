"""What somebody typed into the search box, read: words to find, conditions, and what was not understood.

Total: whatever is typed has a meaning or is told as not understood. Nothing of it reaches a database but
words of letters and digits, states and days.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from triage.core.decision import SECURITY, UNROUTED
from triage.core.searchwords import Word, searchable, words_of
from triage.core.text import fold
from triage.core.tickets import TicketCode, TicketStatus, typed_code

LONGEST_QUERY = 500
MOST_TERMS = 16
MOST_WORDS = 12
"""Words of one phrase."""

ME = "me"
NOBODY = "-"
"""Assignees that are no names: whoever asks, and nobody."""


class Where(StrEnum):
    """Where a term is looked for."""

    ANYWHERE = "anywhere"
    SENDER = "sender"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand together, and where; ``excluded`` where they must not."""

    words: tuple[Word, ...]
    where: Where = Where.ANYWHERE
    excluded: bool = False

    @property
    def toned(self) -> bool:
        """Whether tones were typed, so that what is written with the same ones fits better."""
        return any(word.toned for word in self.words)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question. Days are local; ``before`` is not included, ``after`` is.

    Conditions of one kind are alternatives, those of different kinds must all hold. ``code`` is set where the
    whole question is a ticket's code. ``misread`` are the pieces that mean nothing.
    """

    terms: tuple[Term, ...] = ()
    queues: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    before: date | None = None
    after: date | None = None
    has_files: bool = False
    overdue: bool = False
    code: TicketCode | None = None
    misread: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that must be there."""
        return tuple(term for term in self.terms if not term.excluded)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        """The terms that must not be there."""
        return tuple(term for term in self.terms if term.excluded)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        conditions = (self.queues, self.statuses, self.categories, self.assignees)
        return not (
            self.wanted or any(conditions) or self.before or self.after or self.has_files or self.overdue
        )


def read_query(text: str) -> SearchQuery:
    """Read what somebody typed; never raises."""
    typed = searchable(text)[:LONGEST_QUERY].translate(_PLAIN_QUOTES)
    if code := typed_code(typed):
        return SearchQuery(code=code)
    reading = _Reading()
    for piece in _pieces(typed):
        reading.take(piece)
    return reading.finished()


_PLAIN_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_PIECE = re.compile(
    r'(?P<minus>-)?(?:(?P<key>[\w-]{1,20}):)?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<plain>[^\s"]+))'
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of a question: ``key`` is folded, and empty where there is none."""

    whole: str
    key: str
    value: str
    excluded: bool


def _pieces(typed: str) -> Iterator[_Piece]:
    for match in _PIECE.finditer(typed):
        value = match["quoted"] if match["quoted"] is not None else match["plain"]
        yield _Piece(match.group(), _plain(match["key"] or ""), value, excluded=bool(match["minus"]))


def _plain(text: str) -> str:
    """Give a name of ours however it was spelled: without tones, hyphens and blanks."""
    return _BETWEEN.sub("", fold(text))


_BETWEEN = re.compile(r"[\s_-]+")


@dataclass(slots=True)
class _Reading:
    """A question while it is read."""

    terms: list[Term] = field(default_factory=list)
    chosen: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    misread: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)

    def take(self, piece: _Piece) -> None:
        """Take one piece in; what has no meaning is kept to be told."""
        read = _KEYS.get(piece.key) or _reads_words
        if not read(self, piece):
            self.misread.append(piece.whole)
        elif piece.excluded:
            self.excluded.append(piece.whole)

    def add(self, text: str, where: Where, *, excluded: bool) -> bool:
        """Add a term; False where the text holds no word, or there are too many."""
        words = tuple(words_of(text))
        if not words or len(words) > MOST_WORDS or len(self.terms) >= MOST_TERMS:
            return False
        self.terms.append(Term(words, where, excluded))
        return True

    def finished(self) -> SearchQuery:
        """Give the question. What must not be there says nothing where nothing must be there."""
        if all(term.excluded for term in self.terms):
            self.terms.clear()
            self.misread += self.excluded
        chosen = {kind: tuple(dict.fromkeys(values)) for kind, values in self.chosen.items()}
        return SearchQuery(
            terms=tuple(self.terms),
            queues=chosen.get("queue", ()),
            statuses=chosen.get("status", ()),
            categories=chosen.get("category", ()),
            assignees=chosen.get("assignee", ()),
            before=self.days.get("before"),
            after=self.days.get("after"),
            has_files="files" in self.flags,
            overdue="overdue" in self.flags,
            misread=tuple(self.misread),
        )


_Reader = Callable[[_Reading, _Piece], bool]
"""Takes a piece into what is read; False where it means nothing."""


def _reads_words(reading: _Reading, piece: _Piece) -> bool:
    return not any(map(str.isalnum, piece.whole)) or reading.add(
        piece.whole, Where.ANYWHERE, excluded=piece.excluded
    )


def _reads_people(where: Where) -> _Reader:
    return lambda reading, piece: reading.add(piece.value, where, excluded=piece.excluded)


def _reads_choice(kind: str, known: Callable[[str], str | None]) -> _Reader:
    def read(reading: _Reading, piece: _Piece) -> bool:
        value = None if piece.excluded else known(piece.value)
        if value is not None:
            reading.chosen.setdefault(kind, []).append(value)
        return value is not None

    return read


def _reads_day(kind: str) -> _Reader:
    def read(reading: _Reading, piece: _Piece) -> bool:
        day = None if piece.excluded else _day(piece.value)
        if day is not None:
            reading.days[kind] = day
        return day is not None

    return read


def _reads_flag(name: str, *spelled: str) -> _Reader:
    def read(reading: _Reading, piece: _Piece) -> bool:
        known = not piece.excluded and _plain(piece.value) in spelled
        if known:
            reading.flags.add(name)
        return known

    return read


_STATUSES = {
    "moi": TicketStatus.NEW,
    "dangxuly": TicketStatus.IN_PROGRESS,
    "chodonvi": TicketStatus.WAITING,
    "cho": TicketStatus.WAITING,
    "tamhoan": TicketStatus.SNOOZED,
    "tamgiu": TicketStatus.HELD,
    "dadong": TicketStatus.CLOSED,
    "dong": TicketStatus.CLOSED,
} | {_plain(status.value): status for status in TicketStatus}

_QUEUES = {"antoan": SECURITY, "chuadinhtuyen": UNROUTED}
_NAME = re.compile(r"[\w.@-]{1,64}")
_DAYS = (
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
)


def _status(value: str) -> str | None:
    found = _STATUSES.get(_plain(value))
    return found.value if found else None


def _queue(value: str) -> str | None:
    return _QUEUES.get(_plain(value)) or _name(value)


def _category(value: str) -> str | None:
    name = _name(value)
    return name.replace("-", "_") if name else None


def _assignee(value: str) -> str | None:
    match _plain(value):
        case "me" | "toi":
            return ME
        case "nobody" | "none" | "chuaco" | "chuagiao":
            return NOBODY
        case _:
            return _name(value)


def _name(value: str) -> str | None:
    lower = value.strip().lower()
    return lower if _NAME.fullmatch(lower) and any(map(str.isalnum, lower)) else None


def _day(value: str) -> date | None:
    for form in _DAYS:
        if match := form.fullmatch(value.strip()):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                return None
    return None


def _spelled(table: Iterable[tuple[tuple[str, ...], _Reader]]) -> Mapping[str, _Reader]:
    return {name: reader for names, reader in table for name in names}


_KEYS = _spelled(
    (
        (("from", "tu"), _reads_people(Where.SENDER)),
        (("to", "toi", "den"), _reads_people(Where.RECIPIENTS)),
        (("queue", "hang", "hangdoi", "khobac"), _reads_choice("queue", _queue)),
        (("status", "trangthai"), _reads_choice("status", _status)),
        (("category", "loai"), _reads_choice("category", _category)),
        (("assignee", "nguoixuly", "giao"), _reads_choice("assignee", _assignee)),
        (("before", "truoc"), _reads_day("before")),
        (("after", "sau"), _reads_day("after")),
        (("has", "co"), _reads_flag("files", "attachment", "attachments", "file", "files", "tep", "dinhkem")),
        (("is", "la"), _reads_flag("overdue", "overdue", "quahan")),
    )
)
"""Conditions, by the names that they go by, English and Vietnamese."""
