"""A request that came as a mail attached to a few covering words: both are read as one."""

from dataclasses import replace

from triage.core.completeness import has_description
from triage.core.decision import Kind
from triage.core.mail import Mail, Parts
from triage.core.originals import MOST_BYTES, is_mail
from triage.core.parse import read_mail

MARK = "---------- Thư đính kèm / Attached message ----------"

_ASKING = frozenset({Kind.REQUEST, Kind.FOLLOW_UP})


def with_sent_on(mail: Mail, kind: Kind, parts: Parts) -> Mail:
    """Give the mail as a person reads it who opens what it sends on: the text and files inside belong to it.

    A mail that says something itself stays as it is, and what it sends on is its enclosure.
    """
    if kind not in _ASKING or not (mail.borrowed or not has_description(mail)):
        return mail
    provide = next((provide for one, provide in parts if is_mail(one)), None)
    if provide is None:
        return mail
    inside = read_mail(provide()[:MOST_BYTES])
    files = (*mail.attachments, *inside.attachments)
    if mail.borrowed:
        return replace(mail, attachments=files)
    carried = "\n".join((MARK, f"Từ: {_written(inside)}", f"Chủ đề: {inside.subject}", "", inside.text))
    return replace(
        mail,
        text=f"{mail.text}\n\n{carried}",
        new_text=f"{mail.new_text}\n\n{carried}",
        attachments=files,
    )


def _written(inside: Mail) -> str:
    return f"{inside.sender.name} <{inside.sender.address}>".strip()
