"""Whether what stands after “mật khẩu”, “PIN” or “OTP” is the secret itself or only talk about it."""

import re
from enum import IntEnum

from triage.core.latepattern import late_pattern

LEAST = 4
"""Characters of the shortest value that is taken for a secret; shorter ones are words and counts."""

_LONGEST_SYLLABLE = 7
_LEAST_PLAIN = 6
"""Letters or digits without a sign before them that are taken for a password at least."""

_LONGEST_NUMBER = 20


class Tie(IntEnum):
    """How closely a value follows the word for the secret, the closest first."""

    SIGNED = 1
    LOOSE = 2
    LINE = 3
    BARE = 4


_INNOCENT = late_pattern(
    r"sd\d{6}-?\d*"  # ticket codes
    r"|\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{4}|\d{2}))?|\d{1,2}(?:h|g|:)\d{0,2}"  # dates and times
    r"|\d{4}[#&@ -]?dvc|\d{4}#\w+"  # treasury tags
    r"|(?:mailto:)?[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,24}"
    r"|(?:https?:|www\.).*|(?:[\w-]+\.)+(?:vn|com|net|org|gov|edu|info|example)(?:/.*)?"
    r"|\d{1,5}(?:/\d{4})?/[a-z]{1,6}(?:-[a-z&]{1,10}){0,3}\d*"  # numbers of letters: 7102/TB-KBNN
    r"|16[ac]\d?|c\d-\d\d\w{0,3}|01a?-sdkp|f0?1-\w{1,6}"  # forms
    r"|\d{1,3}(?:[.,]\d{3})+(?:d|vnd|dong)?"  # amounts of money
    r"|.*\.(?:png|jpe?g|gif|bmp|pdf|docx?|xlsx?|pptx?|zip|rar|7z|eml|msg|txt|html?|exe|mp4)"
    r"|(?:win|windows|office|java|jre|jdk|chrome|firefox|edge|vneid|misa|excel|word|bit4id|vgca|tls"
    r"|ssl|sha|usb"
    r"|ie|ios|android|net|sp|service|version|ver|v|imas|htkk|dvc|lan|thang|nam|quy|tuan|ngay|buoc|cap"
    r"|muc|dong)"
    r"[-._]?\d{1,2}(?:\.\d+)*|office(?:365|20\d\d)|win(?:dows)?20\d\d|misa(?:20\d\d|mimosa)"
    r"|(?:loi|error|err|http|code|ma)(?:[-_:]\w*\d\w*|\d+)"
    r"|\d+(?:ky|kt|lan|ngay|phut|gio|giay|thang|so|nam|k|tr|trieu|ty|mb|gb|kb|%)\w*"
    r"|[*•.x_\-…#?/\\=~+^]+"  # hidden already, or a blank to fill in
)
_BUDGET_OR_TREASURY = late_pattern(r"\d{7}|\d{4}")
_PHONE = late_pattern(r"(?:0|\+?84)[235789]\d{8,9}")
_ORDINARY = """
    password username incorrect required expired invalid changed default account windows please forgotten
    forgot wrong reset website facebook internet outlook ultraviewer teamviewer anydesk gateway kbnngateway
    trinhduyet tiengviet service manager system enabled disabled missing unknown correct updated changes
    support hotrocntt confidential protected email number strength policy minimum maximum characters
"""
_WORDS = frozenset(_ORDINARY.split())
_SYLLABLE = late_pattern(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
_SYMBOL = late_pattern(r"[@#$%^&*!?+=~]")
_INNER_CAPITAL = late_pattern(r"[a-z][A-Z]")
UNITS = (
    r"(?:ky tu|lan|ngay|phut|gio|giay|thang|nam|chu so|chu cai|so\b|chu\b|dong\b|vnd|trieu"
    r"|nguoi|don vi|%|tuoi|hom\b|mb\b)"
)
"""What is counted, folded: a number before it is none of a password."""

_UNIT = late_pattern(rf"[ \t]*{UNITS}")


def value_in(token: str) -> tuple[int, int]:
    """Give the bounds of the value in a run of signs: without quotation marks, brackets, full stops."""
    start, end = 0, len(token)
    while start < end and token[start] in "\"'“”‘’«»([{<`":
        start += 1
    while end > start and token[end - 1] in ".,;:)]}>\"'“”‘’«»`":
        end -= 1
    return start, end


def is_password(written: str, flat: str, tie: Tie, after: str, *, wanted: bool) -> bool:
    """Say whether a value is a password.

    ``written`` is the value as it stands, ``flat`` its folded form, ``after`` the folded text behind it.
    ``wanted`` tells that the words before only speak of a password (forgotten, reset, to be received), so
    that a user name or a code of a unit is more likely than a password.
    """
    head = re.split(r"[,;|]", flat, maxsplit=1)[0]
    shown = written[: len(head)] if len(written) == len(flat) else written
    if len(head) < LEAST or _INNOCENT.fullmatch(head) or (head[0].isdigit() and _UNIT.match(after)):
        return False
    letters, digits = any(map(str.isalpha, head)), any(map(str.isdigit, head))
    if not head.isascii():
        return False
    if wanted or tie is Tie.LOOSE:
        return _is_strong(shown, head, letters=letters, digits=digits, wanted=wanted)
    if letters and digits:
        return tie is Tie.SIGNED or len(head) >= _LEAST_PLAIN
    if digits:
        return _is_number(head, tie)
    return tie is Tie.SIGNED and letters and _is_made_up(shown, head)


def _is_strong(shown: str, flat: str, *, letters: bool, digits: bool, wanted: bool) -> bool:
    if not (letters and digits and len(flat) >= _LEAST_PLAIN):
        return False
    return not wanted or bool(_SYMBOL.search(flat)) or (shown != shown.lower() and shown != shown.upper())


def _is_number(flat: str, tie: Tie) -> bool:
    if tie is Tie.BARE:
        return False
    if not flat.isdigit():
        return tie is Tie.SIGNED and len(flat) >= _LEAST_PLAIN and bool(_SYMBOL.search(flat))
    if tie is Tie.LINE and (_BUDGET_OR_TREASURY.fullmatch(flat) or _PHONE.fullmatch(flat)):
        return False
    return len(flat) <= _LONGEST_NUMBER


def _is_made_up(shown: str, flat: str) -> bool:
    """Tell a password of letters from a word: no syllable is that long, few words have such signs."""
    if _SYMBOL.search(flat):
        return len(flat) >= _LEAST_PLAIN and flat.rstrip("!?*") not in _WORDS and not _is_word(flat)
    if not flat.isalpha() or flat in _WORDS:
        return False
    if len(flat) > _LONGEST_SYLLABLE or _INNER_CAPITAL.search(shown):
        return len(flat) >= _LEAST_PLAIN
    return False


def _is_word(flat: str) -> bool:
    return bool(_SYLLABLE.fullmatch(flat.rstrip("!?*")))


_ENDS = late_pattern(r"[ \t]*(?:[.,;)\n]|\Z|(?:nhe|nha|a|anh|chi|em|ad|de|thi)\b)")
_YEAR = late_pattern(r"(?:19|20)\d\d")
_SHORT_LABELS = frozenset({"mk", "pass", "pwd", "pw"})
_SHORT_LENGTHS = frozenset({4, 5, 6, 8, 9, 10})
"""Of numbers behind one of these words alone; seven digits are the code of a budget unit."""


def is_bare_number(label: str, flat: str, after: str) -> bool:
    """Say whether a number that follows the word for a password without any sign is the password."""
    if not flat.isdigit() or is_phone(flat) or _YEAR.fullmatch(flat) or not _ENDS.match(after):
        return False
    return len(flat) in (_SHORT_LENGTHS if label in _SHORT_LABELS else _PLAIN_CODE_LENGTHS)


_MOST_PIECES = 4
_MESSAGE = """
    loi error err code sai khong chua het phai toi it must least invalid at hay vui long please the your is
    lan ky so chu tu ngay phut gio thang nam user tai khoan mat khau password xem theo nhu sau so dien thoai
    don vi truong mam non ten
"""
_MESSAGE_WORDS = frozenset(_MESSAGE.split())


def is_phrase(written: str, flat: str) -> bool:
    """Say whether what stands in quotation marks is a password of several pieces, not a message."""
    pieces = flat.split()
    if not 1 < len(pieces) <= _MOST_PIECES or not written.isascii() or _MESSAGE_WORDS.intersection(pieces):
        return False
    if any(_INNOCENT.fullmatch(piece) or _PHONE.fullmatch(piece) for piece in pieces):
        return False
    digits, letters = sum(map(str.isdigit, flat)), sum(map(str.isalpha, flat))
    return digits > 1 and letters > 1


_TALK = """
    about above account after ai an and android anh are article at attempt attempts ban bao bat before
    below bi biet bo buoc by cac cai can cap changed chapter chi cho chon chrome chu chua chung chuoi
    chuong co code cot cu cua cung da dai dan dang dat day days de diem dien dieu dinh don du dung duoc
    duoi dvc edge em err error excel expired file firefox for from galaxy gi gia giao gio giua giup gom
    gui hai ham han hang has have hay het hien hieu hinh ho hoac hoc hom hon hop http huyen id if in
    incorrect invalid ios ipad iphone is it java kbnn ke kem khac khau khi kho khoa khoan khong khu ky
    la lai lam le least len lenh level lien line loi lop luc luon luu ma mam mau max min minh misa mk
    moi mot muc muon must nam nay nen net neu new ngay nghi ngoai nguoi nhan nhap nhat nhieu nho nhom
    nhu nhung no non not nua number nuoc o of office old older on only or otp our over page pass
    password phai phan phien phong phut pin pwd qua quan quen quy quyen quyet ra required reset roi room
    sai samsung sau se section see since sinh so step tai ten than thang thanh thao thay thcs the them
    theo thi thieu thoi thpt thu thuong tien tieng tiep tieu tim tin tk to toan toi tong tp tren truoc
    truong tu tuan tung tuoi ubnd under until user username valid van vao ve ver version vi viec voi vua
    was win windows with word wrong xa xem xin y your
"""
_TALK_WORDS = frozenset(_TALK.split())
"""What people say of passwords; passwords are made of flowers, beasts and colours for the most part."""

_COUNTED = frozenset(
    [
        "bang",
        "cau",
        "dau",
        "do",
        "doi",
        "dong",
        "hoi",
        "lan",
        "mat",
        "may",
        "phuong",
        "sao",
        "tang",
        "thong",
        "tinh",
        "trang",
        "trong",
    ]
)
"""Words that are talk where only such stand before the number (“trang 12”, “máy tính 2”)."""


def is_wordy(written: str, flat: str) -> bool:
    """Say whether words and a number behind them ("hoa sen 2024") are a password, no talk about one."""
    *words, last = flat.split(" ")
    alone = _COUNTED.issuperset(words) and (len(words) == 1 or not _YEAR.match(last))
    if alone or _TALK_WORDS.intersection(words) or _INNOCENT.fullmatch(last) or _PHONE.fullmatch(last):
        return False
    if last.isdigit():
        return len(flat) >= _LEAST_PLAIN and not (len(last) == _UNIT_CODE or len(last) > _LONGEST_TAIL)
    return written.isascii()


_UNIT_CODE = 7
_LONGEST_TAIL = 8


def is_split(written: str, flat: str) -> bool:
    """Say whether two pieces are one password: a sign within the first, a digit within the second."""
    first, _, second = flat.partition(" ")
    if not written.isascii() or not _WITHIN.search(first) or _INNOCENT.fullmatch(first):
        return False
    # a piece that is a password by itself stands alone, and what follows it is talk
    alone = any(map(str.isdigit, first)) or len(first) >= _LEAST_PLAIN
    return bool(_INNER_DIGIT.search(second)) and not alone and not _INNOCENT.fullmatch(second)


_INNER_DIGIT = late_pattern(r"[a-z]\d+[a-z]")
_WITHIN = late_pattern(r"\w[@#$%^&*!?+=~]\w")
_CODE_LENGTHS = frozenset({4, 5, 6, 7, 8})
_PLAIN_CODE_LENGTHS = frozenset({6, 8})
"""Seven digits are the code of a budget unit."""


def is_code(flat: str, *, signed: bool, after: str) -> bool:
    """Say whether digits, blanks among them allowed, are a one-time code."""
    digits = flat.replace(" ", "")
    lengths = _CODE_LENGTHS if signed else _PLAIN_CODE_LENGTHS
    return digits.isdigit() and len(digits) in lengths and not _UNIT.match(after)


def is_pin(flat: str, *, signed: bool, after: str) -> bool:
    """Say whether a value is a PIN: digits, or with a sign before it letters and digits mixed."""
    head = re.split(r"[,;|]", flat, maxsplit=1)[0]
    if _INNOCENT.fullmatch(head) or _PHONE.fullmatch(head) or _UNIT.match(after) or not head.isascii():
        return False
    if head.isdigit():
        plain = _LEAST_PLAIN <= len(head) <= 12 and head[0] != "0"  # noqa: PLR2004 - PINs of tokens are not longer
        return (signed and LEAST <= len(head) <= 16) or plain  # noqa: PLR2004 - same
    mixed = any(map(str.isdigit, head)) and any(map(str.isalpha, head))
    return signed and mixed and len(head) >= LEAST


def is_phone(digits: str) -> bool:
    """Say whether digits could be a Vietnamese phone number."""
    return bool(_PHONE.fullmatch(digits))
