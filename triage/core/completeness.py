"""Whether a request has the three parts that letter 7102/TB-KBNN asks for."""

import re
import unicodedata
from collections.abc import Collection

from triage.core.contactcard import Contact
from triage.core.decision import Part
from triage.core.fileroles import SHOWING, roles_of
from triage.core.mail import Mail
from triage.core.words import words

_LEAST_WORDS = 5
_MOST_WORDS = 400
_LONGEST_TEXT = 20_000

# 0 or +84, then nine digits (mobile) or ten (fixed line); one or two separators between them.
_PHONE = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\(?\+?84\)?|0084|0)[ .\-()]{0,2}[1-9](?:[ .\-()]{0,2}\d){8,9}(?!\d)"
)
_DATE = re.compile(r"(?<!\d)\d{1,2}[.\-/]\d{1,2}[.\-/]\d{4}(?!\d)")

_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
"""RFC 3676 4.3. A mail that is nothing but a signature keeps it as its text, yet describes nothing."""

_CLAUSE = re.compile(r"[,.:;!?\n]+")
_WE = r"(?:(?:em|toi|chung toi|don vi)[ ])?(?:xin[ ])?"
_GREETING = re.compile(
    rf"{_WE}(?:kinh[ ])?chao\b|kinh (?:gui|thua|chuyen)\b|than gui\b|dear\b|hello\b|hi\b"
    rf"|{_WE}(?:(?:tran trong|chan thanh)[ ])?cam on\b|tran trong\b|thanks?\b|(?:best )?regards\b"
)
_LONGEST_GREETING = 8
_POLITE_WORDS = """
    a ah ak anh ban bac cac cam chao chi cho em ga ho hotro kinh minh nha nhe nho nhu on the toi tran
    trong tro va vang voi xin giup gium mong xem xu ly gap som file dinh kem hinh tieu de mail doi cong
    nghe thong tin kho bac nuoc cntt kbnn quy don vi duoi day sau tren gui da ad admin team dear kiem
    tra
"""
_POLITE = frozenset(_POLITE_WORDS.split())
"""Folded words that every mail to this office holds; they describe nothing."""


def missing_parts(
    mail: Mail, needs: Collection[Part] = tuple(Part), contact: Contact | None = None
) -> tuple[Part, ...]:
    """Give the parts that a request lacks of those its category ``needs``, in the order of the letter.

    Without a ``contact`` that was read any phone number in the text counts.
    """
    present = {
        Part.DESCRIPTION: has_description(mail),
        Part.SCREENSHOT: not SHOWING.isdisjoint(roles_of(mail)),
        Part.CONTACT: contact.is_enough if contact else has_phone_number(_unquoted(mail.text)),
    }
    return tuple(part for part, stands in present.items() if part in needs and not stands)


def has_phone_number(text: str) -> bool:
    """Say whether a Vietnamese phone number stands in the text."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT])
    return bool(_PHONE.search(_DATE.sub(" / ", plain)))


def has_description(mail: Mail) -> bool:
    """Ask for some words of one's own beyond greeting, thanks and “as in the subject”."""
    told: set[str] = set()
    written = _SIGNATURE.split(mail.new_text[:_LONGEST_TEXT], maxsplit=1)[0]
    for clause in _CLAUSE.split(written):
        told.update(_own_words([word.folded for word in words(clause, _MOST_WORDS)]))
        if len(told) >= _LEAST_WORDS:
            return True
    return False


def _own_words(clause: list[str]) -> set[str]:
    if len(clause) <= _LONGEST_GREETING and _GREETING.match(" ".join(clause)):
        return set()
    return {word for word in clause if word not in _POLITE and not word.isdigit()}


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text[:_LONGEST_TEXT].splitlines() if not line.lstrip().startswith(">"))
