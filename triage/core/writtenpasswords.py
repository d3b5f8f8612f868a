"""Passwords that people write into mails, behind a word for them."""

import re
from collections.abc import Callable, Iterator

from triage.core.aligned import Aligned
from triage.core.latepattern import late_pattern
from triage.core.privatenumbers import Found
from triage.core.secretkinds import Secret, SecretKind, secret_at
from triage.core.secretlabels import ASIDE, BREAK, FILLER, SIGN
from triage.core.secretvalues import (
    UNITS,
    Tie,
    is_bare_number,
    is_password,
    is_phrase,
    is_split,
    is_wordy,
    value_in,
)

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
_PASSWORD = late_pattern(
    rf"(?<![\w@.#])(?P<label>{_NAMES})(?!\w)(?P<filler>{FILLER}{{0,7}}){ASIDE}"
    rf"(?:{SIGN}{BREAK}"
    rf"|(?P<loose>(?:[ \t]++\w{{1,12}}){{1,4}}[ \t]*+[:=]+[ \t]*+|{_CLAUSE})"
    rf"|(?P<line>[ \t|]{{0,60}}\n[ \t|]{{0,60}}(?=[^\s]{{1,80}}[ \t|]{{0,60}}(?:\n|\Z)))"
    rf"|[ \t|]+(?P<dash>[-–—~][ \t]+)?)"
    rf"(?=(?P<value>\S{{1,80}}))"
)
_WANTED = late_pattern(
    r"\b(?:quen|cap lai|cap moi|cap|doi|reset|khoi phuc|xin|xin lai|lay|lay lai|nhan|gui|mat|hoi|sai"
    r"|nham|het han"
    r"|dat lai|thay doi|khong nho|mo khoa|forgot|reset the|change)[ \t]+$"
)
_FILE = late_pattern(r"\b(?:file|tep|giai nen|zip|wifi)\b")
_LOGIN_BEFORE = late_pattern(
    r"(?:user(?:name)?|tai khoan|tk|id|ten dang nhap|login|account|acc)[ \t]*(?:[/,&+;|-]|va)[ \t]*$"
)
_ACCOUNT_NEXT = late_pattern(r"(?:khoan|tk|user|account|login)$")
"""Words behind which a name stands: “mật khẩu tài khoản ketoan01 là …”."""

_PAIR = late_pattern(
    r"[^\s,;/|]{1,40}(?:[ \t]*[/,;|][ \t]*|[ \t]+-[ \t]+|[ \t]*\n[ \t]*|[ \t]+)(?=(\S{1,80}))"
)


def written_passwords(whole: Aligned) -> Iterator[Secret]:
    """Give passwords that stand behind a word for them, of people and of files."""
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
            yield secret_at(whole, kind, first)


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


_TOKEN = late_pattern(r"\S{1,80}")
_QUOTED = late_pattern(r"[\"“«‘'`]([^\s\"“”«»‘’'`][^\n\"“”«»‘’'`]{1,30}[^\s\"“”«»‘’'`])[\"”»’'`]")
_SPLIT = late_pattern(r"([^\s\"“‘']{3,20}[ ][^\s.,;)\"”’']{3,20})(?=[ \t]*(?:[.,;)\n]|\Z))")
_SPACED = late_pattern(r"\d{2,6}(?:[ ]\d{2,6}){1,4}(?![\w.,]*\d)(?=[ \t]*(?:[.,;)\n]|\Z))")
_WORDY = late_pattern(
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
