"""Cryptographic Message Syntax, the inside of S/MIME and of signed PDFs (RFC 5652, RFC 3274): what it holds.

Nothing is verified here; see ``triage.core.cmsverify``.
"""

import zlib
from dataclasses import dataclass

from triage.core import tlv
from triage.core.tlv import INTEGER, OBJECT, OCTETS, SEQUENCE, SET, Value, object_id, octets, read_tree

LARGEST_INFLATED = 30_000_000
"""Bytes that compressed content may become."""

MOST_SIGNERS = 10
MOST_CERTIFICATES = 50

_SIGNED = "1.2.840.113549.1.7.2"
_ENCRYPTED = frozenset(
    ("1.2.840.113549.1.7.3", "1.2.840.113549.1.7.6", "1.2.840.113549.1.9.16.1.23")  # the last: RFC 5083
)
_COMPRESSED = "1.2.840.113549.1.9.16.1.9"
_DIGEST_ATTRIBUTE = "1.2.840.113549.1.9.4"

_ZERO = 0xA0
_ZERO_PRIMITIVE = 0x80
_CONSTRUCTED_OCTETS = 0x24


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signer: how the certificate is named, and what was signed by which algorithms.

    ``issuer`` is DER; ``key_id`` stands instead of issuer and serial. ``attributes`` is the DER that was
    signed, empty where the content itself was; ``digest`` is the content's, from the attributes.
    ``parameters`` is the DER of the signature algorithm with all that belongs to it.
    """

    issuer: bytes
    serial: int
    key_id: bytes
    digest_algorithm: str
    algorithm: str
    attributes: bytes
    digest: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """Signed content; None where it stands elsewhere (a detached signature). Certificates are DER.

    ``whole`` is false where the bytes end before the object does.
    """

    content: bytes | None
    certificates: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Compressed:
    """Compressed content, inflated; ``whole``: all of it was; ``cut``: its end is missing."""

    content: bytes
    whole: bool
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Encrypted:
    """Content for whoever has the key."""


Cms = Signed | Compressed | Encrypted


def read_cms(data: bytes) -> Cms | None:
    """Read one CMS object in BER or DER; None where the bytes are none."""
    tree = read_tree(data)
    if tree is None or tree.tag != SEQUENCE or not tree.children:
        return None
    kind = object_id(data, tree.children[0])
    if kind in _ENCRYPTED:
        return Encrypted()
    outer = tree.child(1, _ZERO)
    body = outer.child(0, SEQUENCE) if outer else None
    if body is None or not body.children:
        return None
    match kind:
        case _ if kind == _SIGNED:
            return _signed(data, body, whole=tree.whole)
        case _ if kind == _COMPRESSED:
            return _compressed(data, body)
        case _:
            return None


def _signed(data: bytes, body: Value, *, whole: bool) -> Signed:
    inner = body.child(2, SEQUENCE)
    certificates = body.child(3, _ZERO)
    last = body.children[-1]
    # the digest algorithms, which come second, are a set too (§5.1)
    signers = last.children if inner and last.tag == SET and last is not body.children[1] else []
    return Signed(
        content=_content(data, inner) if inner else None,
        certificates=tuple(tlv.whole(data, one) for one in certificates.children[:MOST_CERTIFICATES])
        if certificates
        else (),
        signers=tuple(_signer(data, one) for one in signers[:MOST_SIGNERS]),
        whole=whole,
    )


def _content(data: bytes, inner: Value) -> bytes | None:
    outer = inner.child(1, _ZERO)
    if outer is None or not outer.children:
        return None
    held = outer.children[0]
    return octets(data, held) if held.tag in {OCTETS, _CONSTRUCTED_OCTETS} else tlv.whole(data, held)


def _signer(data: bytes, info: Value) -> SignerInfo:
    issuer, serial, key_id = b"", -1, b""
    named = info.child(1, SEQUENCE)
    if named and len(named.children) > 1:
        issuer, serial = tlv.whole(data, named.children[0]), _number(data, named.children[1])
    elif len(info.children) > 1 and info.children[1].tag in {_ZERO_PRIMITIVE, _ZERO}:
        key_id = octets(data, info.children[1])
    attributes = info.child(3, _ZERO)
    rest = info.children[4 if attributes else 3 :]
    return SignerInfo(
        issuer=issuer,
        serial=serial,
        key_id=key_id,
        digest_algorithm=_algorithm(data, info.child(2, SEQUENCE)),
        algorithm=_algorithm(data, rest[0] if rest else None),
        attributes=data[attributes.start : attributes.stop] if attributes else b"",
        digest=_digest(data, attributes) if attributes else b"",
        signature=octets(data, rest[1]) if len(rest) > 1 and rest[1].tag == OCTETS else b"",
    )


def _number(data: bytes, value: Value) -> int:
    return (
        int.from_bytes(data[value.start : value.stop][:64], "big", signed=True)
        if value.tag == INTEGER
        else -1
    )


def _algorithm(data: bytes, value: Value | None) -> str:
    return object_id(data, value.child(0, OBJECT)) if value else ""


def _digest(data: bytes, attributes: Value) -> bytes:
    for attribute in attributes.children:
        values = attribute.child(1, SET)
        if values and values.children and object_id(data, attribute.child(0, OBJECT)) == _DIGEST_ATTRIBUTE:
            return octets(data, values.children[0])
    return b""


def _compressed(data: bytes, body: Value) -> Compressed | None:
    inner = body.child(2, SEQUENCE)
    packed = _content(data, inner) if inner else None
    if packed is None:
        return None
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(packed, LARGEST_INFLATED)
    except zlib.error:
        return None
    return Compressed(content, inflater.eof, cut=not inflater.eof and not inflater.unconsumed_tail)
