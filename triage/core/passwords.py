"""Which passwords may be chosen: long ones that are not made of what everybody tries first.

No rule about kinds of characters and no forced change, as NIST SP 800-63B and ASVS 5.0 (6.2.5, 6.2.10) ask.
"""

import unicodedata
from enum import StrEnum

from triage.core.commonpasswords import PIECES

SHORTEST = 12
LONGEST = 128
_OWN = 6
"""How many letters a password must have besides its common pieces."""


class Weakness(StrEnum):
    """Why a password may not be chosen."""

    SHORT = "short"
    LONG = "long"
    LOGIN = "login"
    COMMON = "common"


def normal(password: str) -> str:
    """Give a password as it is hashed: keyboards compose Vietnamese letters in more ways than one."""
    return unicodedata.normalize("NFC", password)


def weakness(password: str, login: str) -> Weakness | None:
    """Say why a person may not have this password; None where he may."""
    password = normal(password)
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    if login and login.casefold() in password.casefold():
        return Weakness.LOGIN
    return Weakness.COMMON if is_common(password) else None


def is_common(password: str) -> bool:
    """Whether hardly anything is left of a password once its common pieces are taken out."""
    signs_read = password.translate(_SIGNS)
    readings = (password, signs_read, password.translate(_DIGITS), signs_read.translate(_DIGITS))
    return any(_own_letters(_bare(text)) < _OWN for text in readings)


def _bare(password: str) -> str:
    """Give the letters and digits without tones; not by ``text.fold``, whose cache would keep passwords."""
    decomposed = unicodedata.normalize("NFKD", password).casefold().replace("đ", "d")
    return "".join(char for char in decomposed if char.isalnum())


_DIGITS = str.maketrans("013457", "oieast")
_SIGNS = str.maketrans("@$!", "asi")
"""What stands for letters in a password such as ``p@ssw0rd``."""


def _own_letters(text: str) -> int:
    """Count the letters that no common piece, run, repetition or date covers, by the best covering."""
    left = [0] * (len(text) + 1)
    for place in reversed(range(len(text))):
        left[place] = 1 + left[place + 1]
        for length in _covered(text, place):
            left[place] = min(left[place], left[place + length])
    return left[0]


def _covered(text: str, place: int) -> set[int]:
    """Give how far each common piece that begins here reaches."""
    lengths = {len(piece) for piece in PIECES if text.startswith(piece, place)}
    run = _run(text, place)
    if run >= _SHORTEST_RUN:
        lengths.add(run)
    for period in range(2, 7):
        if (repeated := _repeated(text, place, period)) >= 2 * period:
            lengths.add(repeated)
    return lengths


_SHORTEST_RUN = 3


def _run(text: str, place: int) -> int:
    """Measure a run such as ``aaaa``, ``4567`` or ``fedc`` from here on."""
    best = 1
    for step in (-1, 0, 1):
        end = place + 1
        while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        best = max(best, end - place)
    return best


def _repeated(text: str, place: int, period: int) -> int:
    """Measure how far a piece of this length goes on being repeated, itself included."""
    end = place + period
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    return end - place
