"""Short-lived permission to load one picture of one mail.

The frame that shows a mail's HTML has an origin of its own, and its requests for pictures carry no cookie:
the address itself must say that the person who opened the mail may see them.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

VALID_SECONDS = 300
"""A picture is loaded as soon as the page is; time enough for a slow line."""

_LONGEST = 100
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ImageTokens:
    """Gives and checks tokens; the key lives as long as the process and is never stored."""

    now: Callable[[], datetime]
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)

    def give(self, mail: int, place: int, seconds: int = VALID_SECONDS) -> str:
        """Give a token for one attachment of one mail: when it ends (Unix seconds), and the signature."""
        ends = int(self.now().timestamp()) + seconds
        return f"{ends}.{self._sign(mail, place, ends)}"

    def is_good(self, token: str, mail: int, place: int) -> bool:
        """Whether a token was given for this very attachment and has not ended; anything may be asked."""
        ends, _, signature = token[:_LONGEST].partition(".")
        if not (ends.isascii() and ends.isdigit() and signature.isascii()):
            return False
        good = hmac.compare_digest(signature, self._sign(mail, place, int(ends)))
        return good and self.now().timestamp() < int(ends)

    def _sign(self, mail: int, place: int, ends: int) -> str:
        return hmac.new(self._key, f"image {mail} {place} {ends}".encode(), sha256).hexdigest()
