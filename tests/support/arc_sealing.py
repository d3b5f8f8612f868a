"""Seals a mail with ARC as a forwarder would (RFC 8617), written apart from the library that verifies it."""

import base64
import hashlib
import re

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_SIGNED = ("from", "to", "subject")


def seal(raw: bytes, domain: str, selector: str, pem: bytes) -> bytes:
    """Put the first set of a chain above a mail whose lines end in CRLF and whose headers are not folded."""
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in reversed(head.decode().split("\r\n")))
    wanted = [
        (name, headers[original]) for name in _SIGNED for original in headers if original.lower() == name
    ]
    results = ("arc-authentication-results", f"i=1; {domain}; spf=pass smtp.mailfrom=hoacuc.example")
    message = (
        "arc-message-signature",
        (
            f"i=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector}; h={':'.join(_SIGNED)}; "
            f"bh={_digest(_relaxed(body))}; b="
        ),
    )
    message = (message[0], message[1] + _sign([*wanted, message], pem))
    last = ("arc-seal", f"i=1; a=rsa-sha256; cv=none; d={domain}; s={selector}; b=")
    last = (last[0], last[1] + _sign([results, message, last], pem))
    return b"".join(f"{name}: {value}\r\n".encode() for name, value in (last, message, results)) + raw


def _sign(headers: list[tuple[str, str]], pem: bytes) -> str:
    text = "\r\n".join(f"{name}:{' '.join(value.split())}" for name, value in headers)
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def _relaxed(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
