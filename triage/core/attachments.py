"""What attachments are under their names: programs, macros, pages with forms, archives that hide them.

Bytes are asked for only where a name or type calls for them, one attachment at a time, within limits; what is
too large to look into is said to be so.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from triage.core.contentrules import ContentRules, EndingRules
from triage.core.decision import Finding, Severity
from triage.core.linkchecks import form_findings, link_findings
from triage.core.links import find_links
from triage.core.mail import Attachment
from triage.core.markup import read_markup
from triage.core.namechecks import NameChecks
from triage.core.text import fold
from triage.core.zipnames import is_zip, unpack, zip_entries

MAX_ATTACHMENTS = 50
"""Attachments of one mail that are looked at."""

MAX_BYTES = 25_000_000
"""Bytes of one attachment that are looked into."""

MAX_DEPTH = 3
"""Archives within one another."""

_RTL = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "exe"),
    (b"\x7fELF", "elf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),
    (b"#!", "sh"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar"}


def attachment_findings(
    attachments: Iterable[tuple[Attachment, Callable[[], bytes]]],
    text: str,
    names: NameChecks,
    rules: ContentRules,
) -> tuple[Finding, ...]:
    """Judge attachments by name and, where it matters, content; ``text`` may hold an archive's password."""
    found: list[Finding] = []
    for at, (attachment, provide) in enumerate(attachments):
        if at >= MAX_ATTACHMENTS:
            break
        found += name_findings(attachment.name, rules.endings, "")
        found += _content(attachment, provide, text, names, rules)
    return tuple(dict.fromkeys(found))


def name_findings(name: str, endings: EndingRules, inside: str) -> tuple[Finding, ...]:
    """Judge a file by its name; ``inside`` is the archive that holds it."""
    return tuple(_name(name, endings, f"{inside} › {name}" if inside else name))


def _name(name: str, endings: EndingRules, shown: str) -> Iterator[Finding]:
    plain = _RTL.sub("", name).strip().rstrip(". ").lower()
    parts = plain.rpartition("/")[2].rpartition("\\")[2].split(".")
    ending = parts[-1].strip() if len(parts) > 1 else ""
    runs = ending in endings.runs
    if _RTL.search(name):
        yield _finding(
            "ATTACH_RTL_NAME",
            Severity.HIGH if runs else Severity.MEDIUM,
            shown.encode("ascii", "backslashreplace").decode(),
            _RTL_WHY,
        )
    if runs:
        double = len(parts) > 2 and parts[-2].strip() in endings.document  # noqa: PLR2004 - name, first ending, second
        why = _DOUBLE_WHY if double else _RUNS_WHY
        yield _finding(
            "ATTACH_DOUBLE_EXTENSION" if double else "ATTACH_EXECUTABLE",
            Severity.HIGH if double else Severity.MEDIUM,
            shown,
            why,
        )
    elif ending in endings.disk:
        yield _finding("ATTACH_DISK_IMAGE", Severity.MEDIUM, shown, _DISK_WHY)
    elif ending in endings.macro:
        yield _finding("ATTACH_MACRO", Severity.LOW, shown, _MACRO_WHY)


def _content(
    attachment: Attachment, provide: Callable[[], bytes], text: str, names: NameChecks, rules: ContentRules
) -> Iterator[Finding]:
    if attachment.size > MAX_BYTES or not _worth_reading(attachment, rules.endings):
        return
    data = provide()[:MAX_BYTES]
    ending = _ending(attachment.name)
    if (
        attachment.type in {"text/html", "application/xhtml+xml", "image/svg+xml"}
        or ending in rules.endings.page
    ):
        yield from _page(attachment.name or "trang HTML", data, names, rules)
    else:
        yield from _bytes(attachment.name, data, text, rules, MAX_DEPTH)


def _worth_reading(attachment: Attachment, endings: EndingRules) -> bool:
    """Pictures and sound shown in the mail are not looked into; everything else is, whatever it is called."""
    harmless = (
        attachment.type.startswith(("image/", "audio/", "video/", "message/"))
        and attachment.type != "image/svg+xml"
    )
    return not harmless or _ending(attachment.name) in endings.runs | endings.page | endings.archive


def _ending(name: str) -> str:
    return _RTL.sub("", name).strip().rstrip(". ").lower().rpartition(".")[2] if "." in name else ""


def _bytes(name: str, data: bytes, text: str, rules: ContentRules, depth: int) -> Iterator[Finding]:
    ending = _ending(name)
    magic = next((kind for start, kind in _MAGIC if data.startswith(start)), "")
    if magic and ending not in rules.endings.runs and (magic != "sh" or ending not in {"txt", "csv", "xml"}):
        yield _finding("ATTACH_DISGUISED", Severity.HIGH, f"{name} ({magic})", _DISGUISED_WHY)
    elif is_zip(data):
        yield from _zip(name, data, text, rules, depth)
    elif data.startswith(_OLE) and b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00" in data:
        yield _finding("ATTACH_MACRO", Severity.LOW, name, _MACRO_WHY)
    elif data.startswith(tuple(_LOCKED)):
        yield from _locked(name, text, rules, surely=False)


