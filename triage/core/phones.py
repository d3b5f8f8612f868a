"""Vietnamese phone numbers in a text, told from the other numbers that people write."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from triage.core.text import fold

MAX_TEXT = 20_000
"""Characters that are searched."""

MOST_PHONES = 8
"""Numbers that are kept of one mail."""

_MOST_CANDIDATES = 60

# 0 or +84, then nine digits (mobile) or ten (fixed line); one or two separators between them.
_CANDIDATE = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\(?\+?84\)?|0084|\(?0)[ .\-()]{0,2}[1-9](?:[ .\-()]{0,2}\d){8,9}(?!\d)"
)
_NEW_PREFIXES = """
    162:32 163:33 164:34 165:35 166:36 167:37 168:38 169:39 120:70 121:79 122:77 126:76 128:78
    123:83 124:84 125:85 127:81 129:82 186:56 188:58 199:59
"""
_RENUMBERED = dict(pair.split(":") for pair in _NEW_PREFIXES.split())
"""Mobile numbers of eleven digits became such of ten in 2018: old prefix, new prefix, both without the 0."""

_RUN = re.compile(r"\d[\d .()+\-]{7,}\d")
"""What every number holds; most texts do not hold it, and looking for it is quick."""

_EXTENSION = re.compile(
    r"[ ,;(]{0,3}(?:may le|so le|so may le|ml|ext\.?|extension|noi bo|nhanh|bam)[ .:]{0,3}(\d{2,5})(?!\d)"
)
_DATE = re.compile(r"(?<!\d)\d{1,2}[.\-/]\d{1,2}[.\-/]\d{4}(?!\d)")
_OTHER_NUMBER = re.compile(
    r"(?:mst|ma so thue|stk|tai khoan|so tk|tk|cmnd|cccd|can cuoc|giao dich|hoa don|chung tu"
    r"|ma ho so|serial|seri"
    r"|hop dong|bien lai|ma van don|lenh|so the)(?: (?:so|la|cua don vi|ngan hang|nguoi mua))*[ :.#]{0,3}$"
)
_LOOK_BACK = 40


class PhoneSort(StrEnum):
    """What sort of line a number is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as digits from 0, and the extension behind a switchboard; empty where there is none."""

    number: str
    sort: PhoneSort
    extension: str = ""


def find_phones(text: str, ours: frozenset[str] = frozenset()) -> tuple[Phone, ...]:
    """Give the valid Vietnamese numbers of a text, each once, in order; ``ours`` are left out."""
    if not _RUN.search(text, 0, MAX_TEXT):
        return ()
    plain = _plain(text)
    found: dict[str, Phone] = {}
    for _, phone in _phones(plain):
        if phone.number not in ours:
            found.setdefault(phone.number, phone)
    return tuple(found.values())[:MOST_PHONES]


def _plain(text: str) -> str:
    lines = (line for line in text[:MAX_TEXT].splitlines() if _RUN.search(line))
    plain = unicodedata.normalize("NFKC", "\n".join(lines))
    return _DATE.sub(" / ", plain) if _DATE.search(plain) else plain


def _phones(plain: str) -> Iterator[tuple[int, Phone]]:
    for count, match in enumerate(_CANDIDATE.finditer(plain)):
        if count >= _MOST_CANDIDATES:
            return
        if _is_other(plain, match.start()):
            continue
        number, sort = _read(_modern("".join(filter(str.isdecimal, match.group()))))
        if number:
            yield match.start(), Phone(number, sort, _extension(plain, match.end()))


def _is_other(plain: str, start: int) -> bool:
    return bool(_OTHER_NUMBER.search(fold(plain[max(0, start - _LOOK_BACK) : start])))


def _extension(plain: str, end: int) -> str:
    match = _EXTENSION.match(fold(plain[end : end + _LOOK_BACK]))
    return match.group(1) if match else ""


def _modern(digits: str) -> str:
    """Give an old mobile number of eleven digits in its present form, others with 0 in front."""
    for prefix in ("0084", "84"):
        if digits.startswith(prefix):
            digits = "0" + digits.removeprefix(prefix).removeprefix("0")
            break
    changed = _RENUMBERED.get(digits[1:4]) if len(digits) == 11 else None  # noqa: PLR2004 - see _RENUMBERED
    return f"0{changed}{digits[4:]}" if changed else digits


@lru_cache(maxsize=4096)
def _read(digits: str) -> tuple[str, PhoneSort]:
    """Ask the library, which knows the numbering plan; empty where no such number can exist."""
    import phonenumbers  # noqa: PLC0415 - takes 45 ms, and most commands never see a number

    number = phonenumbers.PhoneNumber(country_code=84, national_number=int(digits.removeprefix("0")))
    match phonenumbers.number_type(number):
        case phonenumbers.PhoneNumberType.MOBILE:
            sort = PhoneSort.MOBILE
        case phonenumbers.PhoneNumberType.FIXED_LINE:
            sort = PhoneSort.LANDLINE
        case phonenumbers.PhoneNumberType.UNKNOWN:
            return "", PhoneSort.OTHER
        case _:
            sort = PhoneSort.OTHER
    return digits, sort
