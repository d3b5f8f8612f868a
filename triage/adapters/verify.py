"""Verifies DKIM signatures and ARC chains ourselves (RFC 6376, RFC 8617), with a look-up that is handed in.

The answer has the form in which a gateway would have given it, so that whoever reads one can read the other.
"""

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from triage.adapters.dkim_signing import DkimKey, sign
from triage.adapters.nonsense import NONSENSE
from triage.core.authresults import MethodResult, Result
from triage.errors import ConfigError

Lookup = Callable[[str], str | None]
"""Gives the TXT record of a name, None where there is none; raises OSError where DNS is silent."""

MOST_SIGNATURES = 5
"""Signatures of one mail that are verified; each costs a look-up (RFC 6376, section 8.4)."""

MOST_SEALS = 10
"""Sets of an ARC chain that are verified; each costs two look-ups, and honest chains have 1 to 4."""

LARGEST_SEALED = 1024 * 1024
"""Bytes of a body whose chain is verified: each set costs a pass over it, and what is found is only noted."""

SMALLEST_RSA = 1024
"""Bits of a key that is believed (RFC 8301, section 3.2)."""

LONGEST_RECORD = 2_000
"""Characters of a key record; a longer one only costs time, 4096 bits take 750."""

LONGEST_HEAD = 64 * 1024
MOST_HEADERS = 1_000
"""Bytes and lines of headers up to which a mail is verified: the library's time grows with their square."""

LONGEST_SIGNATURE = 8 * 1024
MOST_NAMED = 200
"""Bytes of a signature header, and headers that it may name; what has more is no signature."""

_GAP = re.compile(rb"\s{41}")
"""More blanks in a row than any signer folds with; the library's patterns try every way to part them."""

_BLANKS = re.compile(rb"[ \t]+")
_END = re.compile(rb"\r?\n\r?\n")
_QUIET = logging.Logger("dkim", logging.CRITICAL)  # noqa: LOG001 - one without a parent that would write it
"""The library logs what mails hold, and whoever writes a mail could fill the log with it."""

_PROBE = b"From: probe\r\nSubject: probe\r\n\r\nprobe\r\n"
_WEAK = frozenset({b"rsa-sha1"})
_SEALED = frozenset({b"arc-seal", b"arc-message-signature", b"arc-authentication-results"})


def verify_signatures(
    raw: bytes, lookup: Lookup, only: Callable[[str], bool] = lambda _: True
) -> tuple[MethodResult, ...]:
    """Verify the signatures of a mail in their order; empty where it has none or is no mail. Never raises.

    ``only`` chooses the signing domains (lower case) whose signatures are looked at.
    """
    reader = _reader(raw, dkim.DKIM)
    if reader is None:
        return ()
    written = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    chosen = [(at, tags) for at, tags in enumerate(map(_tags, written)) if only(_domain(tags))]
    return tuple(
        MethodResult("dkim", _verify(reader, at, tags, lookup), _domain(tags))
        for at, tags in chosen[:MOST_SIGNATURES]
    )


def verify_chain(raw: bytes, lookup: Lookup) -> tuple[MethodResult, ...]:
    """Verify the ARC chain of a mail; empty where it has none. The domain is that of the last seal.

    Never raises.
    """
    reader = _reader(raw, dkim.ARC)
    seals = [value for name, value in reader.headers if name.lower() == b"arc-seal"] if reader else []
    if reader is None or not seals:
        return ()
    domain = _domain(_tags(seals[0]))
    sealing = [value for name, value in reader.headers if name.lower() in _SEALED]
    if (
        len(seals) > MOST_SEALS
        or len(reader.body) > LARGEST_SEALED
        or any(_is_unwieldy(value) for value in sealing)
    ):
        return (MethodResult("arc", Result.POLICY, domain),)
    reader.body = _BLANKS.sub(b" ", reader.body)
    found = _ask(lookup, lambda answer: reader.verify(dnsfunc=answer)[0] == dkim.CV_Pass)
    return (MethodResult("arc", Result.FAIL if found is Result.PERMERROR else found, domain),)


def prove(keys: Sequence[DkimKey]) -> None:
    """Sign with each key and verify with the record that it publishes; ConfigError where the two differ."""
    for key in keys:
        zone = {f"{key.selector}._domainkey.{key.domain}": key.record}
        results = [one.result for one in verify_signatures(sign(_PROBE, [key]), zone.get)]
        if results != [Result.PASS]:
            raise ConfigError(f"The DKIM key for '{key.selector}' makes signatures that do not verify.")


def _reader(raw: bytes, kind: Callable[..., Any]) -> Any | None:  # noqa: ANN401 - the library has no types
    end = _END.search(raw)
    if not raw or (end.start() if end else len(raw)) > LONGEST_HEAD:
        return None
    try:
        reader = kind(raw, logger=_QUIET, minkey=SMALLEST_RSA)
    except (dkim.DKIMException, *NONSENSE):
        return None
    reader.body = _without_last_lines(reader.body)
    return reader if len(reader.headers) <= MOST_HEADERS else None


def _without_last_lines(body: bytes) -> bytes:
    """Drop empty lines at the end, which no signature covers: the library takes them off one by one."""
    kept = body.rstrip(b"\r\n")
    tail = body[len(kept) :]
    return kept + b"\r\n" if tail and tail == b"\r\n" * (len(tail) // 2) else body


def _verify(reader: Any, at: int, tags: dict[bytes, bytes], lookup: Lookup) -> Result:  # noqa: ANN401 - same
    """Verify one signature.

    Where blanks of the body count as one, they are made one at once: the library would try every way to part
    a long row of them.
    """
    unfit = _unfit(tags)
    if unfit:
        return unfit
    body = reader.body
    if tags.get(b"c", b"").partition(b"/")[2].strip() == b"relaxed":
        reader.body = _BLANKS.sub(b" ", body)
    try:
        return _ask(lookup, lambda answer: bool(reader.verify(idx=at, dnsfunc=answer)))
    finally:
        reader.body = body


def _unfit(tags: dict[bytes, bytes]) -> Result | None:
    """Refuse what proves nothing: a broken hash, a part of the body only, a sender that is not covered."""
    signed = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    if not tags or b"from" not in signed or len(signed) > MOST_NAMED:
        return Result.PERMERROR
    return Result.POLICY if tags.get(b"a") in _WEAK or b"l" in tags else None


def _ask(lookup: Lookup, verify: Callable[[Callable[..., bytes | None]], bool]) -> Result:
    """Run the library with our look-up; what DNS does not answer is no fault of the signature."""
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
        passed = verify(answer)
    except (dkim.DKIMException, *NONSENSE):
        passed = False
    if silent:
        return Result.TEMPERROR
    if absent:
        return Result.PERMERROR
    return Result.PASS if passed else Result.FAIL


def _domain(tags: dict[bytes, bytes]) -> str:
    return tags.get(b"d", b"").decode("ascii", "replace").strip().lower()


def _is_unwieldy(written: bytes) -> bool:
    return len(written) > LONGEST_SIGNATURE or _GAP.search(written) is not None


def _tags(written: bytes) -> dict[bytes, bytes]:
    if _is_unwieldy(written):
        return {}
    try:
        tags: dict[bytes, bytes] = parse_tag_value(written)
    except (InvalidTagValueList, *NONSENSE):
        return {}
    return tags
