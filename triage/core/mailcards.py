"""What a decision keeps of a forwarded mail and of one that did not arrive: values that need no reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The author of a forwarded mail. ``date`` is as written; ``attached`` where the mail came whole."""

    name: str
    address: str
    date: str
    subject: str
    attached: bool

    def as_json(self) -> dict[str, str | bool]:
        """Give the form that is stored with a decision."""
        return {
            "name": self.name,
            "address": self.address,
            "date": self.date,
            "subject": self.subject,
            "attached": self.attached,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail that did not arrive; ``status`` is that of RFC 3463 (5.2.2), guessed where none is given.

    ``permanent`` says that sending again will not help, ``lost`` that the server tries no more: a full
    mailbox may be lost and not permanent. ``letter`` is the Message-ID of what came back.
    """

    recipient: str
    status: str
    permanent: bool
    diagnostic: str
    letter: str = ""
    lost: bool = True

    def as_json(self) -> dict[str, str | bool]:
        """Give the form that is stored with a decision."""
        return {
            "recipient": self.recipient,
            "status": self.status,
            "permanent": self.permanent,
            "lost": self.lost,
            "diagnostic": self.diagnostic,
            "letter": self.letter,
        }
