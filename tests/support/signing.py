"""Keys, certificates and signed mails that exist for one test run; the people in them are made up."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from triage.core.tlv import Value, definite, read_tree

SIGNER = "Lê Thị Hạ"
UNIT = "Trường Mầm non Hoa Mai"
EMAIL = "ketoan@hoamai.example"
ISSUER = "Cơ quan chứng thực thử nghiệm"
SERIAL = 0x54A1B2C3

ENTITY = (
    b"Content-Type: multipart/mixed; boundary=in\r\n\r\n"
    b"--in\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "Đơn vị em không ký số được trên trang dịch vụ công.\r\n".encode()
    + b"--in\r\nContent-Type: image/png; name=loi.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgo=\r\n--in--\r\n"
)
"""What a signed mail holds: a text and a picture."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A key and the certificate that names its owner."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate


@cache
def identity(kind: str = "ec") -> Identity:
    """Make a key and a certificate for it, which an authority unknown to anybody signed."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    named = x509.NameAttribute
    subject = [named(x509.NameOID.COMMON_NAME, SIGNER), named(x509.NameOID.ORGANIZATION_NAME, UNIT)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name([named(x509.NameOID.COMMON_NAME, ISSUER)]))
        .public_key(key.public_key())
        .serial_number(SERIAL)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(EMAIL)]), critical=False)
        .sign(identity("authority").key if kind != "authority" else key, hashes.SHA256())
    )
    return Identity(key, certificate)


def signed(
    content: bytes, *, kind: str = "ec", detached: bool = False, attributes: bool = True, names: bool = True
) -> bytes:
    """Sign bytes; the answer is CMS in DER."""
    who = identity(kind)
    options = [pkcs7.PKCS7Options.Binary]
    options += [pkcs7.PKCS7Options.DetachedSignature] if detached else []
    options += [] if attributes else [pkcs7.PKCS7Options.NoAttributes]
    options += [] if names else [pkcs7.PKCS7Options.NoCerts]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    return builder.add_signer(who.certificate, who.key, hashes.SHA256()).sign(Encoding.DER, options)


def enveloped(content: bytes) -> bytes:
    """Encrypt bytes for somebody else."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(identity("rsa").certificate)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def compressed(content: bytes) -> bytes:
    """Compress bytes (RFC 3274)."""
    data = object_id("1.2.840.113549.1.7.1")
    inner = definite(0x30, data + definite(0xA0, definite(0x04, zlib.compress(content))))
    algorithm = definite(0x30, object_id("1.2.840.113549.1.9.16.3.8"))
    body = definite(0x30, b"\x02\x01\x00" + algorithm + inner)
    return definite(0x30, object_id("1.2.840.113549.1.9.16.1.9") + definite(0xA0, body))


def object_id(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = bytes([40 * first + second])
    for number in rest:
        groups = [number >> shift & 0x7F for shift in range(28, -1, -7) if number >> shift or not shift]
        content += bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])
    return definite(0x06, content)


def indefinite(der: bytes, chunk: int = 20) -> bytes:
    """Write a CMS object anew as streaming programs do: no lengths, the content in pieces.

    What is hashed as it stands (certificates, signer) keeps its form.
    """
    tree = read_tree(der)
    assert tree is not None
    return _streamed(der, tree, 4, chunk)


def _streamed(der: bytes, value: Value, depth: int, chunk: int) -> bytes:
    content = der[value.start : value.stop]
    if value.tag == 0x04 and depth == 0:
        pieces = (content[at : at + chunk] for at in range(0, len(content), chunk))
        return b"\x24\x80" + b"".join(definite(0x04, piece) for piece in pieces) + b"\0\0"
    if not value.children or depth <= 0 or value.tag == 0x31:
        return der[value.outset : value.end]
    if value.tag == 0xA0 and depth == 1 and value.children[0].tag == 0x30:
        return der[value.outset : value.end]
    inside = b"".join(_streamed(der, child, depth - 1, chunk) for child in value.children)
    return bytes([value.tag, 0x80]) + inside + b"\0\0"


def pdf(*, name: bytes = b"(L\\352 Th)", kind: str = "ec", behind: bytes = b"") -> bytes:
    """Make a file with a signature over all of it but the signature, as PDF does."""
    room = 8_192
    head = b"%%PDF-1.7\n1 0 obj\n<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Name "
    head += name + b" /ByteRange [0 %010d %010d %010d]\n/Contents "
    tail = b">>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    start = len(head % (0, 0, 0))
    head %= (start, start + room + 2, len(tail))
    signature = signed(head + tail, kind=kind, detached=True).hex().encode().ljust(room, b"0")
    return head + b"<" + signature + b">" + tail + behind
