"""Width and height of a picture, read from its header alone: no picture is ever unpacked."""

MOST_SEGMENTS = 1_000
"""Segments of a JPEG that are passed over on the way to the one with its size."""

_UNKNOWN = (0, 0)
_NO_FRAME = frozenset((0xC4, 0xC8, 0xCC))
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_OLD_BITMAP = 12


def pixels_of(data: bytes, kind: str) -> tuple[int, int]:
    """Give width and height of a picture of a kind of triage.core.filekinds; (0, 0) if it does not show."""
    match kind:
        case "png" if data[12:16] == b"IHDR":
            return _big(data, 16, 4), _big(data, 20, 4)
        case "gif":
            return _little(data, 6, 2), _little(data, 8, 2)
        case "bmp":
            return _bitmap(data)
        case "webp":
            return _webp(data)
        case "jpeg":
            return _jpeg(data)
    return _UNKNOWN


def _big(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _bitmap(data: bytes) -> tuple[int, int]:
    if _little(data, 14, 4) == _OLD_BITMAP:
        return _little(data, 18, 2), _little(data, 20, 2)
    # a height below nought means that the rows stand from top to bottom
    height = int.from_bytes(data[22:26], "little", signed=True)
    return _little(data, 18, 4), abs(height)


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
        case b"VP8L":
            packed = _little(data, 21, 4)
            return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    return _UNKNOWN


def _jpeg(data: bytes) -> tuple[int, int]:
    """Pass over the segments to the first frame (ITU-T T.81 §B.2.2)."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            return _UNKNOWN
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:  # noqa: PLR2004 - markers of frames
            return _big(data, at + 7, 2), _big(data, at + 5, 2)
        at += 2 if marker in _ALONE else 2 + _big(data, at + 2, 2)
    return _UNKNOWN
