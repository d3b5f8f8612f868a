"""What stands in the evidence about a ticket: files whose hashes tell later that nobody touched them."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

_END_OF_HEADER = re.compile(rb"(\r?\n)\r?\n")


def header_of(raw: bytes) -> bytes:
    """Give the header of a mail exactly as it came, with the line break that ends its last line."""
    end = _END_OF_HEADER.search(raw)
    return raw[: end.end(1)] if end else raw


def written(value: Any) -> bytes:  # noqa: ANN401 - JSON holds anything
    """Write a value as JSON that people can read; the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def hash_of(content: bytes) -> str:
    """Give the SHA-256 of a file, in hexadecimal digits."""
    return sha256(content).hexdigest()


def sums(hashes: Iterable[tuple[str, str]]) -> bytes:
    """Write names and hashes as ``sha256sum --check`` reads them."""
    return "".join(f"{digest}  {name}\n" for name, digest in hashes).encode()
