"""Bytes become a Mail. Total: any bytes give a Mail with defects, never an exception."""

from collections.abc import Callable
from functools import partial

from triage.core.address import read_addresses
from triage.core.body import disposition, read_body, transfer_encoding
from triage.core.headers import first_value, joined_source, read_date, read_headers, read_ids
from triage.core.mail import Address, Attachment, Mail
from triage.core.mime import Part, Structure, read_structure
from triage.core.parameters import read_parameters, text_parameter
from triage.core.quoting import new_text
from triage.core.transfer import decode_transfer, decoded_size

MOST_DEFECTS = 50


def read_mail(raw: bytes) -> Mail:
    """Read one mail. Time and memory grow with its size alone, whatever its shape.

    The limits stand at the top of mime, headers, parameters, address and body.
    """
    defects: list[str] = []
    structure = read_structure(raw, defects)
    root = structure.root
    headers = read_headers(root.fields, root.content.charset, defects)

    def addresses(name: str) -> tuple[Address, ...]:
        return read_addresses(joined_source(headers, name), defects)

    body = read_body(structure, defects)
    attachments = _attachments(structure, body.parts, defects)
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
        content_type=str(root.content),
        text=body.text,
        new_text=new_text(body.text, subject, may_be_empty=any(not one.inline for one in attachments)),
        html=body.html,
        attachments=attachments,
        defects=tuple(dict.fromkeys(defects))[:MOST_DEFECTS],
        size=len(raw),
    )


def part_bytes(raw: bytes, part: int) -> tuple[Attachment, bytes] | None:
    """Take one attachment out of a raw mail, decoded; None where the mail has no such part."""
    structure = read_structure(raw, [])
    if not 0 <= part < len(structure.parts) or structure.parts[part].children:
        return None
    found = structure.parts[part]
    return _attachment(structure, found, []), decode_transfer(structure.body(found), transfer_encoding(found))


def parts_of(mail: Mail, raw: bytes) -> tuple[tuple[Attachment, Callable[[], bytes]], ...]:
    """Give each attachment of a mail with a way to get its decoded bytes, taken out only when asked for."""

    def provide(part: int) -> bytes:
        found = part_bytes(raw, part)
        return found[1] if found else b""

    return tuple((attachment, partial(provide, attachment.part)) for attachment in mail.attachments)


def _attachments(
    structure: Structure, text_parts: frozenset[int], defects: list[str]
) -> tuple[Attachment, ...]:
    return tuple(
        _attachment(structure, part, defects) for part in structure.parts if part.number not in text_parts
    )


def _attachment(structure: Structure, part: Part, defects: list[str]) -> Attachment:
    content_id = part.first("content-id").decode("ascii", "replace").strip().strip("<>")
    placed = disposition(part)
    return Attachment(
        name=_name(part, structure.root.content.charset, defects),
        type=str(part.content),
        size=decoded_size(structure.body(part), transfer_encoding(part)),
        inline=placed == "inline" or (bool(content_id) and placed != "attachment"),
        content_id=content_id,
        part=part.number,
    )


def _name(part: Part, charset: str, defects: list[str]) -> str:
    given = read_parameters(part.first("content-disposition"), defects)
    return text_parameter(given, "filename", charset, defects) or text_parameter(
        part.content.parameters, "name", charset, defects
    )
