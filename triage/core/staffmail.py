"""A mail by which somebody of the desk acts on a ticket: what it says, what is known, what comes of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from triage.core.mail import Mail
from triage.core.replycodes import without_codes
from triage.core.signature import signature_of
from triage.core.text import clean, fold, one_line

MARK = "#traloi"
"""The first line of a mail that is an answer to the unit; any other mail is an internal note."""

LONGEST_TEXT = 50_000
"""Characters that a note or an answer may have, as at the desk."""

MOST_FILES = 10
_LONGEST_FILE_NAME = 100
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_MARKS = frozenset({MARK, "# traloi", "#tra loi", "# tra loi"})


class StaffAct(StrEnum):
    """What a mail does to a ticket."""

    NOTE = "note"
    ANSWER = "answer"
    PROPOSAL = "proposal"


class StaffRefusal(StrEnum):
    """Why a mail with a reply code does nothing."""

    OTHER_SENDER = "other_sender"
    NOT_PROVEN = "not_proven"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    OVER = "over"
    DISABLED = "disabled"
    NO_RIGHT = "no_right"
    EMPTY = "empty"
    LONG = "long"
    REPEATED = "repeated"
    FILES = "files"
    CLOSED = "closed"
    NOBODY = "nobody"
    STOPPED = "stopped"


class CodeState(StrEnum):
    """What the code of a mail is by itself."""

    GOOD = "good"
    OVER = "over"
    SEVERAL = "several"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StaffMailFact:
    """What the database knows of a mail with a reply code, at the moment when the mail is decided.

    ``person_id``, ``login`` and ``email`` are those of the code's person, or of whoever has the address in
    From where the code itself says nothing. ``sees`` is whether he sees the ticket now, ``may_note`` and
    ``may_send`` what his role allows; ``reachable`` tells whether anybody on the ticket may be answered,
    ``said_before`` that the very text of this mail was taken from him on this ticket before.
    """

    state: CodeState
    person_id: int
    login: str
    email: str
    enabled: bool
    ticket_id: int | None = None
    code: str = ""
    sees: bool = False
    may_note: bool = False
    may_send: bool = False
    closed: bool = False
    reachable: bool = False
    said_before: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {**asdict(self), "state": self.state.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "StaffMailFact":
        """Give back what was known when a decision was made."""
        return cls(**{**stored, "state": CodeState(stored["state"])})


@dataclass(frozen=True, slots=True)
class StaffMail:
    """What a mail with a reply code comes to: an ``act``, or why it is ``refused``; exactly one of them.

    ``his`` tells that From is the registered address of the code's person, ``proven`` that its authentication
    says so too. ``stops`` are the reasons of the guard of answers (core.outboundguard).
    """

    person_id: int
    login: str
    email: str
    ticket_id: int | None
    code: str
    act: StaffAct | None = None
    refused: StaffRefusal | None = None
    his: bool = True
    proven: bool = False
    stops: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {
            "person": self.login,
            "ticket": self.code,
            "act": self.act.value if self.act else None,
            "refused": self.refused.value if self.refused else None,
            "stops": list(self.stops),
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail says: its own words without quotes, signature, codes and mark.

    ``to_unit`` tells that it bears the mark of an answer; ``files`` names what is attached to it.
    """

    text: str
    to_unit: bool
    files: tuple[str, ...]

    def key(self, ticket_id: int, person_id: int) -> str:
        """Give the key under which a text of a person on a ticket acts once, whatever mail brings it again.

        Anybody can send a signed mail again under another Message-ID (RFC 6376, 8.6): its signature holds,
        and only the words tell that they have been heard.
        """
        seed = f"{ticket_id}/{person_id}/{self.to_unit}/{' '.join(self.text.split())}"
        return f"mail.{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:56]}"

    def as_note(self) -> str:
        """Give what is written down of a note; files stay in the mail, and that is said."""
        if not self.files:
            return self.text
        return f"{self.text}\n\n(Thư kèm tệp không đưa vào phiếu: {', '.join(self.files)})"


def said_in(mail: Mail) -> Said:
    """Read what a mail says to the desk."""
    text = without_codes(_unsigned(clean(mail.new_text)))
    first, _, rest = text.partition("\n")
    to_unit = fold(first).strip() in _MARKS
    files = (
        one_line(clean(one.name))[:_LONGEST_FILE_NAME] or one.type
        for one in mail.attachments
        if not one.inline and one.type not in _SIGNATURES
    )
    return Said(rest.strip() if to_unit else text, to_unit, tuple(files)[:MOST_FILES])


def _unsigned(text: str) -> str:
    """Cut the block of contacts at the end, and the dashes above it; where all would go, nothing does."""
    block = signature_of(text)
    if not block:
        return text
    lines, wanted = text.rstrip().split("\n"), block.split("\n")[0]
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].strip() == wanted and _same_words(lines[at:], block):
            above = lines[: at - 1] if at and lines[at - 1].rstrip() == "--" else lines[:at]
            return "\n".join(above).strip() or text
    return text


def _same_words(lines: list[str], block: str) -> bool:
    return " ".join("\n".join(lines).split()).startswith(" ".join(block.split()))
