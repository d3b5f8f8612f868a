"""The registration form of connecting units (annex of 935/QĐ-KBNN), found in a mail or a file of text."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from triage.core.filetext import ENDINGS, plain_text
from triage.core.mail import Mail, Parts
from triage.core.privacy import mask
from triage.core.text import fold, one_line
from triage.core.treasuries import TreasuryDirectory
from triage.core.units import Registration, find_unit_codes

LONGEST_FORM = 40_000
"""Characters of one text that are looked at."""

LONGEST_VALUE = 300
MOST_FILES = 5
"""Files of one mail that are opened in search of the form."""

MOST_NAMES = 50
"""Files of one mail whose names may speak of the form where its words do not."""

_TITLE = re.compile(
    r"dang ky[ ,a-z]{0,40} (?:ung dung|phan mem|ket noi)|dang ky ket noi|mau[ a-z]{0,30}935|935/qd-kbnn"
)
_LABELS = (
    # folded beginnings of the lines of the form; longer ones first
    ("software", ("ten phan mem ket noi", "phan mem ket noi", "ten phan mem")),
    ("name", ("ten khach hang", "ten dvqhns", "ten don vi", "khach hang")),
    ("code", ("ma dvqhns", "ma so dvqhns", "ma qhns", "ma don vi qhns", "ma don vi quan he ngan sach")),
    ("address", ("dia chi",)),
    ("phone", ("so dien thoai", "dien thoai", "sdt")),
    ("to", ("kinh gui",)),
)
_NAME_GAPS = re.compile(r"[_.+-]+")
_BLANKS = re.compile(r"^[\s.…_<>*:：/-]+|[\s.…_<>*]+$")


def find_registration(mail: Mail, directory: TreasuryDirectory, parts: Parts = ()) -> Registration | None:
    """Find a filled form in the sender's text, else in a file that holds text. Total and linear."""
    for name, text in _texts(mail, parts):
        if found := _read_form(text, name, directory):
            return found
    return None


def _texts(mail: Mail, parts: Parts) -> Iterator[tuple[str, str]]:
    yield "", mail.text
    names = "\n".join(_NAME_GAPS.sub(" ", attachment.name) for attachment, _ in islice(parts, MOST_NAMES))
    if not _TITLE.search(fold(f"{mail.subject}\n{names}\n{mail.text[:LONGEST_FORM]}")):
        return
    opened = 0
    for attachment, content in parts:
        if opened < MOST_FILES and attachment.name.lower().endswith(ENDINGS):
            opened += 1
            yield attachment.name, plain_text(attachment.name, content())


def _read_form(text: str, found_in: str, directory: TreasuryDirectory) -> Registration | None:
    text = text[:LONGEST_FORM]
    if not _TITLE.search(" ".join(fold(text).split())):
        return None
    values = _values(text.splitlines())
    if not values.get("name") or not (values.get("software") or values.get("code")):
        return None
    mentioned = directory.province_mentions(values.get("to", ""))
    codes = find_unit_codes(f"mã ĐVQHNS {values.get('code', '')}")
    return Registration(
        name=mask(values["name"]),
        code=codes[0] if codes else "",
        address=mask(values.get("address", "")),
        phone=values.get("phone", ""),
        software=mask(values.get("software", "")),
        treasury=mentioned[0].treasury.code if len(mentioned) == 1 else "",
        found_in=found_in,
    )


def _values(lines: Iterable[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in lines:
        for key, value in _fields(line.replace("：", ":").split("\t")):
            if not values.get(key):
                values[key] = _BLANKS.sub("", one_line(value))[:LONGEST_VALUE]
    return values


def _fields(cells: list[str]) -> Iterator[tuple[str, str]]:
    """Give what a line says, or a row of cells: there the value may stand in the cell behind its label."""
    filled = [cell for cell in cells if cell.strip()]
    labels = [_label(cell, alone=len(filled) == 1) for cell in filled]
    for at, found in enumerate(labels):
        if found is None:
            continue
        key, rest = found
        behind = list(takewhile(lambda place: labels[place] is None, range(at + 1, len(filled))))
        behind = behind if rest.strip() else behind[:1]
        yield key, " ".join((rest, *(filled[place] for place in behind)))


def _label(cell: str, *, alone: bool) -> tuple[str, str] | None:
    """Give what a cell is the label of, and what stands behind its colon; a line needs the colon."""
    label, colon, rest = cell.partition(":")
    key = _key(label) if colon or not alone else None
    return (key, rest) if key else None


def _key(label: str) -> str | None:
    folded = " ".join(fold(label).split()).lstrip("*-+•. 0123456789)")
    return next((key for key, starts in _LABELS if folded.startswith(starts)), None)
