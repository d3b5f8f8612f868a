"""The name under which an attachment is written to disk: harmless, whatever its sender wrote."""

import re

from triage.core.filetypes import ending_of
from triage.core.text import clean, one_line, without_unseen

LONGEST = 200
"""Bytes of a name in UTF-8; file systems take 255."""

_LONGEST_ENDING = 20
_FORBIDDEN = re.compile(r"[<>:\"|?*\x00-\x1f\x7f]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def safe_name(name: str, number: int) -> str:
    """Give a name without path, controls, marks that turn the direction of writing, or leading dots.

    ``number`` is the place of the file in its mail; it names a file that has no usable name of its own.
    """
    plain = plain_name(name)
    if not plain:
        return f"tep-{number}"
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    return _short(plain)


def plain_name(name: str) -> str:
    """Give what of a name is left once it is written to disk; empty where nothing is.

    Its ending is that by which a machine opens the file, whatever unseen signs stood in it or behind it.
    """
    last = re.split(r"[/\\]", without_unseen(clean(name)))[-1]
    return _FORBIDDEN.sub("_", one_line(last)).strip(". -~")


def _short(name: str) -> str:
    """Cut a long name in its middle, so that its ending stays."""
    if len(name.encode()) <= LONGEST:
        return name
    ending = ending_of(name)[:_LONGEST_ENDING]
    room = LONGEST - len(ending.encode()) - 1
    stem = name.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{stem}.{ending}" if ending else stem
