"""What is known of one mail once its bytes have been read; ``triage.core.parse`` makes it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header: its display name, decoded, and its address as written.

    Either part is empty where the header does not give it.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last ``@``, lower case; empty where there is none."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""

    def as_json(self) -> dict[str, str]:
        """Give the form that ``explain --json`` prints."""
        return {"name": self.name, "address": self.address}


NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part of a mail that is not its text.

    ``size`` counts decoded bytes; ``part`` is the index of the MIME part in the order of a depth-first
    walk, so that its bytes can be taken from the raw mail when somebody asks.
    """

    name: str
    type: str
    size: int
    inline: bool
    content_id: str
    part: int

    def as_json(self) -> dict[str, str | int | bool]:
        """Give the form that ``explain --json`` prints."""
        return {"name": self.name, "type": self.type, "size": self.size, "inline": self.inline}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, read. Every text is NFC-normalised Unicode without surrogates.

    ``headers`` keeps each header in the order of the mail, its value unfolded and decoded. ``date`` is what
    the sender claims (aware, or None); the time of receipt is not in here, since only the server knows it.
    ``return_path`` is None where there is no such header and empty for the null sender ``<>``.
    ``message_id``, ``in_reply_to`` and ``references`` keep their angle brackets. ``new_text`` is ``text``
    without quoted history and signature. ``defects`` says what was wrong and how it was repaired.
    """

    headers: tuple[tuple[str, str], ...]
    message_id: str
    date: datetime | None
    senders: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    return_path: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    content_type: str
    text: str
    new_text: str
    html: str
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...]
    size: int

    @property
    def sender(self) -> Address:
        """The first mailbox of From; NOBODY where there is none."""
        return self.senders[0] if self.senders else NOBODY

    def header(self, name: str) -> str | None:
        """Give the first header of that name, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        """Give all headers of that name in the order of the mail."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
