"""The rules as shipped, and mails made of a few words."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from triage.adapters.rulefiles import load_rulebook
from triage.core.mail import Address, Attachment, Mail
from triage.core.rules import Rulebook

RULES = Path(__file__).parents[2] / "rules"
REFERENCE = Path(__file__).parents[2] / ".." / "shared"
"""Reference data beside the project; a test that wants it skips where it is missing."""

_EMPTY = Mail(
    headers=(), message_id="<1@donvi.example>", date=None, senders=(Address("", "ketoan@donvi.example"),),
    reply_to=(), to=(), cc=(), return_path=None, in_reply_to=(), references=(), subject="",
    content_type="text/plain", text="", new_text="", html="", attachments=(), defects=(), size=0,
)  # fmt: skip


@lru_cache(maxsize=1)
def shipped() -> Rulebook:
    """Give the rulebook of the project's own rules folder."""
    return load_rulebook(RULES)


def a_mail(
    subject: str = "", text: str = "", sender: str = "ketoan@donvi.example", **changes: object
) -> Mail:
    """Make a mail of a subject and a text; ``changes`` replace further fields."""
    mine = {"subject": subject, "text": text, "new_text": text, "senders": (Address("", sender),)}
    return replace(_EMPTY, **(mine | changes))


def a_file(name: str, kind: str = "image/png", size: int = 50_000, *, inline: bool = False) -> Attachment:
    """Make an attachment."""
    return Attachment(name=name, type=kind, size=size, inline=inline, content_id="", part=1)
