"""Names of files in an archive that does not say in which charset they are."""

from collections.abc import Sequence

from triage.core.charset import decode_text, vietnamese_charset

MOST_JUDGED = 64_000
"""Bytes of names by which the charset of all of them is judged."""

_OF_DOS = "cp437"
"""What the formats themselves mean where nothing is said (APPNOTE.TXT of zip, appendix D)."""


def names_of(raw: Sequence[bytes]) -> list[str]:
    """Decode names: UTF-8, else the charset of Vietnamese Windows or an older one, else that of DOS.

    Packers write the names in the code page of their machine, which is windows-1258 on Vietnamese ones. One
    name is too short to tell, so all names of an archive that are no UTF-8 are judged together.
    """
    if all(name.isascii() for name in raw):
        return [name.decode("ascii") for name in raw]
    odd = b"\n".join(name for name in raw if _utf8(name) is None)
    charset = vietnamese_charset(odd[:MOST_JUDGED])
    return [_decoded(name, charset) for name in raw]


def _utf8(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decoded(name: bytes, charset: str) -> str:
    text = _utf8(name)
    if text is not None:
        return text
    return decode_text(name, charset, []) if charset else name.decode(_OF_DOS)
