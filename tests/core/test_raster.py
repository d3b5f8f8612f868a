import struct

import pytest
from hypothesis import given, settings, strategies as st
from support.viewing import png

from triage.core.raster import LARGEST, Raster, read_raster

GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + bytes(20)
JPEG = (
    b"\xff\xd8\xff\xe0"
    + struct.pack(">H", 16)
    + bytes(14)  # APP0
    + b"\xff\xff\xc4"
    + struct.pack(">H", 4)
    + bytes(2)  # a fill byte, then a table
    + b"\xff\xc2"
    + struct.pack(">HBHH", 17, 8, 20, 30)
    + bytes(10)
)
VP8 = b"RIFF\0\0\0\0WEBPVP8 " + bytes(4) + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 30, 20)
VP8L = b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 29 | 19 << 14) + bytes(8)
VP8X = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x1d\0\0" + b"\x13\0\0"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(30, 20), "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (VP8, "image/webp"),
        (VP8L, "image/webp"),
        (VP8X, "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_bytes(data: bytes, media_type: str) -> None:
    assert read_raster(data) == Raster(media_type, 30, 20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>x</script>",
        b"\x00\x00\x01\x00",
        b"BM" + bytes(50),
        b"%PDF-1.7",
        b"MZ",
        b"\x89PNG\r\n\x1a\n" + b"<script>x</script>" * 3,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + b"\xff" * 100_000,
        b"GIF8<script>",
        b"RIFF\0\0\0\0WAVEfmt " + bytes(30),
        GIF[:6] + bytes(20),
        png(50_000, 50_000),
        png() + bytes(LARGEST),
    ],
)
def test_what_is_none_or_too_large_is_refused(data: bytes) -> None:
    assert read_raster(data) is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([png(), GIF, JPEG, VP8, VP8L, VP8X]), st.integers(0, 60), st.binary(max_size=40))
def test_no_bytes_raise(start: bytes, kept: int, rest: bytes) -> None:
    raster = read_raster(start[:kept] + rest)
    assert raster is None or raster.width * raster.height > 0
