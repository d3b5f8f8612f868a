"""Warns treasuries of a confirmed impostor: a person chooses whom, reads the letter, and sends it, once.

Each address gets its own letter by the outbox. Its Message-ID is made from ticket and address, so that nobody
is warned twice of one impostor, whatever form is sent how often.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from triage.core.address import counted_address
from triage.core.closings import Closing
from triage.core.compose import BY_A_PERSON, Envelope, compose, new_message_id
from triage.core.defanging import signs_in
from triage.core.history import WARNED
from triage.core.letternames import IMPOSTOR_WARNING
from triage.core.letters import answer_values, in_words, spelled_out
from triage.core.links import hosts_in, urls_in
from triage.core.mail import Mail
from triage.core.outboundguard import objections
from triage.core.parse import read_mail
from triage.core.people import Person
from triage.core.rules import Rulebook
from triage.core.senderlists import is_state_host
from triage.db import history, mails, outbox, people, senderlists, warned
from triage.db.engine import Database
from triage.db.history import Event
from triage.db.searchsources import StoredLetter, own_words
from triage.db.senderlists import CONFIRMED_IMPOSTOR
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.errors import RefusedActError
from triage.ports import RenderedLetter
from triage.service import desk, treasuries
from triage.service.answering import StoppedError
from triage.service.errands import Doing, Errand, run
from triage.service.means import Means
from triage.service.searchindex import index_letter
from triage.service.senders import LOOK_BACK

MOST_URLS = 10
"""Addresses of pages that a draft names."""

_LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Place:
    """A treasury that can be warned: ``addresses`` are where, those ``reached`` have been warned already.

    ``near`` tells that the impostor's mail named it, or that its units got or sent what bears his marks.
    """

    queue: str
    name: str
    addresses: tuple[str, ...]
    reached: tuple[str, ...]
    near: bool

    @property
    def fresh(self) -> tuple[str, ...]:
        """The addresses that have not been warned."""
        return tuple(one for one in self.addresses if one not in self.reached)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody begins with: words about the case, what the impostor is known by, whom to warn."""

    ticket: TicketRow
    note: str
    signs: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody sends: to which queues, with which words and signs (one a line)."""

    queues: tuple[str, ...]
    note: str
    signs: str


def draft(database: Database, means: Means, person: Person, code: str) -> Draft:
    """Give what a warning about a ticket begins with. Raises NotFoundError and RefusedActError."""
    now = means.clock.now()
    with database.read() as connection:
        ticket = _impostors(desk.find(connection, code, visible=visible_to(person, now)))
        places = _places(connection, means, ticket, now)
        events = history.events(connection, ticket.id)
        marks = _marks(events)
        written = _mails_of(connection, ticket)
    signs = [ticket.requester_address, *marks, *_pages_of(written, means.rules)]
    return Draft(ticket, _words(ticket, means.zone), signs_in("\n".join(signs)), places)


def preview(means: Means, ticket: TicketRow, queue: str, wanted: Notice) -> RenderedLetter:
    """Fill the letter as it would go out to one treasury."""
    name = means.rules.treasuries.queue_name(queue) or queue
    values = {
        **answer_values(wanted.note, ticket.code, "", means.rules.office),
        "named_treasury": spelled_out(name),
        "signs": signs_in(wanted.signs),
    }
    return means.renderer.render(IMPOSTOR_WARNING, values)


def demand_sendable(means: Means, draft: Draft, wanted: Notice) -> None:
    """Raise RefusedActError without words or anybody left to warn, StoppedError for what may not go out."""
    if not wanted.note.strip():
        raise RefusedActError("empty_warning", "The warning is empty.")
    if found := objections("\n\n".join((wanted.note, *signs_in(wanted.signs))), means.rules.trust):
        raise StoppedError(found)
    if not demand_addresses(draft.places, wanted.queues):
        raise RefusedActError("warned_before", "Everybody chosen has been warned of this impostor already.")


def send(
    database: Database,
    means: Means,
    errand: Errand,
    wanted: Notice,
    tell: Callable[[int, int], str],
) -> Mapping[str, Any]:
    """Put a letter into the outbox for each address of the chosen treasuries that has not had one.

    ``tell`` words to how many treasuries and addresses. Raises NotFoundError, RefusedActError, StoppedError.
    """

    def act(do: Doing) -> Mapping[str, Any]:
        ticket = _impostors(do.ticket)
        found = Draft(ticket, "", (), _places(do.connection, means, ticket, do.now))
        demand_sendable(means, found, wanted)
        to = demand_addresses(found.places, wanted.queues)
        ids = [_put(do, means, ticket, address, queue, wanted) for address, queue in sorted(to.items())]
        queues = sorted(set(to.values()))
        history.add_event(
            do.connection,
            ticket.id,
            do.now,
            WARNED,
            actor=do.actor,
            treasuries=queues,
            text=wanted.note.strip()[:_LONGEST_NOTE],
            signs=list(signs_in(wanted.signs)),
            message_ids=ids,
        )
        return {"told": tell(len(queues), len(to))}

    return run(database, means.clock, errand, "warn", act)


def demand_addresses(places: Sequence[Place], queues: Container[str]) -> dict[str, str]:
    """Give the addresses of chosen queues that have not been warned, each with the first of its queues.

    Raises RefusedActError where no chosen treasury has an address at all.
    """
    chosen = [one for one in places if one.queue in queues]
    if not any(one.addresses for one in chosen):
        raise RefusedActError("nobody_to_warn", "No treasury is chosen that has an address.")
    to: dict[str, str] = {}
    for place in chosen:
        for address in place.fresh:
            to.setdefault(address, place.queue)
    return to


def _impostors(ticket: TicketRow) -> TicketRow:
    if ticket.outcome != Closing.IMPOSTOR.value:
        told = f"Nobody has confirmed that {ticket.code} is an impostor's."
        raise RefusedActError("not_impostor", told, ticket=ticket.code)
    return ticket


def _places(connection: Connection, means: Means, ticket: TicketRow, now: datetime) -> tuple[Place, ...]:
    """Give every treasury with where it is warned, those that the impostor came near ahead."""
    near = _near(connection, means.rules, ticket, now)
    return places_of(connection, means.rules, now, lambda one: [_message_id(means, ticket, one)], near)


def places_of(
    connection: Connection,
    rules: Rulebook,
    now: datetime,
    message_ids: Callable[[str], Sequence[str]],
    near: Container[str],
) -> tuple[Place, ...]:
    """Give every treasury with where it is warned, those ``near`` ahead.

    An address has been reached where a letter to it under one of its ``message_ids`` was written.
    """
    there = treasuries.coordinators(people.accounts(connection), now)
    of = {
        queue: treasuries.addresses(rules, queue, there.get(queue, ())) for queue in rules.treasuries.queues
    }
    ids = {one: message_ids(one) for some in of.values() for one in some}
    written = warned.written(connection, [one for some in ids.values() for one in some])
    places = (
        Place(
            queue,
            rules.treasuries.queue_name(queue) or queue,
            addresses,
            tuple(one for one in addresses if not written.isdisjoint(ids[one])),
            queue in near,
        )
        for queue, addresses in of.items()
    )
    return tuple(sorted(places, key=lambda one: (not one.near, not one.addresses)))


def _near(connection: Connection, rules: Rulebook, ticket: TicketRow, now: datetime) -> set[str]:
    """Give the queues of the mails that bear the impostor's marks, and of the treasuries of their units."""
    events = history.events(connection, ticket.id)
    marks = _marks(events)
    opened = {str(event.data["queue"]) for event in events if event.verb == "opened"}
    seen = senderlists.mails_with(connection, marks, now - LOOK_BACK, but_ticket=ticket.id)
    ids = sorted({ticket.id, *(one.ticket_id for one in seen if one.ticket_id is not None)})
    queues, codes = warned.treasuries_of(connection, ids)
    led = (rules.treasuries.lookup(code) for code in codes)
    return queues | opened | {one.treasury.queue for one in led if one}


