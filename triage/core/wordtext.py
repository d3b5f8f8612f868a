"""The plain text of a .docx by its own XML."""

import re
from html import unescape
from itertools import islice

from triage.core.xmltags import MOST_TAGS
from triage.core.zipnames import file_in

# the last paragraph of a cell ends the cell and not the line
_TOKEN = re.compile(
    r"<w:t(?: [^<>]*)?>([^<]*)</w:t>|(</w:p>\s*+</w:tc>|<w:tab ?/>)|(</w:p>|<w:br ?/?>|</w:tr>)"
)


def word_text(data: bytes) -> str:
    """Give the paragraphs of a .docx (ECMA-376) and the rows of its tables, a line each. Never raises.

    The XML is searched and never parsed, so entities and nesting cannot do anything.
    """
    xml = file_in(data, "word/document.xml").decode("utf-8", "replace")
    pieces = (
        unescape(found[1]) if found[1] is not None else "\t" if found[2] else "\n"
        for found in islice(_TOKEN.finditer(xml), MOST_TAGS)
    )
    return "".join(pieces)
