"""What the database knows about a mail before it is decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.ownresults import OwnResults
from triage.core.senderlists import ListedSender
from triage.core.staffmail import StaffMailFact
from triage.core.tickets import TicketStatus
from triage.core.units import UnitFact


@dataclass(frozen=True, slots=True)
class TicketFact:
    """An existing ticket that a mail may belong to; ``parties`` are the addresses on it, lower case.

    ``called`` is the code by which the mail names it where that is another's, which was merged into it.
    """

    id: int
    code: str
    queue: str
    status: TicketStatus
    parties: frozenset[str]
    closed_at: datetime | None
    called: str = ""


@dataclass(frozen=True, slots=True)
class VerifiedCode:
    """A code that the sender asks about, and whether it was issued to him: to this very address.

    Where it was not, nothing else is known here, and nothing tells a code of others from one that never was.
    ``opened_at`` is aware; ``queue`` leads to the name of the treasury.
    """

    code: str
    issued_to_sender: bool
    ticket_id: int | None = None
    opened_at: datetime | None = None
    subject: str = ""
    queue: str = ""
    status: TicketStatus | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {
            "code": self.code,
            "issued_to_sender": self.issued_to_sender,
            "ticket_id": self.ticket_id,
            "opened_at": self.opened_at.isoformat() if self.opened_at else None,
            "subject": self.subject,
            "queue": self.queue,
            "status": self.status.value if self.status else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "VerifiedCode":
        """Give back what was known when a decision was made."""
        opened_at, status = stored["opened_at"], stored["status"]
        return cls(
            **stored
            | {
                "opened_at": datetime.fromisoformat(opened_at) if opened_at else None,
                "status": TicketStatus(status) if status else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one mail from elsewhere than its bytes.

    ``acted_mail_id`` is the stored mail with the same MailKey that was acted on; ``thread`` the ticket that
    In-Reply-To or References lead to; ``ticket`` the ticket whose code stands in the mail; ``history_queue``
    the queue of the sender's latest ticket; ``letters_last_hour`` counts automatic letters to this sender;
    ``letters_to_domain_last_hour`` counts those to the domain that would be answered,
    ``letters_on_ticket`` those on the ticket of the mail, ``letters_on_ticket_last_day`` the last of them.
    ``issued`` tells for each ticket code of the mail whether this sender was given it (None: nobody looked).
    ``asked_code`` is the code that the mail asks about; where it asks about several, the first that was not
    issued to the sender. ``verifications_last_hour`` counts answers to such questions that the sender got.
    ``our_letter`` tells of a bounce whether it speaks of a letter in our outbox (None: no bounce).
    ``listed`` are the entries of the lists that the mail matches; ``known_sender`` tells that a request of
    exactly this address was answered before; ``alike`` is a ticket that the sender opened lately under the
    same subject (looked for only where no code or thread leads to one), ``same_words_lately`` in how many
    hours of the last days the sender opened one with the very words of this mail; ``released``
    that a person has ended the hold on this mail.
    ``unit`` is the unit of the directory that the sender belongs to, or whose number the mail names;
    ``domain_of_many`` says that the sender's domain is that of several units there.
    ``imported`` says that the mail was taken from an old mailbox.
    ``own_results`` is what we verified of the sender ourselves (None: nobody verified). ``staff_mail`` is
    what is known of the reply code in the mail (None: it bears none, or nobody acts by mail here).
    ``own_results`` is what we verified of the sender ourselves (None: nobody verified).
    ``incident`` is the open incident whose error the mail tells of, ``on_incident`` whether the ticket that
    ``ticket`` or ``thread`` leads to belongs to one.
    """

    acted_mail_id: int | None = None
    thread: TicketFact | None = None
    ticket: TicketFact | None = None
    history_queue: str | None = None
    letters_last_hour: int = 0
    letters_to_domain_last_hour: int = 0
    letters_on_ticket_last_day: int = 0
    letters_on_ticket: int = 0
    issued: tuple[tuple[str, bool], ...] | None = None
    asked_code: VerifiedCode | None = None
    verifications_last_hour: int = 0
    our_letter: bool | None = None
    listed: tuple[ListedSender, ...] = ()
    known_sender: bool = False
    released: bool = False
    alike: TicketFact | None = None
    same_words_lately: int = 0
    own_results: OwnResults | None = None
    unit: UnitFact | None = None
    domain_of_many: bool = False
    imported: bool = False
    staff_mail: StaffMailFact | None = None
    incident: int | None = None
    on_incident: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision, so that it can be made again."""
        return {
            "acted_mail_id": self.acted_mail_id,
            "thread": _ticket_as_json(self.thread),
            "ticket": _ticket_as_json(self.ticket),
            "history_queue": self.history_queue,
            "letters_last_hour": self.letters_last_hour,
            "letters_to_domain_last_hour": self.letters_to_domain_last_hour,
            "letters_on_ticket_last_day": self.letters_on_ticket_last_day,
            "letters_on_ticket": self.letters_on_ticket,
            "issued": None if self.issued is None else [list(pair) for pair in self.issued],
            "asked_code": self.asked_code.as_json() if self.asked_code else None,
            "verifications_last_hour": self.verifications_last_hour,
            "our_letter": self.our_letter,
            "listed": [one.as_json() for one in self.listed],
            "known_sender": self.known_sender,
            "released": self.released,
            "imported": self.imported,
            "alike": _ticket_as_json(self.alike),
            "same_words_lately": self.same_words_lately,
            "unit": self.unit.as_json() if self.unit else None,
            "domain_of_many": self.domain_of_many,
            "incident": self.incident,
            "on_incident": self.on_incident,
            "own_results": self.own_results.as_json() if self.own_results else None,
            **({"staff_mail": self.staff_mail.as_json()} if self.staff_mail else {}),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Facts":
        """Give facts back as they were when a decision was made."""
        return cls(
            acted_mail_id=stored["acted_mail_id"],
            thread=_ticket_from_json(stored["thread"]),
            ticket=_ticket_from_json(stored["ticket"]),
            history_queue=stored["history_queue"],
            letters_last_hour=stored["letters_last_hour"],
            letters_to_domain_last_hour=stored.get("letters_to_domain_last_hour", 0),
            letters_on_ticket_last_day=stored.get("letters_on_ticket_last_day", 0),
            letters_on_ticket=stored.get("letters_on_ticket", 0),
            issued=None
            if stored["issued"] is None
            else tuple((code, known) for code, known in stored["issued"]),
            asked_code=VerifiedCode.from_json(stored["asked_code"]) if stored.get("asked_code") else None,
            verifications_last_hour=stored.get("verifications_last_hour", 0),
            our_letter=stored.get("our_letter"),
            listed=tuple(ListedSender.from_json(one) for one in stored.get("listed", ())),
            known_sender=stored.get("known_sender", False),
            imported=stored.get("imported", False),
            released=stored.get("released", False),
            alike=_ticket_from_json(stored.get("alike")),
            same_words_lately=stored.get("same_words_lately", 0),
            unit=UnitFact.from_json(stored["unit"]) if stored.get("unit") else None,
            domain_of_many=stored.get("domain_of_many", False),
            incident=stored.get("incident"),
            on_incident=stored.get("on_incident", False),
            own_results=OwnResults.from_json(stored["own_results"]) if stored.get("own_results") else None,
            staff_mail=StaffMailFact.from_json(stored["staff_mail"]) if stored.get("staff_mail") else None,
        )


def _ticket_as_json(ticket: TicketFact | None) -> dict[str, Any] | None:
    if ticket is None:
        return None
    return {
        "id": ticket.id,
        "code": ticket.code,
        "queue": ticket.queue,
        "status": ticket.status.value,
        "parties": sorted(ticket.parties),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        **({"called": ticket.called} if ticket.called else {}),
    }


def _ticket_from_json(stored: dict[str, Any] | None) -> TicketFact | None:
    if stored is None:
        return None
    return TicketFact(
        id=stored["id"],
        code=stored["code"],
        queue=stored["queue"],
        status=TicketStatus(stored["status"]),
        parties=frozenset(stored["parties"]),
        closed_at=datetime.fromisoformat(stored["closed_at"]) if stored["closed_at"] else None,
        called=stored.get("called", ""),
    )


NO_FACTS = Facts()