def _zip(name: str, data: bytes, text: str, rules: ContentRules, depth: int) -> Iterator[Finding]:
    entries = zip_entries(data)
    document = any(entry.name == "[Content_Types].xml" for entry in entries)
    if any(entry.name.lower().endswith("vbaproject.bin") for entry in entries):
        if _ending(name) not in rules.endings.macro:
            yield _finding(
                "ATTACH_MACRO",
                Severity.MEDIUM if _ending(name).endswith("x") else Severity.LOW,
                name,
                _MACRO_WHY,
            )
        return
    if document or _ending(name) in rules.endings.runs:
        return
    for entry in entries:
        yield from name_findings(entry.name, rules.endings, name)
    if any(entry.encrypted for entry in entries):
        yield from _locked(name, text, rules, surely=True)
    if depth > 1:
        for entry in [entry for entry in entries if _ending(entry.name) in rules.endings.archive][:5]:
            yield from _bytes(f"{name} › {entry.name}", unpack(data, entry), text, rules, depth - 1)


def _locked(name: str, text: str, rules: ContentRules, *, surely: bool) -> Iterator[Finding]:
    """Tell of an archive that no scanner could look into; worse with its password in the mail beside it."""
    folded = fold(text[:100_000])
    told = any(fold(phrase) in folded for phrase in rules.endings.archive_passwords)
    if told:
        yield _finding("ATTACH_ENCRYPTED", Severity.MEDIUM, name, _LOCKED_WHY)
    elif surely:
        yield _finding("ATTACH_ENCRYPTED", Severity.LOW, name, _SEALED_WHY)


def _page(name: str, data: bytes, names: NameChecks, rules: ContentRules) -> Iterator[Finding]:
    """Judge an attached page, which opens from disk past every filter; a form in it is mostly a trap."""
    markup = read_markup(data[:2_000_000].decode("utf-8", "replace"))
    forms = form_findings(markup.forms, names, name)
    for finding in forms:
        yield replace(finding, check="ATTACH_HTML_FORM", evidence=f"{name} → {finding.evidence}")
    links = find_links("", "", markup, rules)
    for finding in link_findings(links, names, rules):
        if finding.check in {"LINK_LOOKALIKE", "LINK_TEXT_MISMATCH"}:
            yield replace(finding, evidence=f"{name} → {finding.evidence}")
    if markup.refresh or (markup.scripted and not markup.text.strip()):
        yield _finding("ATTACH_HTML_REDIRECT", Severity.MEDIUM, name, _REDIRECT_WHY)
    elif not forms:
        yield _finding("ATTACH_HTML", Severity.LOW, name, _PAGE_WHY)


def _finding(check: str, severity: Severity, evidence: str, why: tuple[str, str]) -> Finding:
    return Finding(check, severity, None, evidence[:300], *why)


_RTL_WHY = (
    "Tên tệp chứa ký tự đảo chiều chữ để giấu đuôi thật.",
    "The file name holds characters that turn the direction of writing, to hide its real ending.",
)
_DOUBLE_WHY = (
    "Tệp có hai đuôi: trông như tài liệu nhưng là chương trình.",
    "The file has two endings: it looks like a document and is a program.",
)
_RUNS_WHY = (
    "Tệp đính kèm là chương trình hoặc kịch bản chạy được.",
    "The attachment is a program or script.",
)
_DISK_WHY = (
    "Tệp đính kèm là ảnh đĩa, hay dùng để giấu chương trình.",
    "The attachment is a disk image, often used to hide a program.",
)
_MACRO_WHY = ("Tài liệu chứa macro.", "The document holds macros.")
_DISGUISED_WHY = (
    "Bên trong là chương trình dù tên tệp nói khác.",
    "It is a program inside, whatever its name says.",
)
_LOCKED_WHY = (
    "Tệp nén đặt mật khẩu, mật khẩu ghi ngay trong thư: cách tránh phần mềm quét.",
    "The archive is locked and its password stands in the mail: a way around scanners.",
)
_SEALED_WHY = (
    "Tệp nén đặt mật khẩu nên không kiểm tra được.",
    "The archive is locked and cannot be looked into.",
)
_REDIRECT_WHY = ("Trang đính kèm tự chuyển sang nơi khác.", "The attached page leads elsewhere by itself.")
_PAGE_WHY = ("Tệp đính kèm là trang web.", "The attachment is a web page.")
