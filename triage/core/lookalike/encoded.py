"""Addresses that a header shows only once its encoded words are read, in place of the real one.

An address is plain ASCII, so that nothing honest needs to encode it (RFC 2047, section 5).
"""

import re

from triage.core.decision import Finding, Severity
from triage.core.encoded_words import decode_words
from triage.core.lookalike.wording import finding
from triage.core.mail import Address
from triage.core.protected import Protected
from triage.core.spelling.folds import separators, skeleton

LONGEST = 2_000
"""Characters that are looked through."""

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}")


def encoded_address(address: str, protected: Protected, evidence: str) -> Finding:
    """Give the finding for an address that holds encoded words; one that then reads as ours weighs more."""
    official = _official(address, protected)
    return finding("ADDRESS_ENCODED", Severity.HIGH if official else Severity.MEDIUM, official, evidence)


def hidden_addresses(written: str, protected: Protected) -> tuple[Finding, ...]:
    """Tell of addresses in the encoded words of what can be read as no address itself. Never raises."""
    return tuple(
        encoded_address(each, protected, each) for each in _shown(decode_words(written[:LONGEST], []))
    )


def encoded_name(who: Address, protected: Protected) -> tuple[Finding, ...]:
    """Tell of another address that a plain name in encoded words shows: From: =?…?= <x@y>.

    Some programs encode every name, so that one with an address of no body of ours weighs little.
    """
    if not who.encoded or not who.name.isascii():
        return ()
    others = [each for each in _shown(who.name) if each != who.address.lower()]
    officials = [(each, _official(each, protected)) for each in others]
    return tuple(
        finding("ADDRESS_ENCODED", Severity.HIGH if ours else Severity.LOW, ours, f"{each} ≠ {who.address}")
        for each, ours in officials
    )


def _shown(text: str) -> tuple[str, ...]:
    seen = skeleton(separators(text[:LONGEST]))
    return tuple(dict.fromkeys(match.group() for match in _ADDRESS.finditer(seen)))


def _official(address: str, protected: Protected) -> str | None:
    host = address.rpartition("@")[2].lower()
    return protected.belongs(host, protected.hosts.ours | protected.hosts.genuine)
