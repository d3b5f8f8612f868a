"""Everything that the page of one ticket is made from, by a fixed number of questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection

from triage.core.tickets import find_codes
from triage.db import conversation, decisions, history, incidents, mails, nearby, parties, people
from triage.db.conversation import ReceivedMail, Remark, SentLetter, Sort, Turn
from triage.db.history import Event
from triage.db.mails import ClaimedMail
from triage.db.nearby import NearTicket
from triage.db.tickets import TicketRow
from triage.errors import StorageError

TURNS = 50
"""Turns of one page, and how many of them are open: the others are one line each."""

OPEN = 10

MOST_BYTES = 40_000_000
"""Bytes of mails that are read for one page; a larger one is opened by itself."""

EVENTS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a conversation somebody wants to see: the page before a turn, all of it open, one turn open."""

    before: Turn | None = None
    everything: bool = False
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A ticket with its newest turns and all that stands around it.

    ``received`` are the mails among the turns, and the first one; ``raws`` and ``letters`` hold what is open
    alone, by id. ``documents`` are the newest decisions on the ticket's first mail and on those that are
    open. ``events`` are the newest, the newest first. ``linked``, ``others`` and ``before`` are what the
    reader may see; ``parties`` are addresses and whether each writes or is only told; ``incident`` is number
    and title of the one that it belongs to.
    ``unreachable`` says that no bytes could be read, since they lie outside the database.
    """

    ticket: TicketRow
    wanted: Wanted
    turns: Sequence[Turn]
    older: bool
    opened: frozenset[Turn]
    received: Mapping[int, ReceivedMail]
    sent: Mapping[int, SentLetter]
    remarks: Mapping[int, Remark]
    raws: Mapping[int, ClaimedMail]
    letters: Mapping[int, bytes]
    first_mail: int | None
    documents: Mapping[int, dict[str, Any]]
    events: Sequence[Event]
    linked: Sequence[NearTicket]
    others: Sequence[NearTicket]
    before: int
    parties: Sequence[tuple[str, str]]
    names: Mapping[str, str]
    incident: tuple[int, str] | None
    unreachable: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """The codes of tickets that this reader may be told of."""
        return frozenset({self.ticket.code, *(one.code for one in (*self.linked, *self.others))})

    @property
    def first_mailbox(self) -> str:
        """What the first mail is stored under; empty where there was none."""
        first = self.received.get(self.first_mail or 0)
        return first.mailbox if first else ""

    @property
    def first_document(self) -> dict[str, Any]:
        """How the first mail was decided; empty where it was not."""
        return self.documents.get(self.first_mail or 0, {})


def read(connection: Connection, ticket: TicketRow, visible: ColumnElement[bool], wanted: Wanted) -> Dossier:
    """Read the dossier of a ticket that somebody sees; ``visible`` is what he sees of others."""
    found = conversation.turns(connection, ticket.id, before=wanted.before, count=TURNS + 1)
    turns = found[:TURNS]
    opened = _opened(turns, wanted)
    first = history.first_mail_id(connection, ticket.id)
    received = conversation.received(connection, {*_ids(turns, Sort.MAIL), *([first] if first else [])})
    remarks = conversation.remarks(connection, _ids(turns, Sort.REMARK))
    readable = _within_bounds(received[number] for number in _ids(opened, Sort.MAIL))
    raws = _raws(connection, readable)
    events = history.newest_events(connection, ticket.id, EVENTS)
    documents = decisions.latest_documents(connection, [*readable, *([first] if first else [])])
    named = _codes_in(events, documents.values())
    address = ticket.requester_address
    actors = {
        ticket.assignee or "",
        *(one.actor for one in events),
        *(one.actor for one in remarks.values()),
        *_people_in(events),
    }
    return Dossier(
        ticket=ticket,
        wanted=wanted,
        turns=turns,
        older=len(found) > TURNS,
        opened=frozenset(opened),
        received=received,
        sent=conversation.sent(connection, _ids(turns, Sort.LETTER)),
        remarks=remarks,
        raws=raws or {},
        unreachable=raws is None,
        letters=conversation.letter_bytes(connection, _ids(opened, Sort.LETTER)),
        first_mail=first,
        documents=documents,
        events=events,
        linked=nearby.linked(connection, ticket.id, visible, named=named, merged_into=ticket.merged_into),
        others=nearby.of_sender(connection, address, ticket.id, visible),
        before=nearby.count_before(connection, address, ticket.id, visible),
        parties=parties.of_ticket(connection, ticket.id),
        names=people.display_names(connection, actors),
        incident=incidents.titles(connection, [ticket.id]).get(ticket.id),
    )


def _raws(connection: Connection, readable: Sequence[int]) -> dict[int, ClaimedMail] | None:
    """Give mails with their bytes; None where the storage does not answer: all else still shows."""
    try:
        return {one.id: one for one in mails.contents(connection, readable)}
    except StorageError:
        return None


def _opened(turns: Sequence[Turn], wanted: Wanted) -> list[Turn]:
    newest = OPEN if wanted.before is None else 0
    return [
        turn
        for place, turn in enumerate(turns)
        if wanted.everything or place < newest or turn.key == wanted.turn
    ]


def _ids(turns: Iterable[Turn], sort: Sort) -> list[int]:
    return [turn.id for turn in turns if turn.sort is sort]


def _within_bounds(received: Iterable[ReceivedMail]) -> list[int]:
    """Give the mails that are read for the page: those that a worker has read before, up to MOST_BYTES."""
    left, chosen = MOST_BYTES, []
    for one in received:
        left -= one.size
        if left >= 0 and one.state == "processed" and one.erased_at is None:
            chosen.append(one.id)
    return chosen


def _codes_in(events: Iterable[Event], documents: Iterable[dict[str, Any]]) -> set[str]:
    """Give the codes of other tickets that the history or a decision speaks of."""
    told = (*(one.data for one in events), *documents)
    return {str(code) for text in texts_in(told) for code in find_codes(text)}


def texts_in(data: Any) -> Iterator[str]:  # noqa: ANN401 - JSON holds anything
    """Give every text that stands in JSON values."""
    match data:
        case str():
            yield data
        case dict():
            for value in data.values():
                yield from texts_in(value)
        case list() | tuple():
            for value in data:
                yield from texts_in(value)
        case _:
            return


def _people_in(events: Iterable[Event]) -> set[str]:
    """Give the logins that the history tells of as values: who had a ticket, has it, wrote."""
    told = [event.data.get(key) for event in events for key in ("before", "after", "to", "writer")]
    several = [
        one for event in events if isinstance(event.data.get("told"), list) for one in event.data["told"]
    ]
    return {one for one in (*told, *several) if isinstance(one, str)}
