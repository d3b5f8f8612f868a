"""Signs our own letters with DKIM (RFC 6376, RFC 8463), so that nobody else's can pass for ours.

Keys come from files. A letter may carry two signatures, RSA for everybody and Ed25519 for those who read it.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key
from nacl.signing import SigningKey as Ed25519Seed

from triage.errors import ConfigError

SMALLEST_RSA = 2048
"""Bits of an RSA key; RFC 8301, section 3.2 asks signers for no less."""

SIGNED = (
    *("From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"),
)
"""Headers that are signed where the letter has them."""

SEALED = ("From", "To", "Subject", "Date", "Reply-To", "Content-Type")
"""Headers named once more than they stand there, so that none can be added (RFC 6376, section 8.15)."""

_ED25519_DER = bytes.fromhex("302e020100300506032b657004220420")
_SEED_SIZE = 32
_LABEL = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", re.IGNORECASE)
_RSA_OID = bytes.fromhex("300d06092a864886f70d0101010500")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key with the place of its public half in DNS: ``<selector>._domainkey.<domain>``."""

    domain: str
    selector: str
    algorithm: str
    public: str
    private: bytes = field(repr=False)

    @property
    def record(self) -> str:
        """The text of the TXT record that publishes the key."""
        kind = "ed25519" if self.algorithm.startswith("ed25519") else "rsa"
        return f"v=DKIM1; k={kind}; p={self.public}"


def read_key(path: Path, domain: str, selector: str) -> DkimKey:
    """Read a PEM file as OpenSSL writes it, RSA or Ed25519. Raises ConfigError, which never tells the key."""
    if not _LABEL.fullmatch(selector) or not _LABEL.fullmatch(domain):
        raise ConfigError(f"The DKIM selector '{selector}' or domain '{domain}' is no name for DNS.")
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"The DKIM key {path} cannot be read: {error.strerror}.") from error
    seed = _ed25519_seed(pem)
    if seed:
        public = base64.b64encode(bytes(Ed25519Seed(seed).verify_key)).decode("ascii")
        return DkimKey(domain, selector, "ed25519-sha256", public, base64.b64encode(seed))
    return DkimKey(domain, selector, "rsa-sha256", _rsa_public(pem, path), pem)


def read_keys(
    domain: str, *, rsa: tuple[Path | None, str], ed25519: tuple[Path | None, str]
) -> tuple[DkimKey, ...]:
    """Read the keys that there are, each a file and its selector. Raises ConfigError."""
    found: list[DkimKey] = []
    for wanted, (path, selector) in (("rsa-sha256", rsa), ("ed25519-sha256", ed25519)):
        if path is None:
            continue
        key = read_key(path, domain, selector)
        if key.algorithm != wanted:
            kind = wanted.partition("-")[0].upper()
            raise ConfigError(f"The DKIM key {path} is no {kind} key, yet [dkim] names it as one.")
        found.append(key)
    return tuple(found)


def sign(raw: bytes, keys: Sequence[DkimKey]) -> bytes:
    """Put a signature of each key before a finished message with CRLF line ends; the rest stays as it is.

    Raises ConfigError where a key cannot sign.
    """
    signatures = b"".join(_signature(raw, key) for key in keys)
    return signatures + raw


def _signature(raw: bytes, key: DkimKey) -> bytes:
    names = _present(raw)
    include = [name for name in SIGNED if name.lower() in names] + list(SEALED)
    try:
        signature: bytes = dkim.sign(
            raw,
            key.selector.encode("ascii"),
            key.domain.encode("ascii"),
            key.private,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=key.algorithm.encode("ascii"),
            include_headers=[name.lower().encode("ascii") for name in include],
        )
    except (dkim.DKIMException, UnparsableKeyError, ValueError) as error:
        raise ConfigError(
            f"The letter cannot be signed for {key.domain} with '{key.selector}': {error}."
        ) from error
    return signature


def _present(raw: bytes) -> frozenset[str]:
    head = raw.partition(b"\r\n\r\n")[0]
    return frozenset(
        name.decode("ascii", "replace").lower() for name in re.findall(rb"(?m)^([^\s:]+):", head)
    )


def _ed25519_seed(pem: bytes) -> bytes:
    """Give the 32 bytes of an Ed25519 key (RFC 8410); empty where the file holds another kind."""
    body = re.search(rb"-----BEGIN PRIVATE KEY-----\s+(.*?)-----END", pem, re.DOTALL)
    try:
        der = base64.b64decode(body.group(1)) if body else b""
    except binascii.Error:
        return b""
    if not der.startswith(_ED25519_DER) or len(der) != len(_ED25519_DER) + _SEED_SIZE:
        return b""
    return der[len(_ED25519_DER) :]


def _rsa_public(pem: bytes, path: Path) -> str:
    try:
        key = parse_pem_private_key(pem)
        modulus, exponent = int(key["modulus"]), int(key["publicExponent"])
    except (UnparsableKeyError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ConfigError(f"The DKIM key {path} is no unlocked RSA or Ed25519 key in PEM form.") from error
    if modulus.bit_length() < SMALLEST_RSA:
        raise ConfigError(
            f"The DKIM key {path} has {modulus.bit_length()} bits; {SMALLEST_RSA} are the least."
        )
    numbers = _der(0x30, _integer(modulus) + _integer(exponent))
    return base64.b64encode(_der(0x30, _RSA_OID + _der(0x03, b"\x00" + numbers))).decode("ascii")


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - the short form of a length in DER
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
