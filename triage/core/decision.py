"""What the service decides about one mail: values only, with the reason for each."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from triage.core.contactcard import NO_CONTACT, Contact
from triage.core.language import Language
from triage.core.mailcards import Delivery, Source
from triage.core.reasons import Reason
from triage.core.signatures import Signature
from triage.core.staffmail import StaffAct, StaffMail
from triage.core.units import Registration, UnitFact

DECISION_VERSION = 1
"""Goes up when the stored form changes, so that an old ticket can still be read."""


class Kind(StrEnum):
    """What sort of mail it is."""

    REQUEST = "request"
    FOLLOW_UP = "follow_up"
    VERIFICATION = "verification"
    IMPERSONATION_REPORT = "impersonation_report"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own"
    EMPTY = "empty"
    STAFF = "staff"


class Form(StrEnum):
    """How well the treasury code in a subject was written."""

    EXACT = "exact"
    TOLERATED = "tolerated"
    NONE = "none"


class How(StrEnum):
    """What a route was found by, best first."""

    THREAD = "thread"
    TICKET = "ticket"
    SUBJECT = "subject"
    SENDER_HISTORY = "sender_history"
    SENDER_DOMAIN = "sender_domain"
    UNIT = "unit"
    RULE = "rule"
    BODY = "body"
    NONE = "none"


class Verdict(StrEnum):
    """What is thought of the sender."""

    TRUSTED = "trusted"
    ORDINARY = "ordinary"
    SUSPICIOUS = "suspicious"
    IMPERSONATION = "impersonation"


class Severity(StrEnum):
    """How much one finding weighs."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The place in this order, from 0; names do not sort by weight."""
        return _RANKS[self]


_RANKS = {severity: place for place, severity in enumerate(Severity)}


class Part(StrEnum):
    """The three things that letter 7102/TB-KBNN asks of a request."""

    DESCRIPTION = "description"
    SCREENSHOT = "screenshot"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class SubjectReading:
    """What the subject line says.

    ``tag`` is the treasury tag as written; ``treasury`` the four digits read from it, whether known or not;
    ``candidates`` all different ones where there are several; ``ticket`` a ticket code as text;
    ``bare`` the subject without prefixes, tag and ticket code.
    """

    tag: str | None
    treasury: str | None
    service: str | None
    form: Form
    ticket: str | None
    candidates: tuple[str, ...]
    bare: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check noticed about a sender."""

    check: str
    severity: Severity
    resembles: str | None
    evidence: str
    why: str
    why_en: str

    def at_most(self, severity: Severity) -> "Finding":
        """Give the same finding as no more than this."""
        return replace(self, severity=severity) if self.severity.rank > severity.rank else self

    def as_json(self) -> dict[str, Any]:
        """Give the form that ``check-sender --json`` prints."""
        return {
            "check": self.check,
            "severity": self.severity.value,
            "resembles": self.resembles,
            "evidence": self.evidence,
            "why": self.why,
            "why_en": self.why_en,
        }


@dataclass(frozen=True, slots=True)
class SenderJudgement:
    """The one judgement of a sender, with everything that was found; ``version`` is that of the weights."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """The queue that a mail belongs to. ``reasons`` holds every trial made on the way, in order.

    ``named`` is the treasury that an unrouted mail names, where only its number is not known.
    """

    queue: str
    treasury_name: str | None
    how: How
    reasons: tuple[Reason, ...]
    named: str | None = None


UNROUTED = "unrouted"
SECURITY = "security"


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A new ticket in a queue; ``linked_to`` is the code of one that its mail names and may not join."""

    queue: str
    linked_to: str | None = None


@dataclass(frozen=True, slots=True)
class AppendToTicket:
    """A further mail of an existing ticket; ``reopen`` where that ticket was closed.

    ``reroute_to`` is the queue that it moves to, where it waited unrouted and the mail tells whose it is.
    """

    ticket_id: int
    code: str
    reopen: bool
    reroute_to: str | None = None


@dataclass(frozen=True, slots=True)
class HoldForReview:
    """A ticket that a person must look at before anybody is answered; ``linked_to`` as in OpenTicket."""

    queue: str = SECURITY
    linked_to: str | None = None


@dataclass(frozen=True, slots=True)
class MarkDuplicate:
    """A mail that has been acted on before: kept and shown, no more."""

    of_mail_id: int


@dataclass(frozen=True, slots=True)
class FileQuietly:
    """A mail that asks for no work: kept, joined to a ticket where it names one.

    It is answered only where it asks whether a ticket code is genuine.
    """

    ticket_id: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class ActByMail:
    """A mail by which somebody of the desk acts on a ticket; it is no mail of that ticket."""

    act: StaffAct
    ticket_id: int
    code: str


Outcome = OpenTicket | AppendToTicket | HoldForReview | MarkDuplicate | FileQuietly | ActByMail


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A letter that shall go out: its name in rules/letters and the one address that gets it."""

    letter: str
    to: str


@dataclass(frozen=True, slots=True)
class NoReply:
    """Why nothing goes out."""

    why: Reason


Reply = PlannedReply | NoReply


@dataclass(frozen=True, slots=True)
class Indicators:
    """Each thing once, in the order of the text; phone numbers as digits from 0, the rest in lower case."""

    phones: tuple[str, ...] = ()
    zalo: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        """Give the form that is stored and exported."""
        return {
            "phones": list(self.phones),
            "zalo": list(self.zalo),
            "addresses": list(self.addresses),
            "hosts": list(self.hosts),
            "accounts": list(self.accounts),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided about one mail, with the digest of the rules that it was decided by.

    ``notices`` are letters to others than the sender; ``indicators`` what a report of an impostor names;
    ``registration`` a filled form of a connecting unit; ``unit`` what the directory knows of the sender.
    ``source`` is who wrote what a forward sends on; ``delivery`` what a bounce says of a mail.
    ``signatures`` are those of the mail and of PDF files with it; ``language`` is its author's.
    ``contact`` is how to reach the writer, ``secrets`` the kinds of secrets that he wrote down and should
    change. ``official_letter`` tells that the mail belongs to the clerical office too.
    ``staff_mail`` is what a mail with a reply code comes to.
    """

    rules_digest: str
    kind: Kind
    subject: SubjectReading
    route: Route
    sender: SenderJudgement
    category: str
    priority: int
    missing: tuple[Part, ...]
    outcome: Outcome
    due_at: datetime | None
    reply: Reply
    reasons: tuple[Reason, ...]
    version: int = field(default=DECISION_VERSION)
    notices: tuple[PlannedReply, ...] = ()
    indicators: Indicators | None = None
    source: Source | None = None
    delivery: Delivery | None = None
    registration: Registration | None = None
    unit: UnitFact | None = None
    signatures: tuple[Signature, ...] = ()
    language: Language = Language.NONE
    contact: Contact = NO_CONTACT
    secrets: tuple[str, ...] = ()
    official_letter: bool = False
    staff_mail: StaffMail | None = None
