"""Signatures of webhooks as Standard Webhooks 1.0 writes them: HMAC-SHA256 over ``id.timestamp.body``.

The receiver learns by them that a message is ours, unchanged and no repetition of an old one.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"
"""What a written secret begins with; base64 of the key follows."""

LEAST_BYTES = 24
MOST_BYTES = 64
"""How long a key is (Standard Webhooks, "Symmetric")."""


def written_secret(key: bytes) -> str:
    """Write a key as people and programs hand it on."""
    return PREFIX + b64encode(key).decode("ascii")


def read_secret(text: str) -> bytes | None:
    """Give the key of a written secret; None where it is none, or one of another length than allowed."""
    if not text.startswith(PREFIX):
        return None
    try:
        key = b64decode(text.removeprefix(PREFIX), validate=True)
    except (Base64Error, ValueError):
        return None
    return key if LEAST_BYTES <= len(key) <= MOST_BYTES else None


def signature(key: bytes, message_id: str, at: datetime, body: bytes) -> str:
    """Sign a message with a key. ``message_id`` holds no full stop; it is the same at each try."""
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode("ascii")


def signed_headers(key: bytes, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Give the three headers that a signed message bears; ``at`` is the moment of this try."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(key, message_id, at, body),
    }
