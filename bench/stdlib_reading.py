"""The standard library's reading of a mail, where it found nothing wrong: a second opinion on plain mails."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

Wanted = dict[str, str | tuple[str, ...]]
"""Fields by name: subject, text and html as text; addresses and attachments as one line each."""

LOST = "\ufffd"


def mailbox_line(name: str, address: str) -> str:
    """Give one line for a display name and an address."""
    return f"{name} <{address}>" if name else address


def attachment_line(name: str, kind: str, size: int | None) -> str:
    """Give one line for an attachment; ``size`` in decoded bytes, None where it says nothing."""
    # a mail inside a mail is written anew by most libraries, with line ends of their own
    return f"{name} | {kind}" if size is None or kind.startswith("message/") else f"{name} | {kind} | {size}"


def read_with_stdlib(raw: bytes) -> Wanted:
    """Give the fields that ``email`` reads, save where it raises, notes a defect or loses bytes."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        wanted = _headers(message)
        if not any(part.defects for part in message.walk()):
            wanted |= _contents(message)
    except Exception:  # noqa: BLE001  it raises many things on mails of the wild, and then it has no opinion
        return {}
    return {name: value for name, value in wanted.items() if LOST not in "".join(value)}


def _headers(message: EmailMessage) -> Wanted:
    wanted: Wanted = {}
    if "subject" in message and not message["subject"].defects:
        wanted["subject"] = str(message["subject"])
    for name in ("from", "to"):
        if name in message and not message[name].defects and len(message.get_all(name) or ()) == 1:
            # it leaves out names that stand in comments
            wanted[f"{name} address"] = tuple(one.addr_spec for one in message[name].addresses)
    return wanted


def _contents(message: EmailMessage) -> Wanted:
    """Give the text where there is one only, and the attachments by the most common rule for them."""
    leaves = list(_leaves(message))
    files = [part for part in leaves if _is_file(part, is_first=part is leaves[0])]
    texts = [part for part in leaves if part not in files and part.get_content_subtype() == "plain"]
    wanted: Wanted = {
        "attachments": tuple(
            attachment_line(part.get_filename("") or "", part.get_content_type(), None) for part in files
        )
    }
    return wanted | {"text": texts[0].get_content()} if len(texts) == 1 else wanted


def _is_file(part: EmailMessage, *, is_first: bool) -> bool:
    """Apply the rule of RFC 8621 §4.1.4: a text with a name is a file, unless it is the first part."""
    if part.is_attachment() or part.get_content_type() not in {"text/plain", "text/html"}:
        return True
    return not is_first and bool(part.get_filename())


def _leaves(message: Any) -> Iterator[EmailMessage]:  # noqa: ANN401  typeshed's message is generic over its headers
    """Give the parts that hold no parts; an attached mail is one."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.get_payload():
        yield from _leaves(part)
