"""Names and jobs of people, as Vietnamese signatures write them."""

import re
from collections.abc import Iterable

from triage.core.text import fold, one_line

_LONGEST_LINE = 160
_LONGEST_NAME_LINE = 80
"""A line without a label that begins with a name is no longer than this."""

_MOST_WORDS = 6
_FEWEST_WORDS = 2
_LABELLED_FEWEST = 1

_FAMILY_NAMES = """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh mai trinh dao lam cao ta
    ha to luong chu chau thai trieu quach kieu vuong tu nong lo giang vang sung ma luu doan truong tang
    ton nghiem quan khuc la phung an bach bang be ca cu cung dam dan dau diep dong du giap han hong hua
    kha khong khuat kim lai lang lieu luc mac man mau moc na ngan nhan ninh ong on pho quang sam sa si
    son su tao than thach thieu thoi tieu tong tra trang trung ung uong van vi viem vien xa y thi dieu
    rcom ksor siu rmah nay hvong hoa
"""
_FAMILIES = frozenset(_FAMILY_NAMES.split())
_PLAIN_FAMILY_NAMES = """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh mai trinh dao lam cao ta
    luong chu chau thai trieu quach kieu vuong nong luu doan truong phung
"""
_PLAIN_FAMILIES = frozenset(_PLAIN_FAMILY_NAMES.split())
"""Families that even a line without tones may begin with; the others fold to common words."""

_TITLE = re.compile(
    r"(?:(?:ông|bà|anh|chị|cô|thầy|đ/c|đồng chí|mr|mrs|ms|em|cháu)\.?\s*[:.]?\s+)", re.IGNORECASE
)
_END = re.compile(r"\s*(?:[,;|/(\[:<–—]|\s-|-\s|\d|\+|\b(?:sđt|đt|tel|zalo|email)\b).*", re.IGNORECASE)
_NO_NAME_WORDS = """
    truong phong so ban kho bac ubnd ke toan hieu giam doc cong ty mam non tieu hoc thcs thpt huyen
    tinh xa phuong thanh pho kinh gui tran trong cam on don vi dich vu ho tro chuyen vien can
    bo quy benh vien trung tam nha nuoc cntt dvc kbnn loi khong duoc dien thoai dia chi
    lien he nguoi gui ma dvqhns qhns khoi
"""
_NO_NAMES = frozenset(_NO_NAME_WORDS.split())

_PLACES = frozenset({"xã", "phường", "tỉnh", "huyện", "quận"})
"""What the name of a place begins with; without its tone "xã" folds to a family name."""

_JOBS = (
    "kế toán trưởng", "phó kế toán trưởng", "phụ trách kế toán", "kế toán viên", "chủ tài khoản",
    "phó hiệu trưởng", "hiệu trưởng", "phó giám đốc", "giám đốc", "chuyên viên", "văn thư", "thủ quỹ",
    "phó chủ tịch", "chủ tịch",
    "phó trưởng phòng", "trưởng phòng", "phó phòng", "chánh văn phòng", "kế toán", "cán bộ tài chính",
    "công chức tài chính - kế toán", "trưởng ban", "trạm trưởng", "giao dịch viên", "quản trị mạng",
)  # fmt: skip
_SHORT_JOBS = {"ktt": "kế toán trưởng", "ktv": "kế toán viên", "ctk": "chủ tài khoản"}
_JOB_SIGNS = (
    "toan",
    "kt",
    "ctk",
    "tai khoan",
    "truong",
    "giam doc",
    "vien",
    "thu",
    "chu tich",
    "phong",
    "can bo",
    "quan tri",
    "cong chuc",
)
_JOB = re.compile(
    r"(?<!\w)(?:"
    + "|".join(sorted((re.escape(fold(job)) for job in _JOBS), key=len, reverse=True))
    + r"|ktt|ktv|ctk)(?!\w)"
)
_JOB_OF = {fold(job): job for job in _JOBS} | _SHORT_JOBS


def person_in(line: str, *, labelled: bool = False) -> str:
    """Give the name of a person that a line begins with; empty where it begins with none.

    After a label one word is a name; elsewhere it takes a family name and capital letters.
    """
    if not labelled and (len(line) > _LONGEST_NAME_LINE or ":" in line):
        return ""
    plain = one_line(line[:_LONGEST_LINE]).strip(" *_-–•\"'“”")
    plain = _TITLE.sub("", plain, count=1) if _TITLE.match(plain) else plain
    name = _END.sub("", plain).strip(" .,*_\"'")
    words = name.split()
    fewest = _LABELLED_FEWEST if labelled else _FEWEST_WORDS
    if not fewest <= len(words) <= _MOST_WORDS or not all(_is_name_word(word) for word in words):
        return ""
    folded = [fold(word) for word in words]
    if labelled:
        return "" if set(folded) <= _NO_NAMES else name
    return name if _is_family(words, folded) else ""


def job_in(lines: Iterable[str]) -> str:
    """Give the first job that lines name, in its usual spelling; empty where none does."""
    folded = fold("\n".join(line[:_LONGEST_NAME_LINE] for line in lines))
    match = _JOB.search(folded) if any(word in folded for word in _JOB_SIGNS) else None
    return _JOB_OF[match.group()] if match else ""


def _is_name_word(word: str) -> bool:
    return word[:1].isupper() and all(char.isalpha() or char in "'’.-" for char in word)


def _is_family(words: list[str], folded: list[str]) -> bool:
    if set(folded) <= _NO_NAMES | {"van", "thu"} or (
        folded[0] in {"truong", "phong", "so", "ban"} and folded[1] in _NO_NAMES
    ):
        return False
    if words[0].lower() in _PLACES:
        return False
    toned = any(not word.isascii() for word in words)
    first, last = folded[0], folded[-1]
    known = _FAMILIES if toned else _PLAIN_FAMILIES
    others = sum(one in _NO_NAMES for one in folded[1:])
    return (first in known and others * 2 <= len(folded[1:])) or (
        last in _PLAIN_FAMILIES and len(words) > 1 and others == 0
    )
