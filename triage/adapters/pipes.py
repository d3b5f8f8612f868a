"""Messages between two processes of ours: each with its length before it."""

import struct
import subprocess
from collections.abc import Sequence
from typing import IO, BinaryIO

_SIZE = struct.Struct(">Q")


def start(
    command: Sequence[str], errors: int | IO[bytes]
) -> tuple[subprocess.Popen[bytes], BinaryIO, BinaryIO]:
    """Start a process of ours; give it, the pipe to it and the one from it. Raises OSError."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
    )
    assert process.stdin  # noqa: S101 - tells mypy what PIPE gives
    assert process.stdout  # noqa: S101 - same
    return process, process.stdin, process.stdout  # type: ignore[return-value]


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
