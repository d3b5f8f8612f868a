"""Secrets that people write into mails, found and hidden: passwords, PINs, one-time codes, numbers of cards.

Total and linear in the text. What is public stays: codes of tickets, treasuries and units, phone numbers,
numbers of letters, amounts, dates. Precision comes first: a desk that reads “mật khẩu ••••” where somebody
wrote “mật khẩu sai” can help nobody.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from triage.core.aligned import Aligned, aligned
from triage.core.privatenumbers import Found, private_numbers
from triage.core.programkeys import SIGNS_OF_KEYS, keys_of_programs
from triage.core.secretcolumns import cells_below_headings
from triage.core.secretkinds import CHANGEABLE, Secret, SecretKind, secret_at
from triage.core.secretvalues import Tie, is_password, is_pin
from triage.core.text import SHORT, remembered
from triage.core.writtencodes import one_time_codes, remote_sessions, written_pins
from triage.core.writtenpasswords import written_passwords

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
        found += [secret_at(whole, SecretKind(one.kind), one) for one in private_numbers(whole.flat)]
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


def _keys(whole: Aligned) -> Iterator[Secret]:
    yield from (secret_at(whole, SecretKind(one.kind), one) for one in keys_of_programs(whole.flat))


def _in_columns(whole: Aligned) -> Iterator[Secret]:
    """Give what stands in tables below a heading that names a secret."""
    for cell in cells_below_headings(whole.flat):
        value = whole.flat[cell.start : cell.end]
        if not _CELL.fullmatch(value):
            continue
        kind = SecretKind.PIN if cell.pin else SecretKind.PASSWORD
        written = whole.text[slice(*whole.span(cell.start, cell.end))]
        holds = (
            is_pin(value, signed=True, after="")
            if cell.pin
            else is_password(written, value, Tie.SIGNED, "", wanted=False)
        )
        if holds:
            yield secret_at(whole, kind, Found(cell.start, cell.end, kind))


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


_CELL = re.compile(r"\S{1,80}")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5}")
_FINDERS: tuple[tuple[tuple[str, ...], Callable[[Aligned], Iterator[Secret]]], ...] = (
    (("khau", "pass", "pwd", "pw", "mk", "m/k", "m.k", "p/w", "p.w"), written_passwords),
    (SIGNS_OF_KEYS, _keys),
    (("pin",), written_pins),
    (("\t", "|"), _in_columns),
    (("otp", "xac thuc", "xac nhan", "xac minh", "bao mat", "kich hoat", "verification"), one_time_codes),
    (("view", "desk", "ultra"), remote_sessions),
)
"""What finds which secrets, and the words without which it finds none: most texts hold none of them."""
