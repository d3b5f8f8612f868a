"""What the service needs of the outside world: a mailbox, a sender of mail, storage, DNS, a clock, letters.

Only things that we do not own have a port. The database has none: its constraints are the behaviour.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from triage.core.alarms import Notice
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One message as the server holds it; ``received_at`` is its INTERNALDATE, aware, in UTC."""

    uid: int
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Unfetchable:
    """A message that the server lists and yet does not hand out, with what the server said."""

    uid: int
    error: str


@dataclass(frozen=True, slots=True)
class FetchedBatch:
    """Messages of one FETCH. A UID that is in none of the three lists was never asked for.

    ``vanished`` were expunged between SEARCH and FETCH: nobody has them any more, which is no error.
    """

    mails: tuple[FetchedMail, ...]
    unfetchable: tuple[Unfetchable, ...] = ()
    vanished: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """All UIDs of a folder, ascending; ``next_uid`` is the one that comes next, None where none is told.

    ``gone`` are runs of UIDs, first and last, that the server says to have been removed since the last time;
    none where it does not say.
    """

    uids: tuple[int, ...]
    next_uid: int | None
    gone: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells one message from another under the same UID: INTERNALDATE, in UTC, and octets."""

    received_at: datetime
    size: int

    def fits(self, other: "Traits") -> bool:
        """Whether both may be one message. Servers err in either, and hardly in both at once."""
        return self.received_at == other.received_at or self.size == other.size


class Mailbox(Protocol):
    """One folder of an IMAP server, or of another source. Raises MailboxError when that fails.

    Nothing is changed on the server before ``settle`` is called for a message.
    """

    @property
    def name(self) -> str:
        """The name that this mailbox is stored under, for example ``hotrocntt@imap.example/INBOX``."""
        ...

    def open(self) -> int:
        """Connect, sign in, select the folder; give its UIDVALIDITY."""
        ...

    def waiting(self) -> Sequence[int]:
        """Give the UIDs, ascending, that may still have to be stored or settled; a hint, not a promise."""
        ...

    def present(self) -> Present:
        """Give the UIDs of all messages, whatever their marks: to compare with what is stored."""
        ...

    def traits(self, uids: Sequence[int]) -> Mapping[int, Traits]:
        """Give by what these messages can be recognised, where the server tells it."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedBatch]:
        """Fetch these messages unmarked, in batches bounded by count and by bytes."""
        ...

    def settle(self, uids: Sequence[int]) -> None:
        """Move, flag or delete messages that are safely stored, as configured. May be repeated."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait, by IDLE or as the source can, until something arrives or the time is up.

        True when there may be news.
        """
        ...

    def interrupt(self) -> None:
        """End the present wait, or the next one if nobody waits; may be called from any thread."""
        ...

    def describe(self) -> str:
        """Say in a sentence what a look shows that changes nothing: for ``triage doctor``, after ``open``."""
        ...

    def close(self) -> None:
        """Sign out as politely as the connection still allows; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A folder as it stands: the UIDs of what is not marked as deleted, and their numbering."""

    uidvalidity: int
    uids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message in a folder of ours can be known by: INTERNALDATE in UTC, octets, our keyword."""

    received_at: datetime
    size: int
    ours: bool


class QueueFolders(Protocol):
    """The folders on the IMAP server that show the queues, over a connection of its own.

    A folder is named by its place (triage.core.queuefolders). Raises MailboxError when the server refuses, or
    when the connection fails: then ``alive`` is False.
    """

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        ...

    def open(self) -> None:
        """Connect and sign in."""
        ...

    def enter(self, place: str) -> Shown:
        """Select a folder, made and subscribed to where it is missing."""
        ...

    def look(self, uids: Iterable[int]) -> Mapping[int, Seen]:
        """Give what messages of the selected folder can be known by."""
        ...

    def content(self, uid: int, octets: int) -> bytes:
        """Give one message of about so many octets, without marking it; empty where there is none."""
        ...

    def put(self, raw: bytes, received_at: datetime, marks: str) -> int | None:
        """Put a copy into the selected folder; give its UID, None where the server does not tell it."""
        ...

    def mark(self, uids: Sequence[int], marks: str) -> None:
        """Let copies show how their tickets stand now."""
        ...

    def take(self, uids: Sequence[int]) -> None:
        r"""Take copies away; a server that cannot expunge by UID keeps them, marked as \Deleted."""
        ...

    def abandon(self) -> None:
        """End what is under way; may be called from any thread."""
        ...

    def close(self) -> None:
        """Sign out as politely as the connection still allows; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server has taken responsibility for the message (2xx after the end of data)."""

    response: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server refuses for now (4xx); worth another try later."""

    response: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refuses for good (5xx); trying again would not help."""

    response: str


Submission = Delivered | Deferred | Refused


class Sender(Protocol):
    """A way to hand a finished message to the outgoing mail server.

    Raises SmtpError when there is no server to talk to: then no message was refused, all wait.
    """

    def send(self, recipient: str, raw: bytes) -> Submission:
        """Hand over one message; the connection is kept open for the next one."""
        ...

    def close(self) -> None:
        """Say QUIT as politely as the connection still allows; never raises."""
        ...


class Herald(Protocol):
    """A way to tell somebody of an alarm. Raises TriageError where it could not."""

    def __call__(self, notice: Notice) -> None:
        """Tell one alarm, or that it is over."""
        ...


class Pager(Protocol):
    """A way to tell a page to a machine. Raises TriageError where it could not."""

    def __call__(self, page_id: str, body: bytes) -> None:
        """Tell one page; ``page_id`` is the same at each try, so that a repetition can be known as one."""
        ...


class RecordType(StrEnum):
    """The kinds of DNS records that are asked for."""

    TXT = "TXT"
    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"


@dataclass(frozen=True, slots=True)
class Found:
    """The records of a name, never none.

    A TXT record is one text, its strings joined; of MX records the hosts are given, the preferred ones first.
    """

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoSuchName:
    """The name does not exist (NXDOMAIN), or can be no name at all."""


@dataclass(frozen=True, slots=True)
class NoSuchRecord:
    """The name exists and has no record of this kind."""


@dataclass(frozen=True, slots=True)
class Silent:
    """DNS does not answer for the moment; nothing is known."""

    why: str


DnsAnswer = Found | NoSuchName | NoSuchRecord | Silent


class Resolver(Protocol):
    """A way to ask DNS."""

    def look_up(self, name: str, kind: RecordType) -> DnsAnswer:
        """Look up the records of a name; never raises, and never waits longer than its maker allowed."""
        ...


class Verifier(Protocol):
    """A way to find out whether a mail comes from where it says; it may wait for the network for seconds."""

    def __call__(self, mail: Mail, raw: bytes) -> OwnResults:
        """Verify one mail; may be called from several threads at once. Never raises on account of a mail."""
        ...


Verdicts = Generator[str | None, None, None]
"""What comes of trials, one by one; whoever wants no more of them closes it."""


class Trial(Protocol):
    """A way to find out, at no risk, whether mails can be read and decided at all."""

    def __call__(self, raws: Sequence[bytes]) -> Verdicts:
        """Give for each mail, as soon as that is known, None where it can, else what happened, in a sentence.

        No mail is tried before it is asked for.
        """
        ...


class Readers(Protocol):
    """Processes apart that read mails while this one does other work."""

    @property
    def count(self) -> int:
        """How many there may be."""
        ...

    def begin(self, raws: Mapping[int, bytes]) -> Future[dict[int, Any | None]]:
        """Have mails read; give by number what the service's own reading would give.

        None stands for a mail that could not be read, and for each that a process had in hand when it died
        or hung. Mails that no process has looked at are left out. The future never raises.
        """
        ...

    def close(self) -> None:
        """End those that have nothing to do."""
        ...


class Clock(Protocol):
    """The only source of the present moment."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter ready to be put into a message: one line of subject, a text part and an HTML part."""

    subject: str
    text: str
    html: str


