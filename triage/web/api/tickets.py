"""Tickets for programs: lists page by page, and one with its conversation and its history."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from triage.core.apiscopes import Scope
from triage.core.excerpt import excerpt
from triage.core.privacy import mask
from triage.core.tickets import TicketStatus
from triage.db import conversation, history, mails, queues
from triage.db.conversation import Sort, Turn, turn_of
from triage.db.history import Event
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.service import desk as service
from triage.web import filters, mailboxes
from triage.web.api.access import ApiRouter, Caller, Calling
from triage.web.api.models import EventLine, Party, Ticket, TicketHead, TicketPage, TurnHead, TurnKind
from triage.web.filters import Filters
from triage.web.historyvalues import LONGEST
from triage.web.historywords import SAYING, value_after
from triage.web.tellings import Telling
from triage.web.templating import words_of

router = ApiRouter()

TURNS = 50
EVENTS = 200
"""Of one answer, the newest."""

Code = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z-]+$", examples=["SD261116-000001"])]
Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]


class Conditions(BaseModel):
    """Which tickets a list shows; without a state those that wait for us."""

    model_config = ConfigDict(extra="forbid")

    status: list[TicketStatus | Literal["open"]] = Field(default=[], max_length=10)
    queue: list[Name] = Field(default=[], max_length=100)
    category: list[Name] = Field(default=[], max_length=100)
    flagged: bool = Field(default=False, description="Only those whose sender is doubted.")
    undelivered: bool = Field(default=False, description="Only those whose answer did not arrive.")
    assignee: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9._@-]{0,63})?$",
        description="A login, me or none.",
    )
    due: Literal["", "overdue", "soon"] = ""
    older: int = Field(default=0, ge=0, le=3650, description="Days since it was opened, at least.")
    after: str = Field(
        default="",
        pattern=r"^((\d{1,17}|-)\.\d{1,18})?$",
        description="Where the page before has said that it goes on.",
    )
    limit: int = Field(default=50, ge=1, le=200)

    def filters(self) -> Filters:
        """Give them as the desk knows them."""
        return Filters(
            status=tuple(str(one) for one in self.status),
            queue=tuple(self.queue),
            category=tuple(self.category),
            flagged=self.flagged,
            undelivered=self.undelivered,
            assignee=self.assignee,
            due=self.due,
            older=self.older,
        )


@router.ask("GET", "/tickets", Scope.TICKETS_READ, lists=filters.MANY)
def list_tickets(ask: Calling, wanted: Annotated[Conditions, Query()]) -> TicketPage:
    """List tickets: the oldest deadline first, with closed ones among them the newest change first."""
    now, calendar = ask.desk.now(), ask.desk.app.means.rules.calendar
    question = wanted.filters().wanted(ask.person.name, calendar, now)
    place = filters.read_place(wanted.after)
    with ask.desk.database.read() as connection:
        page = queues.page(connection, ask.person, now, question, place, wanted.limit)
        first_of = partial(mails.first_mailboxes, connection)
        boxes = mailboxes.of_tickets(ask.desk.app.config, [row.id for row in page.rows], first_of)
    after = filters.written_place(page.after) if page.after else None
    return TicketPage(tickets=[TicketHead(**_head(row, boxes)) for row in page.rows], after=after)


@router.ask("GET", "/tickets/{code}", Scope.TICKETS_READ, responses={404: {}})
def show_ticket(
    ask: Calling,
    code: Code,
    older: Annotated[
        str, Query(pattern=r"^(\d{1,17}\.[012]\.\d{1,18})?$", description="As an answer before has said.")
    ] = "",
) -> Ticket:
    """Show one ticket with its conversation, the newest turn first, and its history."""
    return ticket_of(ask, code, turn_of(older))


def ticket_of(ask: Caller, code: str, before: Turn | None = None) -> Ticket:
    """Read a ticket that may be seen. Raises NotFoundError."""
    visible = visible_to(ask.person, ask.desk.now())
    mailbox_of = partial(mailboxes.called, ask.desk.app.config)
    with ask.desk.database.read() as connection:
        row = service.find(connection, code, visible=visible)
        found = conversation.turns(connection, row.id, before=before, count=TURNS + 1)
        events = history.newest_events(connection, row.id, EVENTS)
        first_of = partial(mails.first_mailboxes, connection)
        boxes = mailboxes.of_tickets(ask.desk.app.config, [row.id], first_of)
        turns = found[:TURNS]
        heads = {
            **_mails(conversation.received(connection, _ids(turns, Sort.MAIL)), mailbox_of),
            **_letters(conversation.sent(connection, _ids(turns, Sort.LETTER))),
            **_remarks(conversation.remarks(connection, _ids(turns, Sort.REMARK))),
        }
    # codes of other tickets are told to nobody here, whether or not he might see them
    telling = Telling(words_of(ask.person.language), frozenset({row.code}))
    return Ticket(
        **_head(row, boxes),
        conversation=[heads[turn.key] for turn in turns if turn.key in heads],
        older=turns[-1].cursor if len(found) > TURNS else None,
        history=[_line(telling, event) for event in events],
    )


def _head(row: TicketRow, boxes: Mapping[int, str]) -> dict[str, Any]:
    """Give what every answer says of a ticket."""
    named = (
        *("code", "queue", "treasury", "status", "subject", "excerpt", "category", "priority", "verdict"),
        *("assignee", "version", "opened_at", "due_at", "updated_at", "answered_at", "closed_at"),
        *("snoozed_until", "outcome"),
    )
    return {
        **{name: getattr(row, name) for name in named},
        "requester": Party(name=row.requester_name, address=row.requester_address),
        "unit": row.unit_name or None,
        "mailbox": boxes.get(row.id) or None,
    }


def _ids(turns: list[Turn], sort: Sort) -> list[int]:
    return [turn.id for turn in turns if turn.sort is sort]


def _mails(
    found: dict[int, conversation.ReceivedMail], mailbox_of: Callable[[str], str]
) -> dict[str, TurnHead]:
    return {
        f"mail-{row.id}": TurnHead(
            kind=TurnKind.MAIL,
            at=row.received_at,
            sender=row.from_address,
            recipient=None,
            subject=row.subject,
            mail=row.id,
            mailbox=mailbox_of(row.mailbox) or None,
            state=None,
        )
        for row in found.values()
    }


def _letters(found: dict[int, conversation.SentLetter]) -> dict[str, TurnHead]:
    return {
        f"letter-{row.id}": TurnHead(
            kind=TurnKind.LETTER,
            at=row.created_at,
            sender=history.SERVICE,
            recipient=row.recipient,
            subject=mask(row.subject),
            mail=None,
            mailbox=None,
            state=row.state,
        )
        for row in found.values()
    }


def _remarks(found: dict[int, conversation.Remark]) -> dict[str, TurnHead]:
    return {
        f"remark-{row.id}": TurnHead(
            kind=TurnKind(row.verb),
            at=row.at,
            sender=row.actor,
            recipient=None,
            subject=excerpt(str(row.data.get("text", ""))),
            mail=None,
            mailbox=None,
            state=None,
        )
        for row in found.values()
    }


def _line(telling: Telling, event: Event) -> EventLine:
    said = next((event.data[key] for key in SAYING if event.data.get(key)), None)
    return EventLine(
        at=event.at,
        actor=event.actor,
        verb=event.verb,
        before=_value(telling, event.data.get("before")),
        after=_value(telling, value_after(event)),
        said=_value(telling, said),
    )


def _value(telling: Telling, value: Any) -> str | None:  # noqa: ANN401 - JSON holds anything
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return telling.text(str(value)[:LONGEST]) if isinstance(value, str | int) else None
