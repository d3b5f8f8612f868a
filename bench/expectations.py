"""What the projects that collected the reference data expect of their mails, in one form for all of them."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from normalising import uudecoded, without_uuencoded
from stdlib_reading import Wanted, attachment_line, mailbox_line, read_with_stdlib

from triage.core.html_text import text_of_html
from triage.core.parse import parts_of, read_mail

STDLIB_FOLDERS = {
    "cpython": ("msg_*.txt",),
    "enmime": ("*.raw",),
    "mikel-mail": ("*.eml",),
    "mimekit": ("messages/*.txt", "messages/*.eml", "dkim/*.msg", "partial/*.eml", "tnef/*.eml"),
    "sisimai-set-of-emails": ("maildir/**/*.eml", "to-be-debugged-because/**/*.eml"),
    "zbateson-mail-mime-parser": ("*.txt",),
}
"""Collections without expectation files: their mails are held against the standard library's reading."""

FACTS = Path(__file__).with_name("corpora_facts.tsv")
"""What the raw mail shows to whoever looks at it, where nobody else has an opinion: our own table."""

BETWEEN = " ;; "


class Authority(Enum):
    """Who says what is expected: the project that brought the mail, or a second opinion of ours."""

    PROJECT = auto()
    SECOND = auto()


@dataclass(frozen=True, slots=True)
class Case:
    """One mail and what is expected of it; ``wanted`` is empty where it only has to be read."""

    corpus: str
    file: str
    raw: bytes
    wanted: Wanted
    authority: Authority = Authority.PROJECT

    @property
    def drops_bytes(self) -> bool:
        """Whether the project leaves out bytes that it cannot decode, where others put U+FFFD."""
        return self.corpus == "imap_tools"


def all_cases(folder: Path) -> Iterator[Case]:
    """Give every mail below the folder of the reference data."""
    yield from imap_tools(folder / "imap_tools")
    yield from stalwart(folder / "stalwart-mail-parser")
    yield from mailboxes(folder / "mimekit" / "mbox")
    yield from packages(folder / "mimekit" / "tnef")
    yield from sisimai_mailboxes(folder / "sisimai-set-of-emails" / "mailbox")
    facts = read_facts()
    for name, patterns in STDLIB_FOLDERS.items():
        root = folder / name
        for path in sorted({path for pattern in patterns for path in root.rglob(pattern)}):
            if path.is_file():
                raw, file = path.read_bytes(), str(path.relative_to(root))
                yield Case(
                    name, file, raw, read_with_stdlib(raw) | facts.get((name, file), {}), Authority.SECOND
                )


def read_facts() -> dict[tuple[str, str], Wanted]:
    """Read our own table, by corpus and file."""
    found: dict[tuple[str, str], Wanted] = {}
    for line in FACTS.read_text(encoding="utf-8").splitlines()[1:]:
        corpus, file, field, value = line.split("\t")
        several: Wanted = {field: value if field == "subject" else tuple(value.split(BETWEEN))}
        found[corpus, file] = found.get((corpus, file), {}) | several
    return found


def imap_tools(root: Path) -> Iterator[Case]:
    """Read the ``.expected.json`` beside each mail of imap_tools."""
    for path in sorted((root / "messages_data").rglob("*.expected.json")):
        file = str(path.relative_to(root / "messages_data")).replace(".expected.json", ".eml")
        mail = root / "messages" / file
        if mail.is_file():
            yield Case("imap_tools", file, mail.read_bytes(), _of_imap_tools(json.loads(path.read_text())))


def _of_imap_tools(data: dict[str, Any]) -> Wanted:
    sender = data["from_values"]
    wanted: Wanted = {
        "subject": data["subject"],
        "first from": (mailbox_line(sender["name"], sender["email"]),) if sender else (),
        "to": tuple(mailbox_line(one["name"], one["email"]) for one in data["to_values"]),
        "whole attachments": tuple(
            attachment_line(
                one["filename"], one["content_type"], len(base64.b64decode(one["payload"]["__b64__"]))
            )
            for one in data["attachments"]
        ),
    }
    return wanted | _texts(data["text"], data["html"])


