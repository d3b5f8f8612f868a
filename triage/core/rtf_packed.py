"""Compressed RTF, as Outlook packs the text of a mail ([MS-OXRTFCP]); unpacked within a limit."""

LARGEST = 500_000
"""Bytes that are unpacked; text stands before the pictures of a mail."""

_HEADER = 16
_PACKED, _PLAIN = b"LZFu", b"MELA"
_WINDOW = 4_096
_KNOWN = (
    # with what the window of the packer begins ([MS-OXRTFCP] §2.1.2.1)
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}"
    rb"{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    rb"{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def unpack_rtf(data: bytes) -> bytes:
    """Unpack RTF; what is damaged ends it, and bytes that are no packed RTF give nothing."""
    size = int.from_bytes(data[4:8], "little")
    kind = data[8:12]
    if kind == _PLAIN:
        return data[_HEADER : _HEADER + min(size, LARGEST)]
    return _unpack(data, min(size, LARGEST)) if kind == _PACKED else b""


def _unpack(data: bytes, size: int) -> bytes:
    """Follow the tokens, eight after each control byte: a byte, or a place in the window and a length."""
    out = bytearray(_KNOWN)
    end, at = len(_KNOWN) + size, _HEADER
    while at < len(data) and len(out) < end:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            token = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # the window is a ring; the place in it becomes the distance that it is back from here
            back = (len(out) - (token >> 4)) % _WINDOW
            if not back or at > len(data):
                return bytes(out[len(_KNOWN) : end])
            _copy(out, min(back, len(out)), (token & 15) + 2)
    return bytes(out[len(_KNOWN) : end])


def _copy(out: bytearray, back: int, count: int) -> None:
    piece = out[len(out) - back : len(out) - back + count]
    # a run may reach into what it writes itself
    out += (piece * (count // len(piece) + 1))[:count]
