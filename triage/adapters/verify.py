"""Verifies DKIM signatures ourselves (RFC 6376), with a look-up of DNS that the caller brings.

The answer has the form in which a gateway would have given it, so that whoever reads one can read the other.
"""

import binascii
from collections.abc import Callable, Sequence

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from triage.adapters.dkim_signing import DkimKey, sign
from triage.core.authresults import MethodResult, Result
from triage.errors import ConfigError

Lookup = Callable[[str], str | None]
"""Gives the TXT record of a name, None where there is none; raises OSError where DNS is silent."""

MOST_SIGNATURES = 5
"""Signatures of one mail that are verified; each costs a look-up (RFC 6376, section 8.4)."""

SMALLEST_RSA = 1024
"""Bits of a key that is believed (RFC 8301, section 3.2)."""

LONGEST_RECORD = 2_000
"""Characters of a key record; a longer one only costs time, 4096 bits take 750."""

_PROBE = b"From: probe\r\nSubject: probe\r\n\r\nprobe\r\n"
_WEAK = frozenset({b"rsa-sha1"})
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    binascii.Error,
)
"""What the library passes on where a signature or key is nonsense."""


def verify_signatures(raw: bytes, lookup: Lookup) -> tuple[MethodResult, ...]:
    """Verify the signatures of a mail in their order; empty where it has none or is no mail. Never raises."""
    try:
        reader = dkim.DKIM(raw, minkey=SMALLEST_RSA)
    except (dkim.DKIMException, *_BROKEN):
        return ()
    written = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    return tuple(_verify(raw, at, value, lookup) for at, value in enumerate(written[:MOST_SIGNATURES]))


def prove(keys: Sequence[DkimKey]) -> None:
    """Sign with each key and verify with the record that it publishes; ConfigError where the two differ."""
    for key in keys:
        zone = {f"{key.selector}._domainkey.{key.domain}": key.record}
        results = [one.result for one in verify_signatures(sign(_PROBE, [key]), zone.get)]
        if results != [Result.PASS]:
            raise ConfigError(f"The DKIM key for '{key.selector}' makes signatures that do not verify.")


def _verify(raw: bytes, at: int, written: bytes, lookup: Lookup) -> MethodResult:
    tags = _tags(written)
    domain = tags.get(b"d", b"").decode("ascii", "replace").strip().lower()
    return MethodResult("dkim", _unfit(tags) or _checked(raw, at, lookup), domain)


def _unfit(tags: dict[bytes, bytes]) -> Result | None:
    """Refuse what proves nothing: a broken hash, a part of the body only, a sender that is not covered."""
    signed = {name.strip().lower() for name in tags.get(b"h", b"").split(b":")}
    if not tags or b"from" not in signed:
        return Result.PERMERROR
    return Result.POLICY if tags.get(b"a") in _WEAK or b"l" in tags else None


def _checked(raw: bytes, at: int, lookup: Lookup) -> Result:
    silent: list[OSError] = []
    absent: list[str] = []

    def answer(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - the library's form
        asked = name.decode("ascii", "replace").rstrip(".")
        try:
            found = lookup(asked)
        except OSError as error:
            silent.append(error)
            return None
        if found is None or len(found) > LONGEST_RECORD:
            absent.append(asked)
            return None
        return found.encode("utf-8", "replace")

    try:
        passed = dkim.DKIM(raw, minkey=SMALLEST_RSA).verify(idx=at, dnsfunc=answer)
    except (dkim.DKIMException, *_BROKEN):
        passed = False
    if silent:
        return Result.TEMPERROR
    if absent:
        return Result.PERMERROR
    return Result.PASS if passed else Result.FAIL


def _tags(written: bytes) -> dict[bytes, bytes]:
    try:
        tags: dict[bytes, bytes] = parse_tag_value(written)
    except (InvalidTagValueList, *_BROKEN):
        return {}
    return tags