def _texts(text: str, html: str) -> Wanted:
    # where there is HTML alone, its text is ours to make
    wanted: Wanted = {"whole html": html}
    return wanted | {"whole text": text} if text.strip() or not html.strip() else wanted


def stalwart(root: Path) -> Iterator[Case]:
    """Read the JSON beside each mail of stalwart: one for its bytes as they are, one for CRLF line ends."""
    for path in sorted((root / "eml").rglob("*.json")):
        mail = path.with_name(path.name.replace(".crlf", "")).with_suffix(".eml")
        if mail.is_file():
            raw = mail.read_bytes()
            if ".crlf." in path.name:
                raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            file = str(path.with_suffix(".eml").relative_to(root))
            data = json.loads(path.read_text())
            yield Case("stalwart-mail-parser", file, raw, _of_stalwart(data))
            yield from _attached_mails(file, raw, data)
    for path in sorted((root / "maildir").rglob("*")):
        if path.is_file() and path.parent.name in {"cur", "new"}:
            yield Case("stalwart-mail-parser", str(path.relative_to(root)), path.read_bytes(), {})


def _attached_mails(file: str, raw: bytes, data: dict[str, Any]) -> Iterator[Case]:
    """Give the mails attached to a mail, as the reader takes them out, with what stalwart expects of each."""
    bodies = [data["parts"][number]["body"] for number in data["attachments"]]
    expected = [body["Message"] for body in bodies if "Message" in body]
    found = [provide for one, provide in parts_of(read_mail(raw), raw) if one.type == "message/rfc822"]
    for number, (message, provide) in enumerate(zip(expected, found, strict=False)):
        inside = provide()
        yield Case("stalwart-mail-parser", f"{file}#{number}", inside, _of_stalwart(message))
        yield from _attached_mails(f"{file}#{number}", inside, message)


def _of_stalwart(data: dict[str, Any]) -> Wanted:
    parts = data["parts"]
    root = parts[0]
    wanted: Wanted = {}
    subjects = _header_values(root, "subject", "Text")
    if subjects:
        wanted["subject"] = subjects[-1] or ""
    for name in ("from", "to"):
        groups = _header_values(root, name, "Address")
        if groups:
            wanted[name] = tuple(_mailboxes(groups))
    texts, files = list(data["text_body"]), data["attachments"]
    if all("Text" in parts[number]["body"] for number in texts):
        # a text without a name is to be read, also where it is listed because a boundary is broken
        texts += [number for number in files if _is_text_to_read(parts[number])]
        files = [number for number in files if number not in texts]
        wanted["text"] = "\n".join(_stalwart_text(parts[number]) for number in texts)
    wanted["attachments"] = tuple(_stalwart_attachment(parts[number]) for number in files)
    return without_uuencoded(wanted)


def _is_text_to_read(part: dict[str, Any]) -> bool:
    line = _stalwart_attachment(part)
    placed = _header_values(part, "content_disposition", "ContentType")
    return (
        "Text" in part["body"]
        and line.startswith((" | text/plain", " | text/html", " | multi"))
        and not placed
    )


def _stalwart_text(part: dict[str, Any]) -> str:
    text = part["body"]["Text"]
    declared = _header_values(part, "content_type", "ContentType")
    return text_of_html(text, []) if any(one["c_subtype"] == "html" for one in declared[-1:]) else text


def _mailboxes(values: list[Any]) -> Iterator[str]:
    for value in values:
        lists = [value["List"]] if "List" in value else [group["addresses"] for group in value["Group"]]
        for one in (one for members in lists for one in members):
            yield mailbox_line(one["name"] or "", one["address"] or "")


