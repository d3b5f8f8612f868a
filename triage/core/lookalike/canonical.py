"""A host brought to one form before anything is compared."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from triage.core.spelling.folds import separators, skeleton, without_format

LONGEST_HOST = 253
"""Octets that a name may have on the wire (RFC 1035, section 2.3.4)."""


@dataclass(frozen=True, slots=True)
class CanonicalHost:
    """A host as written, as Unicode without tricks, and as a reader sees it.

    ``shown`` is NFKC, lower case, punycode decoded; ``seen`` is its skeleton in plain Latin letters.
    ``folded`` tells whether the two differ, so whether the host shows letters that it does not hold.
    """

    written: str
    shown: str
    seen: str

    @property
    def folded(self) -> bool:
        """Whether the host looks like ASCII without being it."""
        return self.shown != self.seen

    @property
    def plain(self) -> bool:
        """Whether the host as written is already the name that DNS gets: no punycode, nothing to fold."""
        return self.written == self.seen


def canonical_host(written: str) -> CanonicalHost:
    """Read a host as it was written, in any disguise; never raises."""
    if written.isascii() and "xn--" not in written.lower():
        plain = without_format(written).strip().strip(".").lower()
        return CanonicalHost(plain, plain, plain)
    return _disguised(written)


@lru_cache(maxsize=4096)
def _disguised(written: str) -> CanonicalHost:
    text = separators(unicodedata.normalize("NFKC", without_format(written))).strip().strip(".").lower()
    shown = separators(unicodedata.normalize("NFKC", ".".join(map(_decoded, text.split("."))))).lower()
    return CanonicalHost(written, shown, skeleton(shown))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    import idna  # noqa: PLC0415 - its tables are long, and few hosts are written in Punycode

    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError, ValueError):
        return _raw_punycode(label)


def _raw_punycode(label: str) -> str:
    """Decode what IDNA 2008 refuses: browsers and mail clients may still show it."""
    try:
        return without_format(label[4:].encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError, OverflowError):
        return label
