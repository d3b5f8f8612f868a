"""What stands below the last word of a mail and is nobody's word: ``-- `` blocks and lines that apps add."""

import re

from triage.core.forwardmarks import is_rule
from triage.core.text import fold

_LONGEST_SIGNATURE = 12
"""Lines below ``-- `` that are taken for a signature; more of them are text."""

_WIDEST = 200
_LINKS = re.compile(r"https?://\S{0,300}|[\[\]<>()|]")

_DEVICE = (
    r"(?:iphone|ipad|ipod|dien thoai(?: thong minh| di dong)?|may tinh bang|thiet bi(?: di dong)?|smartphone|"
    r"samsung(?: galaxy| mobile)?|galaxy|android|oppo|xiaomi|redmi|realme|vivo|vsmart|huawei|"
    r"nokia|blackberry)"
)
_MODEL = r"(?: (?:note|pro|plus|ultra|max|mini|fe|[a-z]{0,2}\d{1,3}[a-z]{0,2}))*"
_SYSTEM = r"(?:iphone|ipad|ios|android|windows(?: \d{1,2})?|mac|may mac|dien thoai|di dong|web|may tinh)"
_APP = (
    r"(?:yahoo(?: mail)?|outlook|thu|mail|gmail|zimbra|zoho mail|hop thu|zalo|"
    r"ung dung (?:gmail|outlook|thu|mail))"
)

_FOOTER = re.compile(
    # Vietnamese; each form whole, since "gửi từ điện thoại thì được" is part of a description
    rf"(?:(?:da|duoc|da duoc) )?gui (?:di )?(?:tu|bang) {_DEVICE}(?: {_DEVICE}){{0,3}}{_MODEL}(?: "
    r"cua toi)?[.!]?$|"
    rf"(?:(?:da|duoc|da duoc) )?gui (?:di )?(?:tu|bang|qua) (?:e-?mail cua toi|{_APP})"
    rf"(?: (?:danh cho|cho|tren|tu) {_SYSTEM})?[.!]?$|"
    rf"(?:tai(?: xuong)?|nhan|lay|cai dat|su dung) outlook (?:danh cho|cho|tren) {_SYSTEM}[.!]?$|"
    r"(?:khong co|khong chua) (?:vi-?rut|virus)[. ]{1,3}(?:www\.)?avast.{0,40}$|"
    r"(?:thu|email|mail) nay (?:da )?(?:duoc )?(?:kiem tra|quet) (?:vi-?rut|virus).{0,60}$|"
    # English and others
    r"sent from (?:my|yahoo|outlook|mail|mailbox|samsung|gmail|windows|mobile|a phone|zimbra)\b.{0,80}$|"
    r"sent (?:via|with|using) (?:blackberry|airmail|mobile|proton ?mail|gmail|outlook|zimbra|zoho).{0,60}$|"
    r"sent by galaxy$|from my iphone.{0,10}$|get outlook for (?:ios|android|mac).{0,60}$|"
    r"virus-free[. ]{0,3}(?:www\.)?avast.{0,40}$|this e-?mail (?:has been|was) checked for viruses.{0,60}$|"
    r"enviado (?:desde mi|do meu) .{0,40}$|inviato da(?:l mio)? .{0,40}$|"
    r"sendt fra min .{0,40}$|envoye depuis mon .{0,40}$|von meinem .{0,30} gesendet$|diese "
    r"nachricht wurde von meinem .{0,60}$|"
    r"verzonden (?:met|vanaf|via) .{0,40}$|從我的 .{0,20} 傳送$"
)
_SAYS_MORE = re.compile(
    r"^\W*(?:p/?\.?s|t/?\.?b|n\.?b)\.?\s*:|\?\s*$|\bloi (?:nhu sau|khi|sau)\b|\bbi loi\b"
    r"|\b(?:nho|xin|mong|de nghi|vui long) (?:anh|chi|a/c|quy|ban|kbnn|kho bac|bo phan)\b[^\n]{0,80}"
    r"\b(?:giup|ho tro|kiem tra|xem|xu ly|huong dan|phan hoi|tra loi)\b"
    r"|\bkhong (?:ky|dang nhap|vao|gui|truy cap|in) (?:so )?duoc\b",
    re.MULTILINE,
)
"""Words of a request below ``--``, in folded text: people part their paragraphs with dashes, too."""

_START = frozenset("dgtnlcsekfvm從[(<*")


def without_footer(lines: list[str]) -> list[str]:
    """Drop a ``-- `` signature, the lines of apps below the text, and rules that nothing follows."""
    end = _text_end(lines, len(lines))
    for index in range(max(0, end - _LONGEST_SIGNATURE - 1), end):
        if lines[index].rstrip() == "--":
            end = end if _is_text(lines, index, end) else index
            break
    end = _text_end(lines, end)
    while end and is_footer(lines[end - 1]):
        end = _text_end(lines, end - 1)
    return lines[:end]


def _is_text(lines: list[str], dashes: int, end: int) -> bool:
    """Say whether what stands below ``--`` is announced above it, asks for something, or is a postscript."""
    above = next((line for line in reversed(lines[:dashes]) if line.strip()), "")
    below = fold("\n".join(line[:_WIDEST] for line in lines[dashes + 1 : end]))
    return above.rstrip().endswith(":") or bool(_SAYS_MORE.search(below))


def is_footer(line: str) -> bool:
    """Ask whether a line is one that a mail program adds of its own, such as "Gửi từ iPhone của tôi"."""
    folded = fold(line[:_WIDEST]).strip(" *_")
    if folded[:1] not in _START:
        return False
    return bool(_FOOTER.match(" ".join(_LINKS.sub(" ", folded).split())))


def _text_end(lines: list[str], end: int) -> int:
    while end and (not lines[end - 1].strip() or is_rule(lines[end - 1])):
        end -= 1
    return end
