"""Ready answers as the composer offers them: those of this category and queue first, their gaps filled."""

from dataclasses import dataclass

from triage.core.answertemplates import filled, offered
from triage.core.letters import in_words, promised
from triage.db.tickets import TicketRow
from triage.web.desk import Ask


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """One ready answer with its gaps filled."""

    name: str
    title: str
    text: str


def ready_answers(ask: Ask, ticket: TicketRow) -> tuple[ReadyAnswer, ...]:
    """Give all ready answers for a ticket."""
    values = values_of(ask, ticket)
    templates = offered(ask.desk.app.means.rules.answers, ticket.category, ticket.queue)
    return tuple(ReadyAnswer(one.name, one.title, filled(one.text, values)) for one in templates)


def filled_one(ask: Ask, ticket: TicketRow, name: str) -> str:
    """Give the text of one ready answer; empty for one that there is not."""
    return next((one.text for one in ready_answers(ask, ticket) if one.name == name), "")


def values_of(ask: Ask, ticket: TicketRow) -> dict[str, str]:
    """Give what fills the gaps. An answer goes to the unit, so it is Vietnamese whoever writes it."""
    means = ask.desk.app.means
    due_at = promised(ticket.due_at, means.clock.now())
    return {
        "code": ticket.code,
        "requester_name": ticket.requester_name or "Quý đơn vị",
        "unit_name": ticket.unit_name or "Quý đơn vị",
        "due": in_words(due_at, means.zone) if due_at else "",
        "my_name": ask.person.display_name,
    }