def _marks(events: Sequence[Event]) -> list[str]:
    """Give what went onto the watch list when the impostor was confirmed."""
    found = (event.data["watched"] for event in events if event.verb == CONFIRMED_IMPOSTOR)
    return [str(one) for some in found for one in some]


def _mails_of(connection: Connection, ticket: TicketRow) -> list[Mail]:
    first = history.first_mail_id(connection, ticket.id)
    return [read_mail(one.raw()) for one in mails.contents(connection, [first] if first else [])]


def _pages_of(written: Sequence[Mail], rules: Rulebook) -> list[str]:
    """Give the addresses of pages in the impostor's mail, without those of genuine hosts."""
    names, protected = rules.trust.names, rules.trust.protected
    found = [url for mail in written for url in urls_in(mail.text)]

    def genuine(url: str) -> bool:
        hosts = hosts_in(url, names)
        known = protected.hosts.ours | protected.hosts.genuine
        return bool(hosts) and all(is_state_host(one) or protected.belongs(one, known) for one in hosts)

    return [url for url in dict.fromkeys(found) if not genuine(url)][:MOST_URLS]


def _words(ticket: TicketRow, zone: tzinfo) -> str:
    """Give the words that a draft begins with; whoever sends it makes them fit the case."""
    return (
        f"Thư gửi tới hộp thư hỗ trợ lúc {in_words(ticket.opened_at, zone)} "
        "đã được xác nhận là thư mạo danh. "
        "Người gửi mạo danh cán bộ Kho bạc Nhà nước để lừa các đơn vị sử dụng ngân sách."
    )


def _message_id(means: Means, ticket: TicketRow, address: str) -> str:
    seed = f"{ticket.code}/{IMPOSTOR_WARNING}/{counted_address(address)}"
    return new_message_id(seed, means.from_address.rpartition("@")[2])


def _put(do: Doing, means: Means, ticket: TicketRow, address: str, queue: str, wanted: Notice) -> str:
    rendered = preview(means, ticket, queue, wanted)
    envelope = Envelope(
        sender_name=means.rules.office.name,
        sender_address=means.from_address,
        recipient=address,
        message_id=_message_id(means, ticket, address),
        in_reply_to="",
        references=(),
        date=do.now.astimezone(means.zone),
        letter=IMPOSTOR_WARNING,
        ticket_code=ticket.code,
        auto_submitted=BY_A_PERSON,
    )
    content = compose(envelope, subject=rendered.subject, text=rendered.text, html=rendered.html)
    created_at = do.now.astimezone(UTC)
    letter_id = outbox.hold(
        do.connection,
        ticket_id=ticket.id,
        letter=IMPOSTOR_WARNING,
        recipient=address,
        counted_as=counted_address(address),
        domain=address.rpartition("@")[2].lower(),
        subject=rendered.subject,
        message_id=envelope.message_id,
        content=means.sign(content),
        created_at=created_at,
        held_until=None,
    )
    own = own_words(wanted.note.strip()[:_LONGEST_NOTE], signs_in(wanted.signs))
    index_letter(do.connection, StoredLetter(letter_id, ticket.id, created_at, content, own))
    return envelope.message_id
