"""The directory of treasuries: codes, the queues they lead to, and the names they have in texts."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from triage.core.words import PhraseBook, Word, words

CENTRAL_QUEUE = "central"
"""The queue of the central treasury and its departments (codes 0001 to 0009)."""

_FOUR_DIGITS = re.compile("[0-9]{4}")
_BLOCK = 50
_FIRST_OF_BLOCK = 10
_LONGEST_TEXT = 4_000
_WARD_WORDS = frozenset({"phuong", "xa", "duong", "quan", "huyen", "ngo", "phu"})
_ABBREVIATED = re.compile(r"(?<![\w.])(?:p|x|đ|q|h|tx)\.[ \t]{0,2}\Z", re.IGNORECASE)
"""Before the name of a ward, commune, road or district: “P. Hải Dương, TP. Hải Phòng”."""

_FAMILIES = frozenset(
    ("nguyễn", "trần", "lê", "phạm", "huỳnh", "võ", "bùi", "đặng", "trịnh", "hoàng", "phan", "ngô", "đỗ")
) | {"nguyen", "tran", "pham", "huynh"}
"""Families as they are written before a given name; without tones the others are common words."""

_MIDDLE_NAMES = frozenset({"thị", "văn", "thi", "van"})
_PLACE_WORDS = (" tinh", " thanh pho", " tp")
_TREASURY_WORDS = (" kbnn", " kb", " kho bac", " kho bac nha nuoc")
_LEAST_LETTERS = 4
_WORDS_BESIDE = 6

_IN_SENTENCES = {"Hồ Chí Minh": "TP Hồ Chí Minh"}
"""Provinces that no sentence calls by the bare name: it is that of a person."""


class Level(StrEnum):
    """What a treasury is in the hierarchy before the reform of 2025."""

    CENTRAL = "central"
    PROVINCE = "province"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Treasury:
    """One treasury. ``code`` and ``queue`` are empty for a province whose code is not known.

    ``province`` is the name before 1 July 2025, ``successor`` the province that it belongs to since then,
    where that has another name. ``aliases`` are its names in texts, ``domains`` those of its authorities'
    mail. ``not_after`` and ``not_before`` are words beside a name that make it something else.
    ``coordinator`` is the address of who looks after requests there, lower case; empty where none is known.
    """

    code: str
    name: str
    province: str
    level: Level
    queue: str
    successor: str | None = None
    region: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    coordinator: str = ""

    @property
    def full_name(self) -> str:
        """The name, and where the province was merged into another one in 2025, that one's name."""
        return f"{self.name} (nay thuộc {self.successor_in_words})" if self.successor else self.name

    @property
    def successor_in_words(self) -> str:
        """The name of the successor as a sentence has it, or nothing."""
        return _IN_SENTENCES.get(self.successor or "", self.successor or "")


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a code leads to: the treasury whose queue it is.

    ``inferred`` where the code is that of an office or is in no list, and the queue is that of the province
    whose block of codes it lies in; ``office`` names the office where the directory lists it.
    """

    code: str
    treasury: Treasury
    inferred: bool
    office: Treasury | None = None

    @property
    def queue(self) -> str:
        """The queue that mail with this code belongs to."""
        return self.treasury.queue


@dataclass(frozen=True, slots=True)
class Mention:
    """A province named in a text; ``as_treasury`` where the words before it mean its treasury."""

    treasury: Treasury
    written: str
    as_treasury: bool


@dataclass(frozen=True, slots=True)
class TreasuryDirectory:
    """All treasuries, and the names of queues that are no treasury's code."""

    treasuries: tuple[Treasury, ...]
    queue_names: Mapping[str, str] = field(default_factory=dict)
    _by_code: dict[str, Treasury] = field(init=False, repr=False, compare=False)
    _by_domain: dict[str, Treasury] = field(init=False, repr=False, compare=False)
    _queues: dict[str, str] = field(init=False, repr=False, compare=False)
    _book: PhraseBook[Treasury] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        provinces = [one for one in self.treasuries if one.level is Level.PROVINCE]
        derived = {
            "_by_code": {one.code: one for one in self.treasuries if one.code},
            "_by_domain": {domain: one for one in provinces for domain in one.domains},
            "_queues": _name_queues(self.treasuries, self.queue_names),
            "_book": PhraseBook(
                (alias, one) for one in provinces for alias in one.aliases if _may_route(alias)
            ),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue that a treasury leads to, once, in the order of the directory."""
        return tuple(self._queues)

    @property
    def without_code(self) -> tuple[Treasury, ...]:
        """The provinces whose code is not known: a mail that names one stays unrouted."""
        return tuple(one for one in self.treasuries if one.level is Level.PROVINCE and not one.code)

    def queue_name(self, queue: str) -> str | None:
        """Give the name of a treasury queue; None for any other queue."""
        return self._queues.get(queue)

    def lookup(self, code: str) -> Lookup | None:
        """Find what four digits lead to; None where that is not known.

        The codes seen stand in blocks of fifty that begin with the provincial treasury, so a code of an
        office leads to the province at the head of its block, if that one is known.
        """
        exact = self._by_code.get(code)
        if exact and exact.queue and exact.level is not Level.OFFICE:
            return Lookup(code, exact, inferred=False)
        head = self._by_code.get(_head_of_block(code))
        if head is None or head.level is not Level.PROVINCE or not head.queue:
            return None
        return Lookup(code, head, inferred=True, office=exact)

    def codes_of(self, queues: Collection[str]) -> tuple[str, ...]:
        """Give every code that leads to one of these queues, those of the blocks of their provinces too."""
        found: list[str] = []
        for one in self.treasuries:
            if one.queue not in queues or not one.code or one.level is Level.OFFICE:
                continue
            block = range(_BLOCK) if _head_of_block(one.code) == one.code else range(1)
            beside = (f"{int(one.code) + number:04}" for number in block if one.code.isdigit())
            found += [one.code, *(code for code in beside if self._leads_to(code, queues))]
        return tuple(dict.fromkeys(found))

    def _leads_to(self, code: str, queues: Collection[str]) -> bool:
        found = self.lookup(code)
        return found is not None and found.treasury.queue in queues

    def by_domain(self, domain: str) -> Treasury | None:
        """Find the province whose authorities write from this mail domain or from one below it."""
        labels = domain.lower().rstrip(".").split(".")
        tails = (".".join(labels[start:]) for start in range(max(0, len(labels) - 6), len(labels) - 1))
        return next((self._by_domain[tail] for tail in tails if tail in self._by_domain), None)

    def province_mentions(self, text: str) -> tuple[Mention, ...]:
        """Give each province named in the text, once, in order; the first 4,000 words are looked at.

        Names are compared without tones unless the writer gave tones. Old provinces live on as names of
        wards, so a name right after ``phường``, ``xã`` or ``đường`` is no mention.
        """
        best: dict[str, Mention] = {}
        for mention in self._mentions(text):
            known = best.get(mention.treasury.province)
            if known is None or (mention.as_treasury and not known.as_treasury):
                best[mention.treasury.province] = mention
        return tuple(best.values())

    def _mentions(self, text: str) -> Iterator[Mention]:
        found = words(text, _LONGEST_TEXT)
        for start, end, alias, treasury in self._book.find(found):
            before, after = _beside(text, found, start, end)
            if not _is_together(text, found, start, end) or _is_given_name(text, found, start):
                continue
            if _is_province(treasury, before, after) and not _is_abbreviated_ward(text, found[start].start):
                tones = words(alias.text, len(alias.text))
                if all(
                    word.is_written(tone.toned) for word, tone in zip(found[start:end], tones, strict=True)
                ):
                    written = text[found[start].start : found[end - 1].end]
                    yield Mention(treasury, written, _names_treasury(before, found[start].folded))


def _name_queues(treasuries: tuple[Treasury, ...], extra: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in treasuries:
        if one.queue and (one.queue not in names or one.code == one.queue):
            names[one.queue] = one.full_name
    return names | {queue: name for queue, name in extra.items() if queue in names}


def _head_of_block(code: str) -> str:
    if not _FOUR_DIGITS.fullmatch(code) or int(code) < _FIRST_OF_BLOCK:
        return ""
    return f"{_FIRST_OF_BLOCK + (int(code) - _FIRST_OF_BLOCK) // _BLOCK * _BLOCK:04}"


def _beside(text: str, found: tuple[Word, ...], start: int, end: int) -> tuple[str, str]:
    """Give up to six folded words before and the one after, as far as nothing but spaces parts them."""
    first = start
    while first > max(0, start - _WORDS_BESIDE):
        if text[found[first - 1].end : found[first].start].strip(" \t"):
            break
        first -= 1
    follows = end < len(found) and not text[found[end - 1].end : found[end].start].strip()
    return " ".join(word.folded for word in found[first:start]), found[end].folded if follows else ""


def _is_together(text: str, found: tuple[Word, ...], start: int, end: int) -> bool:
    gaps = ((found[i].folded, text[found[i].end : found[i + 1].start]) for i in range(start, end - 1))
    return all(
        gap.strip() in {"", "-", "–"} or (gap.strip() == "." and word in {"tp", "tt"}) for word, gap in gaps
    )


def _is_province(treasury: Treasury, before: str, after: str) -> bool:
    if after and after in treasury.not_before:
        return False
    if before.rpartition(" ")[2] in _WARD_WORDS or f" {before}".endswith(
        (" thi tran", " thi xa", " xa lo", " dai lo")
    ):
        return False
    return not f" {before}".endswith(tuple(f" {words}" for words in treasury.not_after))


def _is_abbreviated_ward(text: str, start: int) -> bool:
    return _ABBREVIATED.search(text, max(0, start - 6), start) is not None


def _is_given_name(text: str, found: tuple[Word, ...], start: int) -> bool:
    """Whether a family name stands before the words: people are called Thái Bình, Hà Giang, Hà Nam too."""
    at = _word_before(text, found, start)
    if at >= 0 and _written(text, found[at]).lower() in _MIDDLE_NAMES:
        at = _word_before(text, found, at)
    family = _written(text, found[at]) if at >= 0 else ""
    return family[:1].isupper() and family.lower() in _FAMILIES


def _word_before(text: str, found: tuple[Word, ...], at: int) -> int:
    """Give the place of the word before another one; -1 where more than blanks parts them."""
    parted = not at or text[found[at - 1].end : found[at].start].strip(" \t")
    return -1 if parted else at - 1


def _written(text: str, word: Word) -> str:
    return text[word.start : word.end]


def _names_treasury(before: str, first: str) -> bool:
    place = next((word for word in _PLACE_WORDS if f" {before}".endswith(word)), "")
    nearer = f" {before}".removesuffix(place)
    return first.startswith("kb") or nearer.endswith(_TREASURY_WORDS)


def _may_route(alias: str) -> bool:
    """Leave out single short words: HN, QN or Huế are also initials, roads and given names."""
    found = words(alias, 2)
    return len(found) > 1 or (bool(found) and len(found[0].folded) >= _LEAST_LETTERS)
