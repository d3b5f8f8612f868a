"""What of a mail, a letter, a note and a ticket is kept for searching; secrets are hidden before."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from triage.core.mail import Address, Mail
from triage.core.searchwords import searchable
from triage.core.text import one_line
from triage.core.units import UnitBy, UnitFact
from triage.core.veil import Veil

MOST_BODY = 20_000
"""Characters of the text of one message that are searched."""

_READ = 2 * MOST_BODY
"""Characters in which secrets are looked for; masks shorten, and no secret may slip in at the end."""

_MOST_HEAD = 2_000
"""Characters of each of the other fields."""

_MOST_PEOPLE = 50
_MOST_FILES = 100


class EntryKind(StrEnum):
    """What an entry was made from."""

    TICKET = "ticket"
    MAIL = "mail"
    LETTER = "letter"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one message, by where they stand; ``source_id`` is its number among those of its kind."""

    kind: EntryKind
    source_id: int
    at: datetime
    subject: str = ""
    sender: str = ""
    recipients: str = ""
    files: str = ""
    body: str = ""

    def bounded(self) -> "Said":
        """Give the same as it is kept: made searchable and cut to what is searched."""
        return replace(
            self,
            subject=searchable(self.subject)[:_MOST_HEAD],
            sender=searchable(self.sender)[:_MOST_HEAD],
            recipients=searchable(self.recipients)[:_MOST_HEAD],
            files=searchable(self.files)[:_MOST_HEAD],
            body=searchable(self.body)[:MOST_BODY],
        )


def said_in_mail(mail_id: int, mail: Mail, veil: Veil, at: datetime, unit: UnitFact | None = None) -> Said:
    """Give the words of one mail; ``at`` is the time of its receipt."""
    return Said(
        EntryKind.MAIL,
        mail_id,
        at,
        subject=veil.hide(mail.subject[:_MOST_HEAD]),
        sender=veil.hide(" ".join((_people((*mail.senders, *mail.reply_to)), _unit(unit))).strip()),
        recipients=veil.hide(_people((*mail.to, *mail.cc))),
        files=veil.hide("\n".join(one.name for one in mail.attachments[:_MOST_FILES] if one.name)),
        body=veil.hide(mail.text[:_READ]),
    ).bounded()


def said_in_letter(letter_id: int, mail: Mail, veil: Veil, at: datetime, own: str = "") -> Said:
    """Give the words of a letter of ours; ``own`` is what its writer wrote, without what all letters say.

    Where nobody knows that any more, all of the letter counts.
    """
    return Said(
        EntryKind.LETTER,
        letter_id,
        at,
        subject=veil.hide(mail.subject[:_MOST_HEAD]),
        recipients=veil.hide(_people((*mail.to, *mail.cc))),
        files=veil.hide("\n".join(one.name for one in mail.attachments[:_MOST_FILES] if one.name)),
        body=veil.hide((own or mail.text)[:_READ]),
    ).bounded()


def _people(many: tuple[Address, ...]) -> str:
    told = (f"{one.name} <{one.address}>" if one.name else one.address for one in many[:_MOST_PEOPLE])
    return one_line(", ".join(filter(None, told)))


def _unit(unit: UnitFact | None) -> str:
    """Name the unit that wrote; one that the mail only names by its code stands in the text anyway."""
    return "" if unit is None or unit.by is UnitBy.CODE else f"{unit.name} {unit.code}".strip()
