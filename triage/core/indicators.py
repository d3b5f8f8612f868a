"""What can be looked up and shared from a suspicious text: numbers, addresses, hosts, accounts."""

import re
from collections.abc import Iterable

from triage.core.decision import Indicators
from triage.core.latepattern import late_pattern
from triage.core.links import urls_in
from triage.core.text import fold, head_and_tail, without_unseen
from triage.core.webaddress import read_url

MAX_TEXT = 100_000
"""Characters that are searched, the last quarter from the end of the text."""

MAX_EACH = 100
"""Indicators of one sort that are kept."""

_PHONE = late_pattern(
    r"(?<![\w.,/#-])(?:\(?(?:\+|00)?84\)?[ .-]{0,2}|\(?[0oO])(?:\(?\d[ .)-]{0,2}){8,9}\d(?!\w)"
    r"|(?<![\w.,/#-])1[89]00(?:[ .-]?\d{2}[ .-]?\d{2,4}|[ .-]\d{3}[ .-]\d{3})(?!\w)"
)
_ADDRESS = late_pattern(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}")
_ZALO_BEFORE = late_pattern(r"zalo\W{0,3}(?:\w+\W{1,3}){0,3}$")
_ZALO_LINK = late_pattern(r"zalo\.me/(?:g/)?([\w]{3,40})", re.IGNORECASE)
_ACCOUNT = late_pattern(
    r"\b(?:so tai khoan|stk|so tk|tai khoan so|tk so|account(?: no| number)?)\b"
    r"[^\d\n]{0,30}(\d(?:[ .-]?\d){5,18})(?!\d)"
)
_DEFANG = (
    (("[", "("), late_pattern(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)", re.IGNORECASE), "."),
    (("xx", "XX", "xX", "Xx"), late_pattern(r"\bhxxp", re.IGNORECASE), "http"),
)
_SHORT_NUMBER = late_pattern(r"1[89]00\d{4,6}")
_MAY_BE_HOST = late_pattern(r"\.\w")
_BARE_HOST = late_pattern(
    r"(?<![\w@./-])((?:[\w-]{1,63}\.){1,8}(?:vn|com|net|org|info|top|cc|xyz|online|site|vip|club|shop|app|link|life|me|io))(?![\w@-]|\.\w)",
    re.IGNORECASE,
)
_MOBILE_OR_LANDLINE = late_pattern(r"0(?:[35789]\d{8}|2\d{9})")


def find_indicators(text: str, known: frozenset[str] = frozenset()) -> Indicators:
    """Collect indicators but those ``known``: our own numbers, addresses and hosts. Never fails."""
    plain = refanged(without_unseen(head_and_tail(text, MAX_TEXT)))
    numbers = [(match.start(), normal_phone(match.group())) for match in _PHONE.finditer(plain)]
    accounts = _kept((re.sub(r"\D", "", match.group(1)) for match in _ACCOUNT.finditer(fold(plain))), known)
    zalo = [
        number for at, number in numbers if number and _ZALO_BEFORE.search(fold(plain[max(0, at - 40) : at]))
    ]
    links = [match.group(1) for match in _ZALO_LINK.finditer(plain)]
    return Indicators(
        phones=_kept((number for _, number in numbers if number and number not in accounts), known),
        zalo=_kept((*zalo, *(normal_phone(link) or link for link in links)), known),
        addresses=_kept(_addresses(plain), known),
        hosts=_kept(_hosts(plain), known),
        accounts=accounts,
    )


def refanged(text: str) -> str:
    """Give the text with addresses that a careful reporter broke made whole: ``hxxp``, ``[.]``."""
    for signs, pattern, whole in _DEFANG:
        if any(sign in text for sign in signs):
            text = pattern.sub(whole, text)
    return text


def normal_phone(written: str) -> str:
    """Give a Vietnamese number as digits from 0 (or 1800, 1900); empty where it is none."""
    digits = re.sub(r"\D", "", written.replace("o", "0").replace("O", "0"))
    if _SHORT_NUMBER.fullmatch(digits):
        return digits
    for prefix in ("0084", "84"):
        if digits.startswith(prefix):
            digits = "0" + digits.removeprefix(prefix).removeprefix("0")
            break
    return digits if _MOBILE_OR_LANDLINE.fullmatch(digits) else ""


def phones_in(text: str) -> tuple[str, ...]:
    """Give the phone numbers of a text, normal, each once."""
    found = (
        normal_phone(match.group())
        for match in _PHONE.finditer(without_unseen(head_and_tail(text, MAX_TEXT)))
    )
    return tuple(dict.fromkeys(number for number in found if number))


def addresses_in(text: str) -> tuple[str, ...]:
    """Give the mail addresses of a text in lower case, each once."""
    plain = without_unseen(head_and_tail(text, MAX_TEXT))
    return tuple(dict.fromkeys(_addresses(plain)))[:MAX_EACH]


def _addresses(text: str) -> Iterable[str]:
    if "@" not in text:
        return ()
    return (match.group().lower().strip(".'-") for match in _ADDRESS.finditer(text))


def _hosts(text: str) -> Iterable[str]:
    for url in urls_in(text):
        address = read_url(url)
        if address is not None and address.host:
            yield address.host
    for match in _BARE_HOST.finditer(text if _MAY_BE_HOST.search(text) else ""):
        address = read_url("https://" + match.group(1))
        if address is not None:
            yield address.host


def _kept(found: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one and one not in known))[:MAX_EACH]
