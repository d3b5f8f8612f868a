import pytest
from hypothesis import given, strategies as st
from support.pictures import bmp, gif, jpeg, png, webp

from triage.core.pixels import pixels_of

PICTURES = [
    ("png", png(1366, 768)),
    ("png", png(50_000, 50_000)),
    ("jpeg", jpeg(4032, 3024)),
    ("jpeg", jpeg(4032, 3024, exif=60_000)),
    ("jpeg", jpeg(640, 480).replace(b"\xff\xe0", b"\xff\xff\xff\xe0", 1)),
    ("gif", gif(1, 1)),
    ("bmp", bmp(800, 600)),
    ("bmp", bmp(800, -600)),
    ("bmp", b"BM" + bytes(12) + b"\x0c\0\0\0" + b"\x20\x03\x58\x02"),
    ("webp", webp(1200, 900)),
    ("webp", webp(1200, 900, "VP8 ")),
    ("webp", webp(1200, 900, "VP8L")),
]
SIZES = [(1366, 768), (50_000, 50_000), (4032, 3024), (4032, 3024), (640, 480), (1, 1)]
SIZES += [(800, 600)] * 3 + [(1200, 900)] * 3


@pytest.mark.parametrize(("picture", "size"), list(zip(PICTURES, SIZES, strict=True)))
def test_a_header_tells_the_size(picture: tuple[str, bytes], size: tuple[int, int]) -> None:
    kind, data = picture
    assert pixels_of(data, kind) == size


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", b"\x89PNG"),
        ("jpeg", b"\xff\xd8\xff"),
        ("webp", b"RIFF"),
        ("heic", b"x"),
        ("jpeg", b"\xff\xd8" + b"\xff\xd0" * 5_000),
    ],
)
def test_a_size_that_does_not_show_is_nought(kind: str, data: bytes) -> None:
    assert pixels_of(data, kind) == (0, 0)


@given(st.sampled_from(PICTURES), st.binary(max_size=12), st.integers(0, 80))
def test_any_damage_is_survived(picture: tuple[str, bytes], noise: bytes, at: int) -> None:
    kind, data = picture
    width, height = pixels_of(data[:at] + noise + data[at:], kind)
    assert width >= 0
    assert height >= 0
