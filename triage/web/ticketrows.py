"""The rows of a list of tickets, in the words of whoever looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from triage.core.people import Person
from triage.core.rules import Rulebook
from triage.db.colleagues import Present
from triage.db.tickets import TicketRow
from triage.web import wording
from triage.web.shown import visible
from triage.web.templating import Words
from triage.web.tickettimes import deadline
from triage.web.wording import Deadline

_LONGEST_SUBJECT = 120
_LONGEST_EXCERPT = 120
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Around:
    """What a list shows beside tickets: who has them, who looks at them, which have news for the reader.

    ``at_province`` are those that stand at a province.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    present: Mapping[int, Sequence[Present]] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()
    at_province: frozenset[int] = frozenset()
    incidents: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    """Number and title of the incident that a ticket belongs to."""
    mailboxes: Mapping[int, str] = field(default_factory=dict)
    """What the mailbox is called to which the first mail came; empty where there is one alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of a list; texts of strangers are cut and made harmless, and still to be escaped."""

    ticket: TicketRow
    due: Deadline
    subject: str
    excerpt: str
    who: str
    address: str
    category: str
    status: str
    doubt: str
    urgent: str
    queue: str
    assignee: str
    initials: str
    present: tuple[tuple[str, str, bool], ...]
    """Initials, name, and whether he writes."""
    mine: bool
    unread: bool
    at_province: bool
    waited: str
    """Working time since it was opened."""
    updated: str
    updated_at: str
    incident: int
    incident_title: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts tickets into words for one reader at one moment."""

    words: Words
    rules: Rulebook
    me: Person
    now: datetime

    def rows(self, tickets: Sequence[TicketRow], around: Around) -> list[Row]:
        """Give the rows for these tickets, in their order."""
        return [self._row(ticket, around) for ticket in tickets]

    def _row(self, ticket: TicketRow, around: Around) -> Row:
        words, calendar = self.words, self.rules.calendar
        incident, title = around.incidents.get(ticket.id, (0, ""))
        holder = around.people.get(ticket.assignee or "")
        return Row(
            ticket=ticket,
            due=deadline(words, calendar, ticket, self.now),
            subject=_cut(ticket.subject, _LONGEST_SUBJECT) or words.say("(không có tiêu đề)"),
            excerpt=_cut(ticket.excerpt, _LONGEST_EXCERPT),
            who=_cut(ticket.unit_name or ticket.requester_name, _LONGEST_NAME),
            address=_cut(ticket.requester_address, _LONGEST_NAME),
            category=wording.category(words, self.rules.categories, ticket.category),
            status=wording.status(words, ticket.status),
            doubt=_doubt(words, ticket.verdict),
            urgent=wording.priority(words, ticket.priority) if ticket.priority == 1 else "",
            queue=wording.queue_name(words, self.rules, ticket.queue),
            assignee=holder.display_name if holder else ticket.assignee or "",
            initials=holder.initials if holder else (ticket.assignee or "")[:2].upper(),
            present=tuple(
                (one.person.initials, one.person.display_name, one.writing)
                for one in around.present.get(ticket.id, ())
            ),
            mine=ticket.assignee == self.me.name,
            unread=ticket.id in around.unread,
            at_province=ticket.id in around.at_province,
            waited=wording.waited(words, calendar, ticket.opened_at, self.now),
            updated=wording.short_moment(ticket.updated_at, calendar, self.now),
            updated_at=wording.moment(ticket.updated_at, calendar),
            incident=incident,
            incident_title=visible(title),
            mailbox=around.mailboxes.get(ticket.id, ""),
        )


def _doubt(words: Words, verdict: str) -> str:
    return wording.verdict(words, verdict) if verdict in {"suspicious", "impersonation"} else ""


def _cut(text: str, most: int) -> str:
    shown = visible(text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
