"""Writes the headers of pictures: enough to be told apart and measured, no picture behind them."""

import struct
import zlib


def png(width: int, height: int, size: int = 0) -> bytes:
    """Write a PNG of so many pixels; ``size`` fills it up to so many bytes."""
    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head)
    return (data + bytes(max(0, size - len(data) - 12)) + _chunk(b"IEND", b""))[: max(size, len(data) + 12)]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def jpeg(width: int, height: int, *, exif: int = 0) -> bytes:
    """Write a JPEG; ``exif`` bytes of camera data stand before its size."""
    extra = b"\xff\xe1" + struct.pack(">H", exif + 2) + bytes(exif) if exif else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9) + extra + frame + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def bmp(width: int, height: int) -> bytes:
    head = struct.pack("<LllHHLLllLL", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<LHHL", 54, 0, 0, 54) + head


def webp(width: int, height: int, form: str = "VP8X") -> bytes:
    match form:
        case "VP8 ":
            body = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
        case "VP8L":
            body = b"\x2f" + struct.pack("<L", (width - 1) | (height - 1) << 14)
        case _:
            body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return (
        b"RIFF"
        + struct.pack("<L", 4 + 8 + len(body))
        + b"WEBP"
        + form.encode()
        + struct.pack("<L", len(body))
        + body
    )
