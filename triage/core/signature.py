"""The block at the end of a mail in which its writer says who he is: name, job, unit, phone, address.

It is found, never cut: ``new_text`` keeps it, and what it says (a treasury, a phone) is for others to read.
"""

import re

from triage.core.footers import without_footer
from triage.core.text import fold

MOST_LINES = 14
"""Lines that one block may take."""

_WIDEST = 160
_FEWEST_SIGNS = 2

_CLOSING = re.compile(
    r"(?:em |toi |chung toi |don vi )?(?:xin )?(?:tran trong|chan thanh|kinh)(?: (?:kinh )?(?:cam "
    r"on|chao|thu|don|bao))?"
    r"(?: (?:va|anh/chi|anh chi|quy).{0,40})?\s*[!.,;]*$|"
    r"(?:xin )?(?:chan thanh )?cam on(?: (?:anh|chi|quy|doi|ban|nhieu)\b.{0,40})?\s*[!.,;]*$|than "
    r"(?:men|chao)\s*[!.,]*$|"
    r"(?:nguoi (?:lap|gui|lien he|viet)|ke toan(?: truong)?|thu truong don vi)\s*[:,.]?$|"
    r"(?:best|kind|warm|many)? ?(?:regards|thanks|wishes)(?: and regards)?\s*[!.,]*$|thank you\s*[!.,]*$|"
    r"(?:yours )?sincerely\s*[!.,]*$"
)
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:\+?84|0)[\d .()-]{8,14}\d",
        r"[^\s@<>]@[^\s@<>]+\.",
        (
            r"\b(?:kbnn|kho bac|truong|ubnd|uy ban|cong ty|benh vien|tram y te|trung tam|phong|so|chi "
            r"cuc|hoc vien|vien|"
            r"ban quan ly|don vi|co quan|doi)\b"
        ),
        (
            r"\b(?:ke toan|thu quy|chuyen vien|can bo|truong phong|pho phong|giam doc|hieu truong|van "
            r"thu|giao dich vien)\b"
        ),
        r"\b(?:dia chi|so nha|duong|phuong|quan|huyen|xa|thon|tinh|thanh pho|tp)\b",
        r"\b(?:dt|sdt|dtdd|dien thoai|di dong|tel|phone|mobile|fax|email|zalo|mst|ma dvqhns|ma don vi)\b",
    )
)
_PHONE, _MAIL = _SIGNS[0], _SIGNS[1]


def signature_of(text: str) -> str:
    """Give the contact block that ends a text; empty where nothing shows for certain that there is one.

    ``text`` is a mail's new text. A block begins below "Trân trọng," or ``--``, or it is the last paragraph
    and says in short lines at least two things that only contact details say, a phone or address among them.
    """
    lines = text.rstrip().split("\n")
    dashes = _below_dashes(lines)
    if dashes:
        return dashes
    lines = without_footer(lines)
    block = _below_closing(lines) or _last_paragraph(lines)
    return "\n".join(line.strip() for line in block).strip()


def _below_dashes(lines: list[str]) -> str:
    start = max(0, len(lines) - MOST_LINES)
    at = next((index for index in range(start, len(lines)) if lines[index].rstrip() == "--"), None)
    if at is None:
        return ""
    return "\n".join(line.strip() for line in without_footer([*lines[at + 1 :]])).strip()


def _below_closing(lines: list[str]) -> list[str]:
    """Give what stands below the last closing phrase, unless somebody goes on writing there."""
    for index in range(len(lines) - 1, max(-1, len(lines) - MOST_LINES - 1), -1):
        if _CLOSING.fullmatch(fold(lines[index][:_WIDEST]).strip(" *_-")):
            block = [line for line in lines[index + 1 :] if line.strip()]
            return block if block and all(_is_short(line) for line in block) else []
    return []


def _last_paragraph(lines: list[str]) -> list[str]:
    start = len(lines)
    while start and lines[start - 1].strip() and len(lines) - start < MOST_LINES:
        start -= 1
    block = lines[start:]
    if not block or start == 0 or not all(_is_short(line) for line in block):
        return []
    folded = fold("\n".join(block))
    told = sum(bool(sign.search(folded)) for sign in _SIGNS)
    reachable = _PHONE.search(folded) or _MAIL.search(folded)
    return block if reachable and told > _FEWEST_SIGNS - 1 and not _is_prose(block) else []


def _is_short(line: str) -> bool:
    return len(line.strip()) <= _WIDEST


def _is_prose(block: list[str]) -> bool:
    """Say whether a paragraph reads like a sentence that names a phone: one that asks for something."""
    return len(block) == 1 and (
        block[0].rstrip().endswith((".", "?", "!")) or len(block[0].split()) > MOST_LINES
    )
