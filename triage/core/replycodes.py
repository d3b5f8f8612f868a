"""Codes by which a person of the desk acts on a ticket by mail: short, keyed, for one person and one ticket.

A code holds ticket, person and last day, and 120 bits of HMAC-SHA256 over them (RFC 2104, 5), in letters and
digits that survive any mail program (base32, RFC 4648). It opens nothing by itself: whoever shows one must
also be that person by an authenticated mail, and have the right at that moment.
"""

import base64
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from triage.core.mail import Mail

LONGEST_DAYS = 7
"""Days that a code may be used. The note that a text was sent already is kept as long (core.leftovers)."""

SHORTEST_KEY = 32
"""Characters of the key; anything shorter is a word that somebody thought of."""

_ABOUT = b"triage reply code 1\0"
_SIZES = (5, 3, 2)
_HELD = sum(_SIZES)
_PROOF = 15
_MOST_TEXT = 200_000
_FIRST_DAY = date(1970, 1, 1)
_CODE = re.compile(r"(?<![A-Za-z0-9])TL-([A-Za-z2-7]{40})(?![A-Za-z0-9])", re.IGNORECASE)
_LINE = re.compile(
    r"^[ \t>*_]*(?:[^\n:]{0,40}:)?[ \t*_]*\[?TL-[A-Za-z2-7]{40}\]?[ \t.*_]*$", re.IGNORECASE | re.MULTILINE
)
_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class ReplyCode:
    """What a code says: the rows of a ticket and a person, and the last day (UTC) on which it counts."""

    ticket_id: int
    person_id: int
    last_day: date

    def is_over(self, now: datetime) -> bool:
        """Whether its last day has passed."""
        return now.astimezone(UTC).date() > self.last_day


@dataclass(frozen=True, slots=True)
class ReplyCodes:
    """Writes codes and reads them; ``tagged`` puts them into the address for answers, as ``name+tag@``."""

    key: bytes = field(repr=False)
    days: int = LONGEST_DAYS
    tagged: bool = False

    def write(self, ticket_id: int, person_id: int, now: datetime) -> str:
        """Give the code of a person for a ticket, good for ``days`` from now on."""
        last_day = (now.astimezone(UTC) + timedelta(days=self.days)).date()
        numbers = (ticket_id, person_id, (last_day - _FIRST_DAY).days)
        held = b"".join(one.to_bytes(size, "big") for one, size in zip(numbers, _SIZES, strict=True))
        return f"TL-{base64.b32encode(held + self._proof(held)).decode('ascii')}"

    def read(self, code: str) -> ReplyCode | None:
        """Give what a code says; None where it was not written with this key."""
        match = _CODE.fullmatch(code)
        if match is None:
            return None
        raw = base64.b32decode(match[1].upper())
        held, proof = raw[:_HELD], raw[_HELD:]
        if not hmac.compare_digest(proof, self._proof(held)):
            return None
        ticket_id, person_id, days = (
            int.from_bytes(held[start : start + size], "big") for start, size in _places()
        )
        return ReplyCode(ticket_id, person_id, _FIRST_DAY + timedelta(days=days))

    def address(self, ours: str, code: str) -> str:
        """Give our address with a code as its tag (RFC 5233), or as it is where the server knows no tags."""
        local, _, domain = ours.rpartition("@")
        return f"{local}+{code.lower()}@{domain}" if self.tagged else ours

    def _proof(self, held: bytes) -> bytes:
        return hmac.digest(self.key, _ABOUT + held, "sha256")[:_PROOF]


def _places() -> Iterator[tuple[int, int]]:
    start = 0
    for size in _SIZES:
        yield start, size
        start += size


def codes_in(mail: Mail) -> tuple[str, ...]:
    """Give the codes of the best place of a mail, each once: addressees, subject, new text, what it quotes.

    So somebody may choose one by putting it into the subject, whatever the letter that he quotes holds.
    """
    headers = "\n".join(value for name, value in mail.headers if name.lower() in _TO)
    for place in (headers, mail.subject, mail.new_text[:_MOST_TEXT], mail.text[:_MOST_TEXT]):
        if found := tuple(dict.fromkeys(f"TL-{code.upper()}" for code in _CODE.findall(place))):
            return found
    return ()


def without_codes(text: str) -> str:
    """Give a text without the lines that hold nothing but a code, and without any other code in it."""
    return _CODE.sub("", _LINE.sub("", text)).strip()
