"""What attachments are under their names: programs, macros, pages with forms, archives that hide them.

Bytes are asked for only where a name or type calls for them, one attachment at a time, within limits; what is
too large to look into is said to be so.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from triage.core.contentrules import ContentRules, EndingRules
from triage.core.decision import Finding, Severity
from triage.core.filekinds import KINDS, Group
from triage.core.filenames import plain_name
from triage.core.filetypes import OLE, claimed, detect, ending_of
from triage.core.linkchecks import form_findings, link_findings
from triage.core.links import find_links
from triage.core.mail import Attachment
from triage.core.markup import read_markup
from triage.core.namechecks import NameChecks
from triage.core.text import fold
from triage.core.zipnames import is_zip, zip_entries

MAX_ATTACHMENTS = 50
"""Attachments of one mail that are looked at."""

MAX_BYTES = 25_000_000
"""Bytes of one attachment that are looked into."""

_RTL = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_RUNNING = frozenset({"exe", "elf", "lnk", "msi", "sh"})
"""Kinds that run when they are opened, or are made to be run."""

_SCRIPTED = frozenset({"txt", "csv", "xml", "log", "md"})
"""Endings of texts, which may begin like a script."""

_PAGES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_TURNED = frozenset({Group.PROGRAM, Group.PAGE, Group.ARCHIVE})
"""What a file that calls itself a picture may really be, so that it is looked into."""

_MACROS = "_VBA_PROJECT".encode("utf-16-le")


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
    parts = plain_name(name).lower().split(".")
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
    if ending in rules.endings.page or attachment.type in _PAGES or _is_turned_page(attachment):
        yield from _page(attachment.name or "trang HTML", data, names, rules)
    else:
        yield from _bytes(attachment.name, data, text, rules)


def _worth_reading(attachment: Attachment, endings: EndingRules) -> bool:
    """Pictures and sound shown in the mail are not looked into; everything else is, whatever it is called."""
    harmless = (
        attachment.type.startswith(("image/", "audio/", "video/", "message/"))
        and attachment.type != "image/svg+xml"
    )
    content = KINDS.get(attachment.detected)
    turned = content is not None and content.group in _TURNED
    return not harmless or turned or _ending(attachment.name) in endings.runs | endings.page | endings.archive


def _is_turned_page(attachment: Attachment) -> bool:
    """Whether a page calls itself a picture or a PDF; programs export many a sheet or paper as a page."""
    claim = claimed(attachment.name, attachment.type)
    return (
        attachment.detected in {"html", "svg"}
        and claim is not None
        and (claim.group is Group.PICTURE or claim.code == "pdf")
    )


def _ending(name: str) -> str:
    return ending_of(plain_name(name))


def _bytes(name: str, data: bytes, text: str, rules: ContentRules) -> Iterator[Finding]:
    kind = detect(data)
    if kind is not None and _is_disguised(name, kind.code, rules.endings):
        yield _finding("ATTACH_DISGUISED", Severity.HIGH, f"{name} ({kind.code})", _DISGUISED_WHY)
    elif is_zip(data):
        yield from _zip(name, data, text, rules)
    elif data.startswith(OLE) and _MACROS in data:
        yield _finding("ATTACH_MACRO", Severity.LOW, name, _MACRO_WHY)
    elif kind is not None and kind.group is Group.ARCHIVE:
        yield from _archive(name, data, text, rules)


def _is_disguised(name: str, code: str, endings: EndingRules) -> bool:
    """Whether a file that runs has a name that does not say so."""
    ending = _ending(name)
    return code in _RUNNING and ending not in endings.runs and (code != "sh" or ending not in _SCRIPTED)


def _zip(name: str, data: bytes, text: str, rules: ContentRules) -> Iterator[Finding]:
    entries = zip_entries(data)
    ending = _ending(name)
    document = any(entry.name == "[Content_Types].xml" for entry in entries)
    if any(entry.name.lower().endswith("vbaproject.bin") for entry in entries):
        document = True
        if ending not in rules.endings.macro:
            severity = Severity.MEDIUM if ending.endswith("x") else Severity.LOW
            yield _finding("ATTACH_MACRO", severity, name, _MACRO_WHY)
    # an archive in which the signs of a document lie beside a program is opened as an archive all the same
    if ending in rules.endings.archive or not (document or ending in rules.endings.runs):
        yield from _archive(name, data, text, rules)


def _archive(name: str, data: bytes, text: str, rules: ContentRules) -> Iterator[Finding]:
    from triage.core.archives import look_inside  # noqa: PLC0415 - few mails have an archive

    archive = look_inside(data, name)
    for content in archive.contents:
        yield from name_findings(content.name, rules.endings, " › ".join((name, *content.path)))
        if _is_disguised(content.name, content.detected, rules.endings):
            shown = f"{name} › {content.shown} ({content.detected})"
            yield _finding("ATTACH_DISGUISED", Severity.HIGH, shown, _DISGUISED_WHY)
    if archive.is_bomb:
        yield _finding("ATTACH_BOMB", Severity.MEDIUM, name, _BOMB_WHY)
    if archive.locked:
        yield from _locked(name, text, rules, _HIDDEN_WHY if archive.hidden else _SEALED_WHY)
    elif not archive.contents:
        yield from _locked(name, text, rules, None)


def _locked(
    name: str, text: str, rules: ContentRules, sealed_why: tuple[str, str] | None
) -> Iterator[Finding]:
    """Tell of an archive that no scanner could look into; worse with its password in the mail beside it.

    Without ``sealed_why`` nothing shows that it is locked, only that it could not be read.
    """
    folded = fold(text[:100_000])
    told = any(fold(phrase) in folded for phrase in rules.endings.archive_passwords)
    if told:
        yield _finding("ATTACH_ENCRYPTED", Severity.MEDIUM, name, _LOCKED_WHY)
    elif sealed_why:
        yield _finding("ATTACH_ENCRYPTED", Severity.LOW, name, sealed_why)


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
_HIDDEN_WHY = (
    "Tệp nén đặt mật khẩu cả tên tệp bên trong nên không biết chứa gì.",
    "Even the names of the files in the archive are encrypted.",
)
_BOMB_WHY = (
    "Tệp nén khai bung ra lớn bất thường, kiểu bom nén.",
    "The archive unpacks to an abnormal size, as zip bombs do.",
)
_REDIRECT_WHY = ("Trang đính kèm tự chuyển sang nơi khác.", "The attached page leads elsewhere by itself.")
_PAGE_WHY = ("Tệp đính kèm là trang web.", "The attachment is a web page.")
