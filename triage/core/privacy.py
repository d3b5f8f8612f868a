"""Secrets that people write into mails, found and hidden: passwords, PINs, one-time codes, numbers of cards.

Total and linear in the text. What is public stays: codes of tickets, treasuries and units, phone numbers,
numbers of letters, amounts, dates. Precision comes first: a desk that reads “mật khẩu ••••” where somebody
wrote “mật khẩu sai” can help nobody.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from triage.core.aligned import Aligned, aligned
from triage.core.privatenumbers import Found, private_numbers
from triage.core.programkeys import SIGNS_OF_KEYS, keys_of_programs
from triage.core.secretcolumns import cells_below_headings
from triage.core.secretvalues import (
    UNITS,
    Tie,
    is_bare_number,
    is_code,
    is_password,
    is_phrase,
    is_pin,
    is_split,
    is_wordy,
    value_in,
)
from triage.core.text import SHORT, remembered

HIDDEN = "•"
"""What masks are made of."""

CLASSES = (4, 8, 12)
"""Lengths of masks; the length of the secret shows only as one of these classes."""

MAX_READ = 20_000
"""Characters that are read when only the kinds of secrets matter, as for category and letter."""

MOST_REPEATED = 20
"""Different values of one text that are looked for again where no word announces them."""

_LEAST_REPEATED = 6
_MOST_ROUNDS = 3


class SecretKind(StrEnum):
    """What sort of secret was found."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    FILE_PASSWORD = "file_password"  # noqa: S105 - same
    PIN = "pin"
    OTP = "otp"
    REMOTE = "remote"
    TOKEN = "token"  # noqa: S105 - same
    CITIZEN_ID = "citizen_id"
    ACCOUNT = "account"
    CARD = "card"


CHANGEABLE = (
    SecretKind.PASSWORD,
    SecretKind.PIN,
    SecretKind.OTP,
    SecretKind.REMOTE,
    SecretKind.TOKEN,
)
"""Secrets that open something, and that whoever wrote them down should change."""


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A secret at the places ``start`` to ``end`` (exclusive) of a text."""

    start: int
    end: int
    kind: SecretKind


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Give the secrets of a text in their order, none within another."""
    return _find_in_short(text) if len(text) <= SHORT else _find(text)


@lru_cache(maxsize=1024)
def _find_in_short(text: str) -> tuple[Secret, ...]:
    """Find in a name, a subject or a reason: the same ones stand in every mail, and in each several times."""
    return _find(text)


@remembered(4)
def _find(text: str) -> tuple[Secret, ...]:
    whole = aligned(text)
    found: list[Secret] = []
    flat = whole.flat
    for words, finder in _FINDERS:
        for word in words:
            if word in flat:
                found += finder(whole)
                break
    if _LONG_NUMBER.search(whole.flat):
        found += [_secret(whole, SecretKind(one.kind), one) for one in private_numbers(whole.flat)]
    if not found:
        return ()
    return _apart([*found, *_repeated(text, found)])


def mask(text: str, also: tuple[str, ...] = ()) -> str:
    """Give the text with its secrets hidden, and with the values ``also`` wherever they stand.

    A second masking changes nothing. ``also`` are values that another part of the same mail gave away.
    """
    for value in also:
        if value in text:
            text = text.replace(value, _mask_for(len(value)))
    for _ in range(_MOST_ROUNDS):
        found = find_secrets(text)
        if not found:
            break
        text = _hidden(text, found)
    return text


def secret_values(text: str) -> tuple[str, ...]:
    """Give the values that may be looked for in other texts of the same mail, the longest first.

    Short or common ones are left out: they would hide words that are none.
    """
    found = {text[one.start : one.end] for one in find_secrets(text)}
    return tuple(sorted(filter(_is_telling, found), key=lambda value: (-len(value), value)))[:MOST_REPEATED]


@lru_cache(maxsize=16)
def disclosed(text: str) -> tuple[SecretKind, ...]:
    """Name the secrets that whoever wrote the text should change; the values are never told."""
    kinds = {one.kind for one in find_secrets(text)}
    return tuple(kind for kind in CHANGEABLE if kind in kinds)