class Renderer(Protocol):
    """Fills the letters of rules/letters. Raises LetterError naming the file at fault."""

    def render(self, letter: str, values: Mapping[str, Any]) -> RenderedLetter:
        """Fill one letter with values; values are never read as templates themselves."""
        ...

    def check(self) -> None:
        """Raise LetterError unless every letter holds for sample values."""
        ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as the storage lists it; ``stored_at`` is UTC by the clock of the storage."""

    name: str
    stored_at: datetime


class Objects(Protocol):
    """Storage of raw mail outside the database: contents under names that are given once and never again.

    Raises StorageError when the storage or the way to it fails; nothing is said of any content then.
    """

    @property
    def label(self) -> str:
        """The storage as a person may see it: without its keys."""
        ...

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents under their names; every one of them is durable when this returns."""
        ...

    def get(self, names: Sequence[str]) -> Sequence[bytes | None]:
        """Give contents in the order of their names, None where the storage has no such object."""
        ...

    def remove(self, names: Sequence[str]) -> None:
        """Remove objects; one that is not there is no trouble."""
        ...

    def listed(self, beginning: str) -> Iterator[Sequence[StoredObject]]:
        """Give the objects whose names begin with a whole folder, some at a time."""
        ...

    def now(self) -> datetime:
        """Give the present moment by the clock of the storage, in UTC; writes one small object."""
        ...


class Courier(Protocol):
    """A way to take messages to webhooks, which knows where they may go."""

    def demand_allowed(self, address: str) -> None:
        """Raise RefusedActError unless messages may go to an address."""
        ...

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post a message and give the status of the answer. Raises CourierError where there is none."""
        ...
