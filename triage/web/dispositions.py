"""Content-Disposition: whether a browser shows a file or saves it, and under which name (RFC 6266)."""

from typing import Literal
from urllib.parse import quote

from triage.core.filenames import safe_name
from triage.core.text import fold

_ATTRIBUTE_CHARS = "!#$&+-.^_`|~"
"""What stays as it is in an extended value, beside letters and digits (RFC 5987, 3.2.1)."""


def content_disposition(kind: Literal["inline", "attachment"], name: str, number: int) -> str:
    """Write the header: the name without tones for old programs, the whole name beside it (RFC 5987).

    ``number`` is the place of the file in its mail, for one without a usable name.
    """
    safe = safe_name(name, number)
    # folding may make a slash of one letter (U+2105), and leave nothing but blanks of a name of marks
    told = "".join(char if char.isascii() and char not in '"%;/\\' else "_" for char in fold(safe))
    plain = told.strip(" .") or f"tep-{number}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe=_ATTRIBUTE_CHARS)}"
