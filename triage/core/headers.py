"""Headers of a mail as text: decoded, unfolded, with message ids read out of them."""

import re
from dataclasses import dataclass

from triage.core.charset import decode_header
from triage.core.defects import Defect, note
from triage.core.encoded_words import decode_words
from triage.core.fields import Field
from triage.core.text import clean

LONGEST_VALUE = 64 * 1024
MOST_IDS = 1_000

_ID = re.compile(r"<([^<>]{1,998})>")
_SPACE = re.compile(r"\s+")
_LINE_BREAKS = re.compile("[\r\n\x85\u2028\u2029]+")
_ONCE = {
    name.lower(): name
    for name in ("From", "Sender", "Subject", "Date", "Message-ID", "Reply-To", "Content-Type")
}


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


def tell_repeated(headers: tuple[Header, ...], defects: list[str]) -> None:
    """Note headers that may stand in a mail once only (RFC 5322 §3.6) and stand there more often."""
    names = [header.name.lower() for header in headers]
    for name, written in _ONCE.items():
        if names.count(name) > 1:
            note(defects, Defect.REPEATED_HEADER, written)


def read_ids(value: str, defects: list[str]) -> tuple[str, ...]:
    """Give the message ids of a header in brackets, each once; an id without brackets gets them."""
    found = [f"<{_SPACE.sub('', inside)}>" for inside in _ID.findall(value) if inside.strip()]
    if not found and "@" in value:
        bare = next(word for word in value.split() if "@" in word).strip("<>,;")
        found = [f"<{bare[:998]}>"] if bare else []
        note(defects, Defect.ID_WITHOUT_BRACKETS)
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def _read_header(field: Field, charset: str, defects: list[str]) -> Header:
    raw = field.value
    if len(raw) > LONGEST_VALUE:
        note(defects, Defect.HEADER_TOO_LONG, field.name)
        raw = raw[:LONGEST_VALUE]
    source = raw.decode("ascii") if raw.isascii() else decode_header(field.name, raw, charset, defects)
    source = _LINE_BREAKS.sub(" ", source).strip()
    # an encoded word may hold a line end, and a header of ours made of it would be two
    value = _LINE_BREAKS.sub(" ", clean(decode_words(source, defects))).strip()
    return Header(field.name, source, value)
