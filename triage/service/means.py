"""What processing needs besides the mail and the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from triage.core.replycodes import ReplyCodes
from triage.core.rules import Rulebook
from triage.db.mails import mailbox_of
from triage.ports import Clock, Readers, Renderer, Trial, Verifier


def unsigned(raw: bytes) -> bytes:
    """Leave a letter as it is, where there is no key to sign it with."""
    return raw


@dataclass(frozen=True, slots=True)
class Ours:
    """The address that an answer comes from; ``reply_to`` is where people answer to, where that differs."""

    address: str
    reply_to: str = ""

    @property
    def domain(self) -> str:
        """The domain of the Message-ID."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Means:
    """The rules, the letters, the clock; ``zone`` is that of ticket codes and of times in letters.

    ``sign`` makes the bytes of a finished letter the ones that are stored and sent. ``verify`` finds out
    whether a mail comes from where it says; None where the gateway alone is believed. ``pauses`` says that
    the working time of a ticket stands still while it waits for its unit, ``pages`` that the security
    officers are paged. ``incident_leads`` are the addresses that hear of an incident beside the agents; None
    where nobody hears of one by letter. ``codes`` writes and reads the codes by which people of the desk act
    by mail; None where nobody does. ``readers`` read mails in processes of their own while many wait; None
    where this one reads them all. ``boxes`` holds the addresses of mailboxes that answer from one of their
    own, by the names that mails are stored under.
    """

    rules: Rulebook
    renderer: Renderer
    clock: Clock
    zone: ZoneInfo
    from_address: str
    trial: Trial
    sign: Callable[[bytes], bytes] = unsigned
    verify: Verifier | None = None
    pauses: bool = False
    pages: bool = True
    incident_leads: tuple[str, ...] | None = None
    codes: ReplyCodes | None = None
    readers: Readers | None = None
    boxes: Mapping[str, Ours] = field(default_factory=dict)

    def ours(self, mailbox: str) -> Ours:
        """Give where the answer to a mail comes from that was stored under the name of a mailbox."""
        return self.boxes.get(mailbox_of(mailbox)) or Ours(self.from_address)
