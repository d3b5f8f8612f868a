"""Numbers that belong to one person or one purse: citizen ids, accounts at banks and the treasury, cards."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from triage.core.latepattern import late_pattern
from triage.core.secretvalues import is_phone


class Found(NamedTuple):
    """A piece of folded text and what kind of secret it is."""

    start: int
    end: int
    kind: str


CITIZEN_ID = "citizen_id"
ACCOUNT = "account"
CARD = "card"

_ID_WORD = late_pattern(
    r"(?<!\w)(?:cccd|cmnd|cmtnd|cmt|can cuoc(?: cong dan)?|chung minh(?: thu| nhan dan)?"
    r"|so dinh danh(?: ca nhan)?"
    r"|dinh danh ca nhan|giay to tuy than|ho chieu)(?:[ \t]*+/[ \t]*+(?:cccd|cmnd|cmt"
    r"|can cuoc))?(?:[ \t]++(?:so|cua|em|toi|la|gan|chip|moi|cu|ca|nhan)){0,8}"
    r"[ \t]*+(?:\([^()\n]{0,20}\))?[ \t]*+[:=.-]?[ \t]*+"
    r"(?P<value>\d(?:[ .]?\d){8}(?:(?:[ .]?\d){3})?)(?!\d|[.,]\d)"
)
_PASSPORT = late_pattern(
    r"(?<!\w)(?:ho chieu|passport)(?:[ \t]++(?:so|no|number|cua|em|toi|la)\.?){0,4}[ \t]*+[:=.-]?[ \t]*+"
    r"(?P<value>[a-z]{1,2}\d{7,8})(?!\w)"
)
_BARE_ID = late_pattern(
    r"(?<![\w.,/+-])(?P<value>0(?:0[1-9]|[1-8]\d|9[0-6])[ .]?[0-3](?:[ .]?\d){8})(?![\w]|[.,/-]\d)"
)
"""Twelve digits: code of the province 001–096, century and sex, year of birth (Circular 59/2021/TT-BCA)."""

_ACCOUNT_WORD = late_pattern(
    r"(?<!\w)(?:(?P<strong>stk|so tai khoan|so tk|tai khoan so|tk so|account (?:no|number)\.?|a/c)"
    r"|(?P<weak>tai khoan|tk|account))(?!\w)"
    r"(?P<about>(?:[ \t]++(?:ngan|hang|kho|bac|tien|gui|thu|huong|nhan|thanh|toan|cua|don|vi|em|toi|la"
    r"|so|ben|moi|cu|dung|du|ca|nhan"
    r"|vietcombank|vietinbank|agribank|bidv|vcb|mb|acb|techcombank|sacombank|kbnn|tai|mo)){0,8})"
    r"[ \t]*+(?P<sign>[:=-])?[ \t]*+(?P<value>\d(?:[ .-]?\d){5,19})(?P<tail>(?:[ .-]?\d)*)(?!\w)"
)
_TREASURY_ACCOUNT = late_pattern(r"(?<![\w.,/-])\d{4}\.\d\.\d{7}(?:\.\d{5})?(?!\w|[.,]\d)")
_CARD = late_pattern(
    r"(?<![\w.,/+-])(?P<value>\d{4}([ .-]?)\d{4}\2\d{4}\2\d{1,4}(?:\2\d{1,3})?)(?![\w]|[.,/-]\d)"
)
_CARD_STARTS = late_pattern(r"4|5[1-5]|2[2-7]|9704|35|6[25]")
_CARD_LENGTHS = frozenset({15, 16, 19})

_ID_SIGNS = (
    "cccd",
    "cmnd",
    "cmtnd",
    "cmt",
    "can cuoc",
    "chung minh",
    "dinh danh",
    "giay to",
    "ho chieu",
    "passport",
)
_ACCOUNT_SIGNS = ("tai khoan", "tk", "account", "a/c")
_TWELVE_DIGITS = late_pattern(r"\d(?:[ .-]?\d){11}")
"""What must stand in a text before the slower patterns are tried."""

_OTHER_NUMBER = late_pattern(
    r"(?:ma|so)?[ \t]*(?:giao dich|chung tu|ho so|tham chieu|van don|seri(?:al)?|but toan|hoa don|mst"
    r"|thue|cong van|van ban"
    r"|dvqhns|qhns|ngan sach|sdt|so dien thoai|dien thoai|dtdd|dd|dt|tel|phone|hotline|zalo|viber|fax"
    r"|di dong|goi|lien he"
    r"|phien ban|version|imei|mac|ip|don hang|phieu|lenh|ma loi|id)[ \t]*(?:so|la|la so)?[ \t]*[:=.#]?[ \t]*$"
)
_AMOUNT = late_pattern(r"[ \t]*(?:dong\b|vnd\b|d\b|trieu\b|ty\b|nghin\b|ngan dong\b|usd\b)")
_THOUSANDS = late_pattern(r"\d{1,3}(?:\.\d{3})+")
_DATE = late_pattern(r"\d{1,2}[ .-]\d{1,2}[ .-]\d{4}|(?:19|20)\d\d[ .-]\d{1,2}[ .-]\d{1,2}")
_UNIT_CODE_LENGTH = 7
_LOOK_BACK = 32


def private_numbers(flat: str) -> Iterator[Found]:
    """Give the private numbers of a folded text. Linear; those of one sort do not overlap."""
    if any(word in flat for word in _ID_SIGNS):
        for pattern in (_ID_WORD, _PASSPORT):
            yield from (Found(*match.span("value"), CITIZEN_ID) for match in pattern.finditer(flat))
    if any(word in flat for word in _ACCOUNT_SIGNS):
        for match in _ACCOUNT_WORD.finditer(flat):
            if _is_account(match, flat):
                yield Found(match.start("value"), match.end("tail"), ACCOUNT)
    if _TWELVE_DIGITS.search(flat):
        yield from _unannounced(flat)


def _unannounced(flat: str) -> Iterator[Found]:
    """Give the numbers that show by themselves what they are."""
    for match in _BARE_ID.finditer(flat):
        if not _is_other(flat, match.start("value")):
            yield Found(*match.span("value"), CITIZEN_ID)
    for match in _TREASURY_ACCOUNT.finditer(flat):
        yield Found(*match.span(), ACCOUNT)
    for match in _CARD.finditer(flat):
        if _is_card(match["value"]) and not _is_other(flat, match.start("value")):
            yield Found(*match.span("value"), CARD)


def _is_other(flat: str, start: int) -> bool:
    """Whether the words before a number say that it is something else, such as a number to call."""
    return bool(_OTHER_NUMBER.search(flat[max(0, start - _LOOK_BACK) : start]))


def _is_account(match: re.Match[str], flat: str) -> bool:
    value = match["value"]
    digits = "".join(filter(str.isdigit, value))
    if _DATE.fullmatch(value) or _AMOUNT.match(flat, match.end()):
        return False
    if match["strong"]:
        return not (_THOUSANDS.fullmatch(value) and match["sign"] is None)
    told = bool(match["sign"]) or "so" in match["about"].split() or " la" in match["about"]
    if not told or _THOUSANDS.fullmatch(value):
        return False
    return len(digits) != _UNIT_CODE_LENGTH and not is_phone(digits)


def _is_card(value: str) -> bool:
    digits = "".join(filter(str.isdigit, value))
    return len(digits) in _CARD_LENGTHS and bool(_CARD_STARTS.match(digits)) and _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    """Check the last digit as ISO/IEC 7812-1 annex B says (Luhn)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0  # noqa: PLR2004 - digits of a product
