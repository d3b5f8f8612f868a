"""Pictures that a browser may be given: known by their first bytes, not by what they call themselves.

SVG is no picture here: it is a document that may hold scripts. Only headers are read, nothing is unpacked.
"""

from dataclasses import dataclass

from triage.core.pixels import pixels_of

LARGEST = 10_000_000
"""Bytes of one picture."""

MOST_PIXELS = 50_000_000
"""Width times height; a browser unpacks a picture to four bytes a pixel."""

_MAGIC: tuple[tuple[str, int, bytes], ...] = (
    # kind, and where which bytes stand
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("gif", 0, b"GIF87a"),
    ("gif", 0, b"GIF89a"),
    ("webp", 8, b"WEBP"),
)
_LONGEST_HEADER = 30
"""Bytes of the longest header that is read at a fixed place, that of WebP."""


@dataclass(frozen=True, slots=True)
class Raster:
    """What the bytes of a picture say: its media type, its width and height in pixels."""

    type: str
    width: int
    height: int


def read_raster(data: bytes) -> Raster | None:
    """Give type and size of a PNG, JPEG, GIF or WebP within the limits; None for everything else."""
    kind = next((kind for kind, at, magic in _MAGIC if data.startswith(magic, at)), "")
    if not kind or not _LONGEST_HEADER <= len(data) <= LARGEST:
        return None
    width, height = pixels_of(data, kind)
    return Raster(f"image/{kind}", width, height) if 0 < width * height <= MOST_PIXELS else None
