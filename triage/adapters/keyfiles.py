"""Makes files that hold secrets: closed to others from the first byte on, never over one that is there."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from triage.adapters.dkim_signing import SMALLEST_RSA

PRIVATE = 0o600


def write_secret(path: Path, content: bytes = b"") -> bool:
    """Make a file that its owner alone may read; False where it was there already, and was left as it is."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return True


def new_key() -> bytes:
    """Give a key of 256 bits as text, as [by_mail] reply_key_file wants it."""
    return f"{secrets.token_hex(32)}\n".encode()


def new_rsa_pem() -> bytes:
    """Give a new RSA key for DKIM (RFC 6376), of the size that every receiver takes."""
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_RSA))


def new_ed25519_pem() -> bytes:
    """Give a new Ed25519 key for DKIM (RFC 8463)."""
    return _pem(ed25519.Ed25519PrivateKey.generate())


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
