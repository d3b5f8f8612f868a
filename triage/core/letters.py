"""What stands in an automatic letter: plain values only, worked out here so that templates need no logic.

Nothing that a stranger wrote reaches the body of a letter, and only a tamed subject reaches its headline (or
the answer about a code, which quotes the subject of the ticket to its own party): whoever forges the address
of a unit must not be able to speak to that unit with our voice.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from triage.core.decision import SECURITY, How, Part, Route, SubjectReading
from triage.core.facts import VerifiedCode
from triage.core.latepattern import late_pattern
from triage.core.rules import Office
from triage.core.subject import MISSHAPEN, has_near_tag
from triage.core.text import clean, one_line, without_unseen
from triage.core.tickets import CODE_PATTERN, TicketStatus

SUBJECT_LENGTH = 200
"""Characters of a stranger's subject that a letter repeats; the rest helps nobody and some clients cut it."""

_LONGEST_READ = 2_000

NO_SUBJECT = "Yêu cầu hỗ trợ"
"""What the headline says where the mail had no subject, or none that may be repeated."""

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_PREFIXES = late_pattern(
    r"^(?:(?:re|fwd?|tl|ct|sv|aw|trả lời|chuyển tiếp)\s*(?:\[\d{1,3}\])?\s*[:：]\s*)+", re.IGNORECASE
)
_CODE_IN_BRACKETS = late_pattern(
    rf"[\[(]\s*{CODE_PATTERN.pattern}\s*[\])]|{CODE_PATTERN.pattern}", re.IGNORECASE
)
_LINKS = late_pattern(
    r"\S*(?::|&#58;|%3a)(?:/|\\|&#47;|%2f){2}\S*"  # a scheme, however its colon and slashes are dressed up
    r"|\bwww\.\S*"
    r"|\b(?:mailto|tel|javascript|data):\S+"
    r"|\S*[\w-]\.[a-z]{2,24}(?::\d+)?/\S*",  # a host with a path, as shorteners give it
    re.IGNORECASE,
)
_CONTACTS = late_pattern(r"\S*@\S*|\+?\d(?:[ .()-]{0,2}\d){7,}")
_TAG = late_pattern(r"[\[\](){}<>#&\w .,:;/–—-]{1,30}")
_GREETING = late_pattern(r"\A(?:kính|thân) gửi:? quý đơn vị[ \t]*[,.!:]?[ \t]*(?=\r?\n|\Z)", re.IGNORECASE)
_REGARDS = late_pattern(r"(?<=\n)[ \t]*(?:xin )?trân trọng(?: cảm ơn)?[ \t]*[,./!]{0,3}\s*\Z", re.IGNORECASE)
_TREASURY_CODE = late_pattern(r"\d{4}", re.ASCII)
_SHORT_TREASURY = late_pattern(r"\bKBNN\b")
_CITY = late_pattern(r"[ ]TP\.?[ ]")
_PLACEHOLDER = late_pattern(r"\bSHKB\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LetterCase:
    """What a letter is about. ``code`` is the ticket's; ``due_at`` is None where no deadline is running.

    ``asked`` is the code that the mail asks about, ``asked_treasury`` the name of the treasury that has it.
    ``secrets`` are the kinds of secrets that the sender wrote down and is told to change; ``locked`` tells
    that the mail is encrypted, so that nobody can say what it lacks.
    """

    code: str
    subject: str
    reading: SubjectReading
    route: Route
    missing: tuple[Part, ...]
    received_at: datetime
    due_at: datetime | None
    advice: str = ""
    asked: VerifiedCode | None = None
    asked_treasury: str | None = None
    secrets: tuple[str, ...] = ()
    locked: bool = False


def letter_values(case: LetterCase, office: Office, zone: tzinfo) -> Mapping[str, Any]:
    """Give the values that a letter is filled with; triage.adapters.letters documents each of them."""
    return {
        "code": case.code,
        "subject": headline(case.subject),
        "treasury_name": spelled_out(case.route.treasury_name),
        "queue": case.route.queue,
        "to_security": case.route.queue == SECURITY,
        "due": in_words(case.due_at, zone) if case.due_at else None,
        "received_at": in_words(case.received_at, zone),
        "missing": tuple(part.value for part in case.missing),
        "locked": case.locked,
        "tag": _shown_tag(case.reading),
        "advised_tag": _advised_tag(case.route),
        "reason": reason_for_no_treasury(case.reading, case.route),
        "known_treasury": spelled_out(case.route.named),
        "advice": case.advice or None,
        "gave_away": in_a_row(case.secrets),
        "to_change": in_a_row(case.secrets, _LASTING),
        "not_again": in_a_row(case.secrets, _PASSING),
        "remote_session": "remote" in case.secrets,
        **_asked_values(case, zone),
        "office": office,
    }


def answer_values(text: str, code: str, subject: str, office: Office) -> Mapping[str, Any]:
    """Give the values of the letter around an answer that a person wrote."""
    own = without_frame(text)
    return {
        "code": code,
        "subject": headline(subject),
        "answer": own,
        "paragraphs": paragraphs_of(own),
        "due": None,
        "office": office,
    }


def without_frame(text: str) -> str:
    """Take off the greeting and the regards that the letter says by itself; a greeting by name stays."""
    return _REGARDS.sub("", _GREETING.sub("", text.strip(), count=1)).strip() or text.strip()


def paragraphs_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Part a text at its empty lines, and each part into its lines."""
    parts = re.split(r"\n[ \t]*\n", clean(text).replace("\r\n", "\n").strip())
    return tuple(tuple(line.strip() for line in part.strip().split("\n")) for part in parts if part.strip())


_SECRETS = {
    "password": "mật khẩu",
    "pin": "mã PIN",
    "otp": "mã OTP",
    "remote": "mã truy cập máy tính từ xa",
    "token": "khóa truy cập (token)",
}
"""What a letter calls a secret, by its kind; which one it was, no letter repeats."""


_LASTING = frozenset({"password", "pin", "token"})
_PASSING = frozenset({"otp", "remote"})
"""What its owner can change, and what a machine makes anew each time, so that it can only be left alone."""


def in_a_row(secrets: tuple[str, ...], only: Container[str] = _LASTING | _PASSING) -> str | None:
    """Name kinds of secrets in one clause: ``mật khẩu, mã PIN và mã OTP``; None where there is none."""
    named = [_SECRETS[kind] for kind in secrets if kind in _SECRETS and kind in only]
    if not named:
        return None
    return " và ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _asked_values(case: LetterCase, zone: tzinfo) -> Mapping[str, Any]:
    """Give what is told about a code: nothing but itself where it was not issued to who asks."""
    asked = case.asked
    own = asked if asked and asked.issued_to_sender else None
    return {
        "asked": asked.code if asked else None,
        "asked_issued": own is not None,
        "asked_opened": in_words(own.opened_at, zone) if own and own.opened_at else None,
        "asked_subject": quoted_subject(own.subject) if own else None,
        "asked_treasury": spelled_out(case.asked_treasury) if own else None,
        "asked_open": own is not None and own.status is not TicketStatus.CLOSED,
    }


def in_words(moment: datetime, zone: tzinfo) -> str:
    """Write an aware moment as a Vietnamese office does: ``17 giờ 00 phút ngày 23/11/2026 (thứ Hai)``."""
    local = moment.astimezone(zone)
    return f"{local:%H} giờ {local:%M} phút ngày {local:%d/%m/%Y} ({_WEEKDAYS[local.weekday()]})"


def promised(due_at: datetime | None, now: datetime) -> datetime | None:
    """Give the deadline that may still be promised to a unit: none that is past, as after an outage."""
    return due_at if due_at and due_at > now else None


def headline(subject: str) -> str:
    """Give a stranger's subject in the form that our own headline may repeat.

    Reply prefixes and ticket codes go (the letter puts its own in front), and so do links: a letter of the
    office holds none, not even one that somebody else wrote.
    """
    line = one_line(without_unseen(clean(subject[:_LONGEST_READ])))
    line = one_line(_CODE_IN_BRACKETS.sub(" ", _PREFIXES.sub("", line)))
    line = one_line(_LINKS.sub("…", _PREFIXES.sub("", line)[: 2 * SUBJECT_LENGTH]))
    if len(line) > SUBJECT_LENGTH:
        line = line[: SUBJECT_LENGTH - 1].rstrip() + "…"
    return line if any(char.isalnum() for char in line) else NO_SUBJECT


def quoted_subject(subject: str) -> str:
    """Give a subject in the form that a body may quote: a headline without numbers to call and addresses.

    In a letter that calls a code genuine, a number which somebody wrote into a subject would sound like ours.
    """
    return one_line(_CONTACTS.sub("…", headline(subject)))


def spelled_out(name: str | None) -> str | None:
    """Write the name of a treasury as a letter of the office does: KBNN X → Kho bạc Nhà nước X."""
    if name is None:
        return None
    return _CITY.sub(" Thành phố ", _SHORT_TREASURY.sub("Kho bạc Nhà nước", name))


def holds_link(text: str) -> bool:
    """Say whether a text holds what a program would make a link of, or something near it."""
    return _LINKS.search(text) is not None


def without_links(text: str) -> str:
    """Give a text of several lines as a letter to a colleague may quote it: links are dots."""
    return "\n".join(_LINKS.sub("…", without_unseen(clean(line))) for line in text.split("\n"))


def reason_for_no_treasury(reading: SubjectReading, route: Route) -> str:
    """Say, as a clause that follows "vì" or "do", why the mail could not be routed at once."""
    if len(reading.candidates) > 1:
        codes = ", ".join(code for code in reading.candidates if _TREASURY_CODE.fullmatch(code))
        return f"tiêu đề thư ghi nhiều số hiệu Kho bạc khác nhau ({codes})"
    if reading.treasury and _TREASURY_CODE.fullmatch(reading.treasury):
        return f"số hiệu {reading.treasury} ghi trong tiêu đề thư chưa có trong danh mục của chúng tôi"
    if route.named:
        return f"chúng tôi cần xác định bộ phận phụ trách của {spelled_out(route.named)}"
    return _reason_of_form(reading)


def _reason_of_form(reading: SubjectReading) -> str:
    if any(reason.code == MISSHAPEN for reason in reading.reasons):
        return "số hiệu ghi trong tiêu đề thư chưa đúng mẫu gồm bốn chữ số"
    if reading.tag and _PLACEHOLDER.search(reading.tag):
        return "tiêu đề thư còn để nguyên chữ SHKB, chưa thay bằng số hiệu của Kho bạc"
    if has_near_tag(reading):
        return "tiêu đề thư chưa ghi số hiệu Kho bạc theo đúng mẫu"
    return "tiêu đề thư chưa ghi số hiệu Kho bạc"


def _shown_tag(reading: SubjectReading) -> str | None:
    tag = one_line(without_unseen(clean(reading.tag or "")))
    return tag if _TAG.fullmatch(tag) and not _LINKS.search(tag) else None


def _advised_tag(route: Route) -> str | None:
    """Give the tag that would have routed the mail by itself, where its treasury was found otherwise."""
    found_otherwise = route.how in {How.SENDER_HISTORY, How.SENDER_DOMAIN, How.BODY}
    if found_otherwise and _TREASURY_CODE.fullmatch(route.queue):
        return f"[{route.queue}#DVC]"
    return None
