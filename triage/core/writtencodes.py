"""PINs, one-time codes and what opens a remote session, as people write them into mails."""

from collections.abc import Iterator

from triage.core.aligned import Aligned
from triage.core.latepattern import late_pattern
from triage.core.privatenumbers import Found
from triage.core.secretkinds import Secret, SecretKind, secret_at
from triage.core.secretlabels import ASIDE, BREAK, FILLER, SIGN
from triage.core.secretvalues import is_code, is_pin, value_in

_SIGNED = rf"(?:{SIGN}{BREAK}|(?P<bare>[ \t]+))"
_PIN = late_pattern(
    rf"(?<![\w@./-])(?:ma[ \t]+)?(?:so[ \t]+)?pin(?!\w){FILLER}{{0,10}}{ASIDE}{_SIGNED}"
    rf"(?=(?P<value>\S{{1,40}}))"
)
_OTP = late_pattern(
    rf"(?<![\w@./-])(?:otp|ma[ \t]+(?:xac[ \t]+(?:thuc|nhan|minh)|bao[ \t]+mat|kich[ \t]+hoat)"
    rf"|verification[ \t]+code)(?!\w)"
    rf"{FILLER}{{0,10}}{_SIGNED}(?=(?P<value>\d[\d ]{{0,9}}\d|\d)(?![ ]?\d|[./-]\d))"
)
_REMOTE = late_pattern(
    r"(?<!\w)(?:(?P<before>id[ \t:]{1,3})?(?:ultra[ ]?view(?:er)?|team[ ]?viewer|any[ ]?desk)"
    r"|(?P<short>id[ \t:]{1,3}ultra|ultra(?=[ \t:]{1,3}id\b)))(?!\w)"
    r"(?:[^\w\n]|\n){0,6}(?:(?:cua|em|toi|don|vi|may|la|nhu|sau)[ \t:]+){0,4}"
    r"(?:(?P<id>id|ma|so|code)[^\w\n]{0,4}(?:la[ \t]+)?)?(?P<number>\d[\d ]{5,13}\d)(?!\d)"
    r"(?:(?:[^\w\n]|\n){1,5}(?:(?P<named>mat[ ]khau|password|pass|pwd|pw"
    r"|mk)[ \t]*[:=]?[ \t]*)?(?P<pass>[^\s,;()]{4,20}))?"
)
_OTP_FIRST = late_pattern(
    r"(?<![\w@./])(?:(?<!-)|(?<=g-))(?P<value>\d{4}|\d{6}|\d{8}|\d{3} \d{3})[ \t]+(?:la|is)[ \t]+"
    r"(?:(?:your|the|ma|so)[ \t]+(?:\w{1,15}[ \t]+){0,3}?)?"
    r"(?:otp\b|xac[ \t]+(?:thuc|nhan|minh)\b|verification code)"
)
"""“482913 là mã OTP …”, as text messages put it."""


def written_pins(whole: Aligned) -> Iterator[Secret]:
    """Give PINs that stand behind their name."""
    for match in _PIN.finditer(whole.flat):
        at, token = match.start("value"), match["value"]
        first, last = value_in(token)
        after = whole.flat[at + last : at + last + 16]
        if first < last and is_pin(token[first:last], signed=match["sign"] is not None, after=after):
            yield secret_at(whole, SecretKind.PIN, Found(at + first, at + last, SecretKind.PIN))


def one_time_codes(whole: Aligned) -> Iterator[Secret]:
    """Give codes that work once, behind their name or before it."""
    for match in _OTP.finditer(whole.flat):
        start, end = match.span("value")
        if is_code(match["value"], signed=match["sign"] is not None, after=whole.flat[end : end + 16]):
            yield secret_at(whole, SecretKind.OTP, Found(start, end, SecretKind.OTP))
    for match in _OTP_FIRST.finditer(whole.flat):
        yield secret_at(whole, SecretKind.OTP, Found(*match.span("value"), SecretKind.OTP))


def remote_sessions(whole: Aligned) -> Iterator[Secret]:
    """Give number and password of a session in a program for remote access."""
    for match in _REMOTE.finditer(whole.flat):
        number = match["number"].replace(" ", "")
        if not (match["id"] or match["before"] or match["short"]) and number.startswith("0"):
            continue
        yield secret_at(whole, SecretKind.REMOTE, Found(*match.span("number"), SecretKind.REMOTE))
        word = match["pass"]
        if word and (match["named"] or any(map(str.isdigit, word))):
            first, last = value_in(word)
            if any(map(str.isdigit, word)) and last - first >= 4:  # noqa: PLR2004 - what these programs make
                at = match.start("pass")
                yield secret_at(whole, SecretKind.REMOTE, Found(at + first, at + last, SecretKind.REMOTE))
