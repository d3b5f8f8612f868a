"""Headers of a mail as text: decoded, unfolded, with dates and message ids read out of them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.core.charset import decode_text
from triage.core.encoded_words import decode_words
from triage.core.mime import Field
from triage.core.text import clean

LONGEST_VALUE = 64 * 1024
MOST_IDS = 1_000

_ID = re.compile(r"<([^<>]{1,998})>")
_SPACE = re.compile(r"\s+")
_LINE_BREAKS = re.compile("[\r\n\x85\u2028\u2029]+")
_LONGEST_DATE = 200


@dataclass(frozen=True, slots=True)
class Header:
    """One header: ``source`` keeps its encoded words, ``value`` is what a reader sees."""

    name: str
    source: str
    value: str


def read_headers(fields: tuple[Field, ...], charset: str, defects: list[str]) -> tuple[Header, ...]:
    """Turn raw headers into text; raw 8-bit ones that are no UTF-8 may be in the ``charset`` of the body."""
    return tuple(_read_header(field, charset, defects) for field in fields)


def first_value(headers: tuple[Header, ...], name: str) -> str:
    """Give the decoded value of the first header of that name (lower case), empty where there is none."""
    return next((header.value for header in headers if header.name.lower() == name), "")


def joined_source(headers: tuple[Header, ...], name: str) -> str:
    """Give the undecoded values of all headers of that name as one list: some programs repeat To."""
    return ", ".join(header.source for header in headers if header.name.lower() == name)


def read_date(value: str, defects: list[str]) -> datetime | None:
    """Read a Date header as an aware moment; None, with a defect, where it is none."""
    text = value.strip()
    if not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text[:_LONGEST_DATE])
            # "-0000" and dates without zone say nothing of the zone: UTC (RFC 5322 §3.3)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            continue
        return aware
    defects.append("Date is no date")
    return None


def read_ids(value: str, defects: list[str]) -> tuple[str, ...]:
    """Give the message ids of a header in brackets, each once; an id without brackets gets them."""
    found = [f"<{_SPACE.sub('', inside)}>" for inside in _ID.findall(value) if inside.strip()]
    if not found and "@" in value:
        bare = next(word for word in value.split() if "@" in word).strip("<>,;")
        found = [f"<{bare[:998]}>"] if bare else []
        defects.append("a message id without brackets")
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def _read_header(field: Field, charset: str, defects: list[str]) -> Header:
    raw = field.value
    if len(raw) > LONGEST_VALUE:
        defects.append(f"{field.name} is too long; the rest of it was not read")
        raw = raw[:LONGEST_VALUE]
    # raw UTF-8 is lawful in headers (RFC 6532)
    source = raw.decode("ascii") if raw.isascii() else decode_text(raw, "utf-8", defects, charset)
    source = _LINE_BREAKS.sub(" ", source).strip()
    # an encoded word may hold a line end, and a header of ours made of it would be two
    value = _LINE_BREAKS.sub(" ", clean(decode_words(source, defects))).strip()
    return Header(field.name, source, value)
