"""PGP in mails: a clear-signed text without its armour, and whose key a signature names (RFC 9580, RFC 3156).

No key ring is kept, so that a PGP signature is told and never checked.
"""

import re

from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.core.transfer import decode_base64

LARGEST_SIGNATURE = 100_000
"""Characters of armour that are looked at."""

MOST_TEXTS = 20
"""Clear-signed texts in one mail."""

ENCRYPTED_MARK = "-----BEGIN PGP MESSAGE-----"

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_DASHED = re.compile("^- ", re.MULTILINE)
_ARMOUR_HEADER = re.compile(r"[A-Za-z-]{1,40}: ")

_FINGERPRINT, _ISSUER = 33, 16
_KEY_ID = 8
_V4 = 4
_HASHED = 6
"""Where the hashed subpackets of a version 4 signature begin (RFC 9580 §5.2.3)."""


def is_encrypted(text: str) -> bool:
    """Say whether a text is nothing but an encrypted PGP message, or begins with one."""
    return text.lstrip().startswith(ENCRYPTED_MARK)


def without_armour(text: str) -> tuple[str, tuple[Signature, ...]]:
    """Give a text as its author wrote it, and the signatures that stood around it."""
    if _SIGNED not in text:
        return text, ()
    pieces: list[str] = []
    found: list[Signature] = []
    at = 0
    for _ in range(MOST_TEXTS):
        begin = text.find(_SIGNED, at)
        middle = text.find(_SIGNATURE, begin) if begin >= 0 else -1
        if middle < 0:
            break
        end = text.find(_END, middle)
        pieces += [text[at:begin], _clear(text[begin + len(_SIGNED) : middle])]
        stop = end + len(_END) if end >= 0 else len(text)
        found.append(signature_of(text[middle:stop]))
        at = stop
    return "".join([*pieces, text[at:].lstrip("\n") if found else text[at:]]), tuple(found)


def signature_of(armour: str) -> Signature:
    """Tell a PGP signature, with the id of the key that it names."""
    lines = armour[:LARGEST_SIGNATURE].split("\n")
    # a line with "=" first is the checksum
    body = (line for line in lines if not line.startswith(("-", "=")) and not _ARMOUR_HEADER.match(line))
    packet = decode_base64("".join(body).encode("ascii", "replace"))
    return Signature(
        SignatureKind.PGP, SignatureState.UNVERIFIABLE, Doubt.NO_KEY, serial=_key_id(_packet_body(packet))
    )


def _clear(signed: str) -> str:
    """Give the signed text: behind the armour headers and an empty line, dashes unescaped (RFC 9580 §7)."""
    _, _, text = signed.partition("\n\n")
    return _DASHED.sub("", text or signed).rstrip("\n") + "\n"


def _packet_body(packet: bytes) -> bytes:
    """Take the content of the first packet (RFC 9580 §4.2); partial lengths do not occur in signatures."""
    if len(packet) < 3:  # noqa: PLR2004 - a header of two bytes and a content
        return b""
    if packet[0] & 0x40:
        return packet[{255: 6}.get(packet[1], 2 if packet[1] < 192 else 3) :]  # noqa: PLR2004 - lengths of §4.2.1
    return packet[1 + (1, 2, 4, 0)[packet[0] & 3] :]


def _key_id(body: bytes) -> str:
    """Find the key in the subpackets; empty where the signature names none."""
    if len(body) < _HASHED or body[0] != _V4:
        return ""
    hashed = int.from_bytes(body[4:6], "big")
    unhashed_at = _HASHED + hashed
    unhashed = int.from_bytes(body[unhashed_at : unhashed_at + 2], "big")
    found: dict[int, bytes] = {}
    for start, size in ((_HASHED, hashed), (unhashed_at + 2, unhashed)):
        at, stop = start, min(start + size, len(body))
        while at < stop and 0 < body[at] < 192:  # noqa: PLR2004 - subpackets that we look for are short
            if at + 1 < stop:
                found.setdefault(body[at + 1] & 0x7F, body[at + 2 : at + 1 + body[at]])
            at += 1 + body[at]
    if _FINGERPRINT in found:
        return found[_FINGERPRINT][1:][-_KEY_ID:].hex()
    return found.get(_ISSUER, b"")[:_KEY_ID].hex()