def _header_values(part: dict[str, Any], name: str, kind: str) -> list[Any]:
    found = [header["value"] for header in part["headers"] if header["name"] == name]
    return [value[kind] for value in found if isinstance(value, dict) and kind in value]


def _stalwart_attachment(part: dict[str, Any]) -> str:
    declared = _header_values(part, "content_type", "ContentType")
    kind = next((f"{one['c_type']}/{one['c_subtype'] or ''}".lower() for one in declared), "")
    body = part["body"]
    [(form, content)] = body.items()
    placed = _header_values(part, "content_disposition", "ContentType")
    name = _attribute(placed, "filename") or _attribute(declared, "name")
    size = None
    if form in {"Binary", "InlineBinary"}:
        size = len(uudecoded(bytes(content)) or content)
    return attachment_line(name, kind or ("message/rfc822" if form == "Message" else "text/plain"), size)


def _attribute(values: list[dict[str, Any]], wanted: str) -> str:
    for value in values:
        for attribute in value["attributes"] or ():
            if attribute["name"] == wanted:
                return str(attribute["value"])
    return ""


_SEPARATOR = re.compile(rb"(?:\A|(?<=\n))From [^\n]*\n(?=[!-9;-~]+:|[ \t]*\n)")
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,9})[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


def split_mailbox(data: bytes) -> list[bytes]:
    """Cut a mailbox file into its mails (RFC 4155), each with the line that stands before it."""
    starts = [match.start() for match in _SEPARATOR.finditer(data)]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def mailboxes(folder: Path) -> Iterator[Case]:
    """Read mimekit's mailbox files, with the kinds of their parts from its tables of offsets."""
    for path in sorted(folder.glob("*.mbox.txt")):
        name = path.name.removesuffix(".mbox.txt")
        table = folder / f"{name}.unix-offsets.json"
        mails = split_mailbox(path.read_bytes())
        wanted: list[Wanted] = [{} for _ in mails]
        if table.is_file():
            offsets = json.loads(table.read_text())
            data = path.read_bytes()
            mails = [data[one["beginOffset"] : one["endOffset"]] for one in offsets]
            wanted = [{"kinds": tuple(_kinds(one["body"]))} for one in offsets]
        for number, (raw, facts) in enumerate(zip(mails, wanted, strict=True)):
            yield Case("mimekit", f"mbox/{path.name}#{number}", raw, facts)


def _kinds(body: dict[str, Any]) -> Iterator[str]:
    yield body["mimeType"].lower()
    for child in body.get("children", ()):
        yield from _kinds(child)


def sisimai_mailboxes(folder: Path) -> Iterator[Case]:
    """Cut the mailbox files of sisimai into mails, each held against the standard library's reading."""
    for path in sorted(folder.glob("mbox-*")):
        for number, raw in enumerate(split_mailbox(path.read_bytes())):
            yield Case(
                "sisimai-set-of-emails",
                f"mailbox/{path.name}#{number}",
                raw,
                read_with_stdlib(raw),
                Authority.SECOND,
            )


_BODIES = frozenset({"body.rtf", "body.html", "body.txt"})
"""What mimekit's lists call the text of the mail in a package."""


def packages(folder: Path) -> Iterator[Case]:
    """Read mimekit's winmail.dat files, each in a mail of its own, with the names in the list beside it."""
    for path in sorted(folder.glob("*.tnef")):
        names = {name.strip() for name in path.with_suffix(".list").read_text(encoding="utf-8").splitlines()}
        wanted: Wanted = {"packed files": file_names(names - _BODIES)} if names else {}
        yield Case(
            "mimekit", f"tnef/{path.name}", _PACKAGE_MAIL + base64.encodebytes(path.read_bytes()), wanted
        )


def file_names(names: Iterable[str]) -> tuple[str, ...]:
    """Give each name once, in order; some programs write "_" for a blank."""
    return tuple(sorted({name.replace("_", " ") for name in names}))


_PACKAGE_MAIL = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
