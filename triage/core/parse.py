"""Bytes become a Mail. Total: any bytes give a Mail with defects, never an exception."""

import re
from collections.abc import Callable
from functools import partial

from triage.core.address import read_addresses
from triage.core.attached import Opener, read_attached
from triage.core.body import read_body
from triage.core.dates import read_date
from triage.core.headers import (
    first_value,
    joined_source,
    read_headers,
    read_ids,
    tell_repeated,
)
from triage.core.mail import Address, Attachment, Mail
from triage.core.mime import Structure
from triage.core.oldvietnamese import guess_charset
from triage.core.pgp import is_encrypted, without_armour
from triage.core.quoting import new_text
from triage.core.transfer import decode_transfer
from triage.core.wrapped import open_mail, shown_root

MOST_DEFECTS = 50

_FIRST_OF_TEXT = 20_000
_TAG = re.compile(rb"<[^<>]{0,2000}>")


def read_mail(raw: bytes) -> Mail:
    """Read one mail. Time and memory grow with its size alone, whatever its shape.

    The limits stand at the top of mime, headers, parameters, address and body.
    """
    defects: list[str] = []
    opened = open_mail(raw, defects)
    structure = opened.structure
    root = structure.root
    headers = read_headers(root.fields, root.content.charset or _charset(structure), defects)
    tell_repeated(headers, defects)

    def addresses(name: str) -> tuple[Address, ...]:
        return read_addresses(joined_source(headers, name), defects)

    body = read_body(structure, defects)
    attached = read_attached(structure, body.parts, defects)
    text = body.text if body.text.strip() else attached.text or body.text
    html = body.html if body.text.strip() else body.html or attached.html
    text, inline = without_armour(text)
    subject = first_value(headers, "subject")
    ids = read_ids(first_value(headers, "message-id"), defects)
    return_path = next((header.value for header in headers if header.name.lower() == "return-path"), None)
    return Mail(
        headers=tuple((header.name, header.value) for header in headers),
        message_id=ids[0] if ids else "",
        date=read_date(first_value(headers, "date"), defects),
        senders=addresses("from"),
        reply_to=addresses("reply-to"),
        to=addresses("to"),
        cc=addresses("cc"),
        return_path=None if return_path is None else return_path.strip("<> \t"),
        in_reply_to=read_ids(first_value(headers, "in-reply-to"), defects),
        references=read_ids(first_value(headers, "references"), defects),
        subject=subject,
        content_type=str(shown_root(structure).content),
        text=text,
        new_text=new_text(
            text, subject, html=html, may_be_empty=any(not one.inline for one in attached.files)
        ),
        html=html,
        borrowed=body.borrowed,
        attachments=attached.files,
        defects=tuple(dict.fromkeys(defects))[:MOST_DEFECTS],
        size=len(raw),
        signatures=(*opened.signatures, *inline),
        encrypted=opened.encrypted or ("pgp" if is_encrypted(text) else ""),
    )


def _charset(structure: Structure) -> str:
    """Tell the charset of raw headers in a mail that declares none by its text, where they need one."""
    if all(field.value.isascii() for field in structure.root.fields):
        return ""
    texts = (part for part in structure.parts if part.content.main == "text" and not part.children)
    part = next(texts, structure.root)
    text = decode_transfer(
        structure.raw[part.start : min(part.end, part.start + _FIRST_OF_TEXT)], part.encoding
    )
    return part.content.charset or guess_charset(_TAG.sub(b" ", text)) or ""


def parts_of(mail: Mail, raw: bytes) -> tuple[tuple[Attachment, Callable[[], bytes]], ...]:
    """Give each attachment of a mail with a way to get its decoded bytes, taken out only when asked for."""
    opener = Opener(raw)
    return tuple((attachment, partial(opener.bytes_of, attachment)) for attachment in mail.attachments)
