"""The plain text of small files that hold text: .txt, and .docx by its own XML."""

import re
import zipfile
import zlib
from html import unescape
from io import BytesIO

from triage.core.charset import decode_text

LARGEST_FILE = 4 * 1024 * 1024
LARGEST_XML = 8 * 1024 * 1024
"""Bytes that are taken out of a .docx, however large it claims to be."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
_TOKEN = re.compile(r"<w:t(?: [^<>]*)?>([^<]*)</w:t>|(</w:p>|<w:br ?/?>|</w:tr>)|(<w:tab ?/>)")


def plain_text(name: str, data: bytes) -> str:
    """Give the text of a file by the ending of its name; empty where it has none. Never raises."""
    if len(data) > LARGEST_FILE:
        return ""
    return word_text(data) if name.lower().endswith(".docx") else decode_text(data, "", [])


def word_text(data: bytes) -> str:
    """Give the paragraphs of a .docx (ECMA-376), a line each.

    The XML is searched and never parsed, so entities and nesting cannot do anything.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open("word/document.xml") as part:
            xml = part.read(LARGEST_XML).decode("utf-8", "replace")
    except _BROKEN:
        return ""
    pieces = (
        unescape(found[1]) if found[1] is not None else "\n" if found[2] else "\t"
        for found in _TOKEN.finditer(xml)
    )
    return "".join(pieces)
