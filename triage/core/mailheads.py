"""The block of headers that mail programs set above a mail they quote or forward, read as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from triage.core.latepattern import late_pattern
from triage.core.mail import Address
from triage.core.text import fold

LONGEST_HEAD = 10
"""Lines that one block of headers may take, empty ones between them counted."""

_LONGEST_VALUES = 2_000
_LONGEST_VALUE = 400

ROLES = {
    # what mail programs write before the parts of a quoted header; folded
    **dict.fromkeys(("tu", "gui tu", "nguoi gui", "from", "de", "von", "da", "van", "fran"), "from"),
    **dict.fromkeys(("da gui", "ngay", "ngay gui", "thoi gian", "gui luc", "gui ngay", "gui"), "sent"),
    **dict.fromkeys(("thoi gian gui", "sent", "date", "envoye", "gesendet", "data", "datum"), "sent"),
    **dict.fromkeys(("enviado", "fecha", "inviato", "verzonden", "skickat"), "sent"),
    **dict.fromkeys(("toi", "den", "nguoi nhan", "gui den", "gui toi", "to", "a", "an", "aan"), "to"),
    **dict.fromkeys(("para", "till"), "to"),
    **dict.fromkeys(("cc", "dong kinh gui", "dong gui", "ban sao", "bcc", "reply-to", "risposta"), "cc"),
    **dict.fromkeys(("chu de", "tieu de", "subject", "objet", "betreff"), "subject"),
    **dict.fromkeys(("asunto", "oggetto", "onderwerp", "amne", "тема", "主题", "主旨", "件名"), "subject"),
    **dict.fromkeys(("от", "发件人", "寄件者", "差出人", fold("보낸 사람")), "from"),
    **dict.fromkeys(("отправлено", "дата", "发送时间", "日期", "寄件日期", "送信日時", "日付"), "sent"),
    **dict.fromkeys((fold("보낸 날짜"), fold("날짜")), "sent"),
    **dict.fromkeys(("кому", "收件人", "收件者", "宛先", fold("받는 사람")), "to"),
    **dict.fromkeys(("копия", "抄送", "副本", fold("참조")), "cc"),
    fold("제목"): "subject",
}
_LABEL = late_pattern(r"[\s*_|]{0,10}([^\W\d_][^:*\n]{0,20}?)[\s*_]{0,5}[:：][\s*_|]{0,10}(.*)")
_BARE_LABEL = late_pattern(r"(Từ|Đến|Tới|Ngày|Tiêu đề|Chủ đề|Cc|From|To|Date|Subject)[ \t]{1,3}(\S.*)")
_FEWEST_ROLES = 3
_FEWEST_BELOW_SEPARATOR = 2

DATE_OR_ADDRESS = late_pattern(
    r"[^\s@<>]@[^\s@<>]+\.|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[:h]\d{2}"
    r"|\d{1,2},? (?:thg|thang|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:19|20)\d\d"
)
"""What shows, in folded text, that a program wrote a head: a table of contacts has neither."""

_DAY = late_pattern(r"(?:ngày )?\d{1,2}[/.-]\d{1,2}")
_TIME = late_pattern(r"\d{1,2}[:h]\d{2}")

_NAMED = late_pattern(
    r"\s*(.{0,200}?)\s*[<\[(](?:mailto:)?\s*([^\s<>\[\]()]{1,200}@[^\s<>\[\]()]{1,200})\s*[<>\])]"
)
_BARE = late_pattern(r"[^\s<>\[\]()\"']{1,200}@[^\s<>\[\]()\"']{1,200}")


@dataclass(frozen=True, slots=True)
class Head:
    """One block: how many lines it takes, and its values as written, by role; empty ones are left out."""

    lines: int
    values: dict[str, str] = field(default_factory=dict)

    def value(self, role: str) -> str:
        """Give the value of ``from``, ``sent``, ``to``, ``cc`` or ``subject``; empty where it has none."""
        return self.values.get(role, "")


def head_at(lines: Sequence[str], index: int, *, below_separator: bool = False) -> Head | None:
    """Read the block of headers that begins in that line; None where none does.

    A table of contact details has labels too: only a sender together with a date or subject, and an address
    or a date among the values, make a head. Below a line that says "original message" fewer are enough.
    """
    found: dict[str, str] = {}
    values: list[str] = []
    at = index
    while at < min(index + LONGEST_HEAD, len(lines)):
        role, value = _label(lines[at], bare=below_separator)
        if role is None and (
            at == index or not (at + 1 < len(lines) and _label(lines[at + 1], bare=below_separator)[0])
        ):
            break
        if role is not None and value.strip():
            found.setdefault(role, value.strip()[:_LONGEST_VALUE])
        if role is not None:
            found.setdefault(role, "")
        values.append(value[:_LONGEST_VALUE])
        at += 1
    fewest = _FEWEST_BELOW_SEPARATOR if below_separator else _FEWEST_ROLES
    if len(found) < fewest or "from" not in found or not found.keys() & {"sent", "subject"}:
        return None
    if not DATE_OR_ADDRESS.search(fold(" ".join(values)[:_LONGEST_VALUES])):
        return None
    return Head(at - index, found) if below_separator or _is_of_a_program(found) else None


def _is_of_a_program(found: dict[str, str]) -> bool:
    """Say whether a program wrote a head: letters and reports begin with "Từ:", "Ngày:", "Đến:" as well.

    Where the sender is a name alone, a program gives the time of the day, a recipient and a subject.
    """
    if "@" in found["from"]:
        return True
    if _DAY.match(found["from"].strip()):
        return False
    named = "@" in found.get("to", "") or "@" in found.get("cc", "")
    return named or (
        _TIME.search(fold(found.get("sent", ""))) is not None and {"to", "subject"} <= found.keys()
    )


def read_mailbox(written: str) -> Address | None:
    """Read a sender as mail programs print him: ``Name <a@b>``, ``Name [mailto:a@b]``, a bare address."""
    named = _NAMED.match(written[:_LONGEST_VALUE])
    if named:
        return Address(named.group(1).strip(" \"'*_“”"), named.group(2).rstrip(".,;"))
    bare = _BARE.search(written[:_LONGEST_VALUE])
    return Address("", bare.group().rstrip(".,;:*_").removeprefix("mailto:")) if bare else None


def _label(line: str, *, bare: bool = False) -> tuple[str | None, str]:
    """Read one line of a head; ``bare`` allows a label without colon, as eM Client writes them."""
    colon = ":" in line or "：" in line
    match = (_LABEL.match(line) if colon else None) or (_BARE_LABEL.match(line) if bare else None)
    if match is None:
        return None, line
    return ROLES.get(fold(match[1]).strip()), match[2]
