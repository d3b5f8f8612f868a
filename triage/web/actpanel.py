"""What the page of a ticket offers to do: who may be picked, which hours, which answers, what was begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.core.accounts import AFTER_SEND
from triage.core.closings import CHOSEN
from triage.core.people import Person, Right
from triage.core.snoozing import Rest, choices
from triage.core.tickets import TicketStatus
from triage.db import colleagues, drafts, handovers, outbox, proposals, readers
from triage.db.colleagues import Present
from triage.db.proposals import Proposal
from triage.db.tickets import TicketRow
from triage.service.addressee import Addressee, shown_addressee
from triage.service.queues import all_queues
from triage.service.suggesting import may_be_suggested
from triage.web import wording
from triage.web.desk import Ask
from triage.web.historyvalues import outcome_words
from triage.web.provincepanel import ProvincePanel, province_panel
from triage.web.readyanswers import ReadyAnswer, ready_answers
from triage.web.templating import Words
from triage.web.ticketact import new_key

Choice = tuple[str, str]
"""What a form sends, and what it is called."""


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """A letter that may still be taken back, and for how many seconds."""

    id: int
    recipient: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that the forms of one ticket are made from; lists are empty for what somebody may not do."""

    works: bool
    notes: bool
    trusts: bool
    answer: str
    note: str
    to: Addressee | None
    held: Sequence[HeldAnswer]
    ready: Sequence[ReadyAnswer]
    workers: Sequence[Person]
    mentions: Sequence[Person]
    others: Sequence[Present]
    rests: Sequence[Choice]
    closings: Sequence[Choice]
    categories: Sequence[Choice]
    priorities: Sequence[Choice]
    queues: Sequence[Choice]
    after: str
    proposals: Sequence[Proposal]
    province: ProvincePanel
    suggests: bool
    """Whether answers to like cases may be looked for."""

    def key(self) -> str:
        """Give a fresh key for one form."""
        return new_key()


def panel(ask: Ask, ticket: TicketRow) -> Panel:
    """Work out what this person may do to a ticket that he sees."""
    person, words = ask.person, ask.words
    works, notes = person.may(Right.WORK), person.may(Right.NOTE)
    means, now = ask.desk.app.means, ask.desk.now()
    with ask.desk.database.read() as connection:
        begun = drafts.of_person(connection, ticket.id, person.id) if notes else {}
        answers = notes and ticket.status not in {TicketStatus.CLOSED, TicketStatus.HELD}
        to = shown_addressee(connection, ticket, means) if answers else None
        held = outbox.held(connection, ticket.id, now, by=person.name) if notes else []
        workers = colleagues.workers(connection) if works else []
        mentions = readers.of_queue(connection, ticket.queue, now) if notes else []
        waiting = proposals.on(connection, ticket.id)
        standing = handovers.standing(connection, ticket.id)
        others = colleagues.present_on(connection, [ticket.id], now, but=person).get(ticket.id, [])
    province = province_panel(ask, ticket, standing)
    return Panel(
        works=works,
        notes=notes,
        trusts=person.may(Right.TRUST),
        answer=begun.get(drafts.ANSWER, ""),
        note=begun.get(drafts.NOTE, ""),
        to=to,
        held=[HeldAnswer(one.id, one.recipient, _seconds(one.held_until, now)) for one in held],
        ready=ready_answers(ask, ticket) if works and answers else (),
        workers=workers,
        mentions=[one for one in mentions if one.id != person.id],
        others=others,
        rests=_rests(ask, now) if works else (),
        closings=[(one.value, outcome_words(words, one.value)) for one in CHOSEN]
        if works or province.answers
        else (),
        categories=_categories(ask) if works else (),
        priorities=[(str(one), wording.priority(words, one)) for one in range(1, 6)] if works else (),
        queues=[(one, wording.queue_name(words, means.rules, one)) for one in all_queues(means.rules)]
        if works
        else (),
        after=after_send(person),
        proposals=waiting,
        province=province,
        suggests=answers and may_be_suggested(ticket),
    )


def after_send(person: Person) -> str:
    """Give what the first button under an answer does; an older release knew other words."""
    likes = person.preferences.get("after_send")
    return likes if likes in AFTER_SEND else AFTER_SEND[0]


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, round((until - now).total_seconds()))


def _categories(ask: Ask) -> list[Choice]:
    categories = ask.desk.app.means.rules.categories
    return [(one.id, wording.category(ask.words, categories, one.id)) for one in categories]


def _rests(ask: Ask, now: datetime) -> list[Choice]:
    calendar = ask.desk.app.means.rules.calendar
    return [
        (rest.value, rest_words(ask.words, rest, wording.moment(moment, calendar)))
        for rest, moment in choices(calendar, now).items()
    ]


def rest_words(words: Words, rest: Rest, at: str) -> str:
    """Give what a rest is called, with the moment at which it ends."""
    match rest:
        case Rest.AFTERNOON:
            return words.say("Chiều nay (%(at)s)", at=at)
        case Rest.NEXT_DAY:
            return words.say("Đầu ngày làm việc tới (%(at)s)", at=at)
        case Rest.NEXT_WEEK:
            return words.say("Đầu tuần tới (%(at)s)", at=at)
        case Rest.DAY:
            return words.say("Đến %(at)s", at=at)