def disclosed_by(subject: str, text: str) -> tuple[str, ...]:
    """Name what a mail gives away that its writer should change; its first MAX_READ characters are read."""
    return tuple(kind.value for kind in disclosed(f"{subject}\n{text}"[:MAX_READ]))


def _apart(found: list[Secret]) -> tuple[Secret, ...]:
    """Put secrets in order; of two that overlap the one that begins first stays whole."""
    kept: list[Secret] = []
    for one in sorted(found, key=lambda one: (one.start, one.kind is not SecretKind.REMOTE, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            kept[-1] = Secret(kept[-1].start, one.end, kept[-1].kind)
    return tuple(kept)


def _hidden(text: str, found: tuple[Secret, ...]) -> str:
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += (text[at : one.start], _mask_for(one.end - one.start))
        at = one.end
    return "".join((*pieces, text[at:]))


def _mask_for(length: int) -> str:
    return HIDDEN * next((size for size in CLASSES if length <= size), CLASSES[-1])


def _secret(whole: Aligned, kind: SecretKind, found: Found) -> Secret:
    return Secret(*whole.span(found.start, found.end), kind)


_FILLER = (
    r"(?:[ \t]++(?:-[ \t]++)?(?:cua|em|toi|minh|don|vi|ben|truong|moi|cu|hien|tai|nay|dang|nhap|dvc"
    r"|dvctt|vao|he|thong|mail|email"
    r"|hop|thu|dat|token|usb|chu|ky|so|cks|cts|chung|tk|khoan|ktt|ktv|ctk|va|mac|dinh|tam|thoi|ban|dau"
    r"|nhu|sau|thanh|may"
    r"|tinh|wifi|file|tep|nen|giai|zip|duoc|cap|user|account|login|for|the|my|ke|toan|vien|cho|se|a"
    r"|nhe|nha|mo|vua|nhan|gui|ve|dung|van|de|muon|doi|sang|thiet|bi|thi|dien|thoai|sms|tin|qua))"
)
# blanks are never given back: of two runs of them side by side the time would be the product
_SIGN = r"(?P<sign>[\"'”’]?[ \t]*+(?:[-=]>|[:=→])+[ \t]*+|[ \t]++(?:la|is)(?=[\s:])[ \t]*+:?[ \t]*+)"
_ASIDE = r"(?:[ \t]*+\([^()\n:=]{0,40}\))?"
_BREAK = r"(?:[ \t|]{0,60}\n[ \t|>*-]{0,60}){0,2}"
_CLAUSE = (
    r"(?:[ \t]++(?!(?:ma (?:la|so|loi|don vi|dvqhns|ho so|chuong)|loi|ten|nhung|version|ban|hinh|file|tep"
    r"|trinh duyet|phan mem|may)[ \t])[\w@.-]{1,20})"
    r"{1,10}?[ \t]++la[ \t]++"
)
"""The rest of a clause up to its “là”: “mật khẩu của chị Hà bên phòng kế toán là …”."""

_NAMES = (
    r"mat(?:[ \t_-]{0,3}|[ \t]{0,3}\n[ \t>]{0,3})khau|m[./]?[ ]?khau|password|passwd|passcode|pass"
    r"|pwd|p[./]?w|m[./]?k"
)
_PASSWORD = re.compile(
    rf"(?<![\w@.#])(?P<label>{_NAMES})(?!\w)(?P<filler>{_FILLER}{{0,7}}){_ASIDE}"
    rf"(?:{_SIGN}{_BREAK}"
    rf"|(?P<loose>(?:[ \t]++\w{{1,12}}){{1,4}}[ \t]*+[:=]+[ \t]*+|{_CLAUSE})"
    rf"|(?P<line>[ \t|]{{0,60}}\n[ \t|]{{0,60}}(?=[^\s]{{1,80}}[ \t|]{{0,60}}(?:\n|\Z)))"
    rf"|[ \t|]+(?P<dash>[-–—~][ \t]+)?)"
    rf"(?=(?P<value>\S{{1,80}}))"
)
_WANTED = re.compile(
    r"\b(?:quen|cap lai|cap moi|cap|doi|reset|khoi phuc|xin|xin lai|lay|lay lai|nhan|gui|mat|hoi|sai"
    r"|nham|het han"
    r"|dat lai|thay doi|khong nho|mo khoa|forgot|reset the|change)[ \t]+$"
)
_FILE = re.compile(r"\b(?:file|tep|giai nen|zip|wifi)\b")
_LOGIN_BEFORE = re.compile(
    r"(?:user(?:name)?|tai khoan|tk|id|ten dang nhap|login|account|acc)[ \t]*(?:[/,&+;|-]|va)[ \t]*$"
)
_ACCOUNT_NEXT = re.compile(r"(?:khoan|tk|user|account|login)$")
"""Words behind which a name stands: “mật khẩu tài khoản ketoan01 là …”."""

_PAIR = re.compile(r"[^\s,;/|]{1,40}(?:[ \t]*[/,;|][ \t]*|[ \t]+-[ \t]+|[ \t]*\n[ \t]*|[ \t]+)(?=(\S{1,80}))")


def _passwords(whole: Aligned) -> Iterator[Secret]:
    flat = whole.flat
    for match in _PASSWORD.finditer(flat):
        before = flat[max(0, match.start() - 24) : match.start()]
        at = match.start("value")
        tie = _tie(match)
        kind = SecretKind.FILE_PASSWORD if _FILE.search(match["filler"]) else SecretKind.PASSWORD
        wanted = bool(_WANTED.search(before))
        places = [(at, tie)]
        if tie is Tie.LOOSE and not _ACCOUNT_NEXT.search(match["filler"]):
            places.append((_after_blanks(flat, match.end("filler")), Tie.BARE))
        if not match["dash"] and _LOGIN_BEFORE.search(before) and (pair := _PAIR.match(flat, at)):
            places.insert(0, (pair.start(1), Tie.SIGNED))
        found = (_password_at(whole, place, tie, wanted=wanted) for place, tie in places)
        first = next((one for one in found if one), None) or _bare_number(whole, match, wanted=wanted)
        if first:
            yield _secret(whole, kind, first)


def _bare_number(whole: Aligned, match: re.Match[str], *, wanted: bool) -> Found | None:
    """Take a number that follows the word for a password at once, with no sign between them."""
    if wanted or match["filler"] or _tie(match) is not Tie.BARE:
        return None
    first, last = value_in(match["value"])
    start, end = match.start("value") + first, match.start("value") + last
    holds = is_bare_number(match["label"], whole.flat[start:end], whole.flat[end : end + 16])
    return Found(start, end, SecretKind.PASSWORD) if holds else None


def _after_blanks(flat: str, at: int) -> int:
    while at < len(flat) and flat[at] in " \t":
        at += 1
    return at


def _tie(match: re.Match[str]) -> Tie:
    if match["sign"] is not None:
        return Tie.LINE if "\n" in match.group()[match.end("sign") - match.start() :] else Tie.SIGNED
    if match["loose"] is not None:
        return Tie.LOOSE
    return Tie.LINE if match["line"] is not None else Tie.BARE


_TOKEN = re.compile(r"\S{1,80}")
_QUOTED = re.compile(r"[\"“«‘'`]([^\s\"“”«»‘’'`][^\n\"“”«»‘’'`]{1,30}[^\s\"“”«»‘’'`])[\"”»’'`]")
_SPLIT = re.compile(r"([^\s\"“‘']{3,20}[ ][^\s.,;)\"”’']{3,20})(?=[ \t]*(?:[.,;)\n]|\Z))")
_SPACED = re.compile(r"\d{2,6}(?:[ ]\d{2,6}){1,4}(?![\w.,]*\d)(?=[ \t]*(?:[.,;)\n]|\Z))")


_WORDY = re.compile(
    r"((?:[a-z]{1,12}[ ]){1,5}[a-z@#$%^&*!?+=_-]{0,12}\d[\w@#$%^&*!?+=-]{0,11})"
    rf"(?![\w@/.]*[\w@/])(?![ \t]*(?:[/:-][ \t]*)?\d|[ \t]*{UNITS})"
)
_PIECES: tuple[tuple[frozenset[Tie], re.Pattern[str], Callable[[str, str], bool]], ...] = (
    (frozenset({Tie.SIGNED}), _QUOTED, is_phrase),
    (frozenset({Tie.SIGNED}), _SPLIT, is_split),
    (frozenset({Tie.SIGNED, Tie.LINE}), _WORDY, is_wordy),
)


def _password_at(whole: Aligned, at: int, tie: Tie, *, wanted: bool) -> Found | None:
    flat = whole.flat
    spaced = _SPACED.match(flat, at) if tie is Tie.SIGNED and not wanted else None
    token = spaced or _TOKEN.match(flat, at)
    if token is None:
        return None
    if not wanted and (pieces := _in_pieces(whole, at, tie)):
        return pieces
    first, last = value_in(token.group())
    if first == last:
        return None
    start, end = at + first, at + last
    if spaced:
        return Found(start, end, SecretKind.PASSWORD)
    written = whole.text[slice(*whole.span(start, end))]
    after = flat[token.end() : token.end() + 16]
    holds = is_password(written, flat[start:end], tie, after, wanted=wanted)
    return Found(start, end, SecretKind.PASSWORD) if holds else None


def _in_pieces(whole: Aligned, at: int, tie: Tie) -> Found | None:
    """Take a password with a blank in it: in quotation marks, in two pieces that are no words, in words."""
    for ties, pattern, fits in _PIECES:
        match = pattern.match(whole.flat, at) if tie in ties else None
        if match:
            written = whole.text[slice(*whole.span(*match.span(1)))]
            if fits(written, match[1]):
                return Found(*match.span(1), SecretKind.PASSWORD)
    return None


_SIGNED = rf"(?:{_SIGN}{_BREAK}|(?P<bare>[ \t]+))"
_PIN = re.compile(
    rf"(?<![\w@./-])(?:ma[ \t]+)?(?:so[ \t]+)?pin(?!\w){_FILLER}{{0,10}}{_ASIDE}{_SIGNED}"
    rf"(?=(?P<value>\S{{1,40}}))"
)
_OTP = re.compile(
    rf"(?<![\w@./-])(?:otp|ma[ \t]+(?:xac[ \t]+(?:thuc|nhan|minh)|bao[ \t]+mat|kich[ \t]+hoat)"
    rf"|verification[ \t]+code)(?!\w)"
    rf"{_FILLER}{{0,10}}{_SIGNED}(?=(?P<value>\d[\d ]{{0,9}}\d|\d)(?![ ]?\d|[./-]\d))"
)
_REMOTE = re.compile(
    r"(?<!\w)(?:(?P<before>id[ \t:]{1,3})?(?:ultra[ ]?view(?:er)?|team[ ]?viewer|any[ ]?desk)"
    r"|(?P<short>id[ \t:]{1,3}ultra|ultra(?=[ \t:]{1,3}id\b)))(?!\w)"
    r"(?:[^\w\n]|\n){0,6}(?:(?:cua|em|toi|don|vi|may|la|nhu|sau)[ \t:]+){0,4}"
    r"(?:(?P<id>id|ma|so|code)[^\w\n]{0,4}(?:la[ \t]+)?)?(?P<number>\d[\d ]{5,13}\d)(?!\d)"
    r"(?:(?:[^\w\n]|\n){1,5}(?:(?P<named>mat[ ]khau|password|pass|pwd|pw"
    r"|mk)[ \t]*[:=]?[ \t]*)?(?P<pass>[^\s,;()]{4,20}))?"
)


_OTP_FIRST = re.compile(
    r"(?<![\w@./])(?:(?<!-)|(?<=g-))(?P<value>\d{4}|\d{6}|\d{8}|\d{3} \d{3})[ \t]+(?:la|is)[ \t]+"
    r"(?:(?:your|the|ma|so)[ \t]+(?:\w{1,15}[ \t]+){0,3}?)?"
    r"(?:otp\b|xac[ \t]+(?:thuc|nhan|minh)\b|verification code)"
)
"""“482913 là mã OTP …”, as text messages put it."""


def _pins(whole: Aligned) -> Iterator[Secret]:
    for match in _PIN.finditer(whole.flat):
        at, token = match.start("value"), match["value"]
        first, last = value_in(token)
        after = whole.flat[at + last : at + last + 16]
        if first < last and is_pin(token[first:last], signed=match["sign"] is not None, after=after):
            yield _secret(whole, SecretKind.PIN, Found(at + first, at + last, SecretKind.PIN))


def _codes(whole: Aligned) -> Iterator[Secret]:
    for match in _OTP.finditer(whole.flat):
        start, end = match.span("value")
        if is_code(match["value"], signed=match["sign"] is not None, after=whole.flat[end : end + 16]):
            yield _secret(whole, SecretKind.OTP, Found(start, end, SecretKind.OTP))
    for match in _OTP_FIRST.finditer(whole.flat):
        yield _secret(whole, SecretKind.OTP, Found(*match.span("value"), SecretKind.OTP))


def _keys(whole: Aligned) -> Iterator[Secret]:
    yield from (_secret(whole, SecretKind(one.kind), one) for one in keys_of_programs(whole.flat))


def _remote(whole: Aligned) -> Iterator[Secret]:
    """Give number and password of a session in a program for remote access."""
    for match in _REMOTE.finditer(whole.flat):
        number = match["number"].replace(" ", "")
        if not (match["id"] or match["before"] or match["short"]) and number.startswith("0"):
            continue
        yield _secret(whole, SecretKind.REMOTE, Found(*match.span("number"), SecretKind.REMOTE))
        word = match["pass"]
        if word and (match["named"] or any(map(str.isdigit, word))):
            first, last = value_in(word)
            if any(map(str.isdigit, word)) and last - first >= 4:  # noqa: PLR2004 - what these programs make
                at = match.start("pass")
                yield _secret(whole, SecretKind.REMOTE, Found(at + first, at + last, SecretKind.REMOTE))


def _in_columns(whole: Aligned) -> Iterator[Secret]:
    """Give what stands in tables below a heading that names a secret."""
    for cell in cells_below_headings(whole.flat):
        value = whole.flat[cell.start : cell.end]
        if not _TOKEN.fullmatch(value):
            continue
        kind = SecretKind.PIN if cell.pin else SecretKind.PASSWORD
        written = whole.text[slice(*whole.span(cell.start, cell.end))]
        holds = (
            is_pin(value, signed=True, after="")
            if cell.pin
            else is_password(written, value, Tie.SIGNED, "", wanted=False)
        )
        if holds:
            yield _secret(whole, kind, Found(cell.start, cell.end, kind))


def _is_telling(value: str) -> bool:
    """Whether a value is long and odd enough to be known again without a word before it."""
    digits = sum(map(str.isdigit, value))
    return len(value) >= _LEAST_REPEATED and digits > 0 and (digits < len(value) or digits > 7)  # noqa: PLR2004 - below are codes of units


def _repeated(text: str, found: list[Secret]) -> Iterator[Secret]:
    """Find values again that stand elsewhere in the text without a word that announces them."""
    kinds = {text[one.start : one.end]: one.kind for one in found}
    values = [value for value in kinds if _is_telling(value)][:MOST_REPEATED]
    for value in values:
        at = text.find(value)
        while at >= 0:
            yield Secret(at, at + len(value), kinds[value])
            at = text.find(value, at + len(value))


_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5}")
_FINDERS: tuple[tuple[tuple[str, ...], Callable[[Aligned], Iterator[Secret]]], ...] = (
    (("khau", "pass", "pwd", "pw", "mk", "m/k", "m.k", "p/w", "p.w"), _passwords),
    (SIGNS_OF_KEYS, _keys),
    (("pin",), _pins),
    (("\t", "|"), _in_columns),
    (("otp", "xac thuc", "xac nhan", "xac minh", "bao mat", "kich hoat", "verification"), _codes),
    (("view", "desk", "ultra"), _remote),
)
"""What finds which secrets, and the words without which it finds none: most texts hold none of them."""
