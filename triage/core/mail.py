"""What is known of one mail once its bytes have been read; ``triage.core.parse`` makes it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from triage.core.signatures import Signature


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header: its display name, decoded, and its address as written.

    Either part is empty where the header does not give it. ``encoded`` tells that the name was written in
    encoded words; it is no part of who somebody is.
    """

    name: str
    address: str
    encoded: bool = field(default=False, compare=False)

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

    ``size`` counts decoded bytes; ``part`` is the number of the part as the mail was cut (triage.core.mime),
    so that its bytes can be taken from the raw mail when somebody asks. ``inner`` is the index of the file
    in that part where the part is a winmail.dat, else -1. ``detected`` names the kind of file that its
    content shows (triage.core.filekinds), empty where nothing is known. ``pixels`` are width and height of a
    picture, ``digest`` tells equal small pictures; ``about`` says in one line what an attached mail or
    invitation is.
    """

    name: str
    type: str
    size: int
    inline: bool
    content_id: str
    part: int
    inner: int = -1
    detected: str = ""
    pixels: tuple[int, int] = (0, 0)
    digest: str = ""
    about: str = ""

    @property
    def container(self) -> str:
        """The name of the package that the file came in; empty where it came as a part of its own."""
        return "winmail.dat" if self.inner >= 0 else ""

    def as_json(self) -> dict[str, str | int | bool]:
        """Give the form that ``explain --json`` prints."""
        told = {"detected": self.detected, "from_archive": self.container, "about": self.about}
        return {
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "inline": self.inline,
            **{key: value for key, value in told.items() if value},
        }


Parts = Iterable[tuple[Attachment, Callable[[], bytes]]]
"""Attachments, each with a way to get its decoded bytes when somebody wants them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, read. Every text is NFC-normalised Unicode without surrogates.

    ``headers`` keeps each header in the order of the mail, its value unfolded and decoded. ``date`` is what
    the sender claims (aware, or None); the time of receipt is not in here, since only the server knows it.
    ``return_path`` is None where there is no such header and empty for the null sender ``<>``.
    ``message_id``, ``in_reply_to`` and ``references`` keep their angle brackets. ``text`` is what a person
    would read: ``borrowed`` tells that the mail has no text of its own, so that this is what the first mail
    attached to it says, or a text of an odd kind. ``new_text`` is ``text`` without quoted history and
    signature. ``defects`` says what was wrong and how it was repaired, each as ``code: sentence``
    (triage.core.defects).
    ``signatures`` are those of the mail itself, not of its attachments; ``encrypted`` is ``smime`` or ``pgp``
    where the mail is locked, else empty.
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
    signatures: tuple[Signature, ...] = ()
    encrypted: str = ""
    borrowed: bool = False

    @property
    def own_text(self) -> str:
        """The text that the mail itself has, empty where it only carries one."""
        return "" if self.borrowed else self.text

    @property
    def sender(self) -> Address:
        """The first mailbox of From; NOBODY where there is none."""
        return self.senders[0] if self.senders else NOBODY

    def header(self, name: str) -> str | None:
        """Give the first header of that name, whatever its case, or None."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return None

    def header_values(self, name: str) -> tuple[str, ...]:
        """Give all headers of that name in the order of the mail."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
