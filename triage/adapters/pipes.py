"""Messages between two processes of ours: each with its length before it."""

import struct
from typing import BinaryIO

_SIZE = struct.Struct(">Q")


def framed(content: bytes) -> bytes:
    """Give a message with its length before it."""
    return _SIZE.pack(len(content)) + content


def send(to: BinaryIO, content: bytes) -> None:
    """Write a message."""
    to.write(framed(content))
    to.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Read a message; None where the other side has gone."""
    head = source.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    (size,) = _SIZE.unpack(head)
    content = source.read(size)
    return content if len(content) == size else None
