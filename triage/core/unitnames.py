"""Names of units that use the budget, as they stand in signatures and sentences."""

import re

from triage.core.aligned import aligned
from triage.core.latepattern import late_pattern
from triage.core.persons import job_in, person_in
from triage.core.text import fold, one_line

_LONGEST_NAME = 120
_MOST_WORDS = 16

_KINDS = (
    r"tr[uư][oờ]ng(?:\s+(?:mầm non|mẫu giáo|tiểu học|trung học|th|thcs|thpt|mn|mg|cao đẳng|đại học"
    r"|chính trị|phổ thông|pt|dtnt|ptdt\w*"
    r"|mam non|tieu hoc|trung hoc|cao dang|dai hoc|pho thong|nội trú|bồi dưỡng|cđ|đh))"
    r"|ubnd|ủy ban nhân dân|uỷ ban nhân dân|uy ban nhan dan|hđnd|đảng ủy|huyện ủy|tỉnh ủy|thành ủy"
    r"|thị ủy|mttq|ubmttq"
    r"|trung tâm|trung tam|ttyt|bệnh viện|benh vien|trạm y tế|tram y te|tram|chi cục|chi cuc|cục"
    r"|hạt kiểm lâm|phòng khám"
    r"|phòng (?:gd|giáo dục|tài chính|nội vụ|tư pháp|lao động|văn hóa|nông nghiệp|kinh tế"
    r"|tài nguyên|y tế|công thương|lđ|vh|tc|tn|nn|qlđt|kh|kinh tế)"
    r"|sở (?:[a-zđ]|[A-ZĐ])|ban (?:quản lý|qlda|qldt|chỉ huy|dân tộc|tiếp công dân|tổ chức"
    r"|tuyên giáo|nội chính)|ban qlda|bql"
    r"|văn phòng|thanh tra|kho lưu trữ|thư viện|bảo tàng|nhà văn hóa|đài (?:phát thanh|truyền)"
    r"|hội (?:nông dân|phụ nữ|cựu chiến binh|chữ thập đỏ|đồng|liên hiệp)"
    r"|tòa án|toà án|viện|công an|quân sự|liên đoàn lao động|bảo hiểm xã hội|bhxh|công ty|cong ty"
    r"|tổng công ty|ngân hàng|học viện|quỹ|đoàn|thcs|thpt|trường"
)
_LINE = late_pattern(rf"(?:{_KINDS})\b", re.IGNORECASE)
_FOLDED_KINDS = late_pattern(rf"(?:{fold(_KINDS)})\b")
_ANCHORS = (
    *(
        "truong",
        "ubnd",
        "uy ban",
        "trung tam",
        "benh vien",
        "tram",
        "chi cuc",
        "cuc ",
        "phong ",
        "so ",
        "ban ql",
    ),
    *(
        "ban quan ly",
        "bql",
        "van phong",
        "hoi ",
        "dai ",
        "toa an",
        "vien ",
        "cong an",
        "cong ty",
        "thcs",
        "thpt",
    ),
)
"""How the kinds of units begin, folded; a text without any of them names none."""

_BELONGS = late_pattern(
    r"(?<!\w)(?:ke toan|kt|ktt|cong tac tai|lam viec tai|lam o|lam tai|don vi (?:em|toi) la|don vi|em o"
    r"|em ben|ben|em la|toi la|thuoc)[ ]+(?:(?:cua|o|tai|truong|vien)[ ]+)?$"
)
_UNIT = late_pattern(rf"(?:{fold(_KINDS)})\s[^,.;:!?\n()]{{2,80}}")
_MOST_ANCHORS = 40
_LONGEST_INTRODUCTION = 600
"""Characters among which a writer says where he belongs; further down it is others that are spoken of."""

