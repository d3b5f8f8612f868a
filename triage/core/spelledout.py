"""Names of secrets that somebody spells out letter by letter ("m.ậ.t k.h.ẩ.u", "O T P"), made whole again."""

import re

from triage.core.text import fold

MOST_LETTERS = 60
"""Letters of one such run; what is longer is a table or a drawing."""

_RUN = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[ .·•*_\-|/,]{1,3}[^\W\d_]){2,%d}(?![^\W_])" % MOST_LETTERS  # noqa: UP031 - braces
)
_APART = re.compile(r"[ .·•*_\-|/,][^\W\d_][ .·•*_\-|/,]{1,3}[^\W\d_](?![^\W_])")
"""A letter alone before another: every run has one, hardly any other text has, and it is found faster."""

_WHOLE = {
    "matkhau": "mật khẩu",
    "mapin": "mã PIN",
    "maotp": "mã OTP",
    "mapinvaotp": "mã PIN và OTP",
    "maxacthuc": "mã xác thực",
    "password": "password",
    "pin": "PIN",
    "otp": "OTP",
}
"""Only what is a secret as a whole is joined: "A. B. C" and "k h ô n g" stay as they are."""


def joined_letters(text: str) -> str:
    """Give the text with the names of secrets whole where their letters stand apart. Linear.

    Without marks where they were written without: one word with tones would make all others count theirs.
    """
    return _RUN.sub(_joined, text) if _APART.search(text) else text


def _joined(match: re.Match[str]) -> str:
    letters = fold("".join(char for char in match.group() if char.isalnum()))
    whole = _WHOLE.get(letters)
    if whole is None:
        return match.group()
    return fold(whole) if match.group().isascii() else whole