_LOOK_BACK = 40
_PROSE = late_pattern(
    r"\b(?:không|khong|bị|bi|được|duoc|lỗi|loi|em|tôi|xin|nhờ|đề nghị|de nghi|đã|da gui"
    r"|báo|hỗ trợ|ho tro|chưa|chua|nhưng|mà|thì|vào|kính)\b",
    re.IGNORECASE,
)
_TAIL = late_pattern(
    r"\s*(?:[;|]|\s[-–—]\s*(?:sđt|đt|tel|mã|ms|\d|địa chỉ)|,\s*(?:sđt|đt|tel|mã|địa chỉ)"
    r"|\(?\d{7,}|\bsđt\b|\bđt\b|\bmã\b).*",
    re.IGNORECASE,
)
_PHONE_AT_END = late_pattern(
    r"[\s,;.:(/–—-]*(?:(?<!\w)(?:số điện thoại|điện thoại|di động|sđt|đtdđ|đt|tel|hotline|zalo|fax)[\s:.]*)?"
    r"(?<!\w)[(+]{0,2}(?:84|0)[\d .()-]{7,16}$",
    re.IGNORECASE,
)
_LAST_SENTENCE = late_pattern(r"(?<=\w{3})\.\s+([^.,]{2,40})$")
"""What stands before a phone: "…, Hà Nam. Tân, 0900…"; behind "TP." a name goes on."""

_MOST_PHONES = 4
_BREAK = late_pattern(r"\s+[-–—|]\s+|\s*,\s*")
_UNIT_WORD = late_pattern(r"(?:trường|ban|phòng|sở|ủy ban|uỷ ban|khoa|tổ)\s", re.IGNORECASE)
_MIDDLE_NAMES = frozenset({"thị", "văn"})


def without_contact(name: str) -> str:
    """Take what is no part of a unit's name off it: phones at its end, and who writes for it in front."""
    for _ in range(_MOST_PHONES):
        rest = _PHONE_AT_END.sub("", name)
        if rest in {"", name}:
            break
        sentence = _LAST_SENTENCE.search(rest)
        name = rest[: sentence.start()] if sentence and person_in(sentence[1], labelled=True) else rest
    start = 0
    for mark in _BREAK.finditer(name):
        if not _is_writer(name[start : mark.start()]):
            break
        start = mark.end()
        if _begins_unit(name[start:]):
            return name[start:]
    return name


def _is_writer(text: str) -> bool:
    """Say whether a part of a signature is a person or a job; families are called Đoàn, and units too."""
    if job_in((text,)) and not _begins_unit(text):
        return True
    words = text.lower().split()
    return bool(person_in(text)) and (not _LINE.match(text) or words[1] in _MIDDLE_NAMES)


def _begins_unit(text: str) -> bool:
    return bool(_LINE.match(text) or _UNIT_WORD.match(text) or _FOLDED_KINDS.match(fold(text)))


def unit_of_line(line: str) -> str:
    """Give the unit that a short line begins with; empty where it is a sentence or something else."""
    if len(line) > 2 * _LONGEST_NAME:
        return ""
    plain = one_line(line).strip(" *_-–•\"'“”.")
    if not plain or not (_LINE.match(plain) or _FOLDED_KINDS.match(fold(plain))):
        return ""
    name = _TAIL.sub("", plain).strip(" ,.;-–")
    words = name.split()
    if not 1 < len(words) <= _MOST_WORDS or _PROSE.search(name) or name.endswith(("?", ":")):
        return ""
    return name[:_LONGEST_NAME]


def unit_in_sentence(text: str) -> str:
    """Give the unit that a sentence says the writer belongs to; empty where none does."""
    whole = aligned(text[:_LONGEST_INTRODUCTION])
    for at in _anchors(whole.flat):
        if _BELONGS.search(whole.flat[max(0, at - _LOOK_BACK) : at]) and (
            match := _UNIT.match(whole.flat, at)
        ):
            named = _PROSE.split(text[slice(*whole.span(*match.span()))], maxsplit=1)[0]
            name = _TAIL.sub("", named).strip(" ,.;-–")
            if len(name.split()) > 1:
                return name[:_LONGEST_NAME]
    return ""


def _anchors(flat: str) -> list[int]:
    found: list[int] = []
    for anchor in _ANCHORS:
        at = flat.find(anchor)
        while at >= 0 and len(found) < _MOST_ANCHORS:
            found.append(at)
            at = flat.find(anchor, at + len(anchor))
    return sorted(found)
