"""What programs may do to a ticket: take it, and write a note. Each act is done once for its key."""

import json
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from triage.core.apiscopes import Scope
from triage.core.people import Right
from triage.core.tokens import hash_of
from triage.db.visibility import visible_to
from triage.service import desk as service, handling, noting
from triage.service.errands import Errand
from triage.web.api.access import ApiRouter, Caller, Calling
from triage.web.api.models import Ticket
from triage.web.api.tickets import Code, ticket_of
from triage.web.rownumbers import LAST_VERSION
from triage.web.ticketact import LONGEST_TEXT

router = ApiRouter()

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{8,64}$",
        description="Fresh for each act; the same act sent again under it is done once. Kept for a week.",
    ),
]


def _number(value: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    """Refuse what Python takes for a number and JSON does not; 3.0 is one in JSON too."""
    if isinstance(value, bool | str):
        raise ValueError("a whole number is needed")  # noqa: TRY004 - pydantic words a ValueError alone
    return value


class Taking(BaseModel):
    """Which version of the ticket was looked at."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, BeforeValidator(_number)] = Field(ge=0, le=LAST_VERSION)


class Noting(Taking):
    """An internal note; whoever it calls by @ and may read the ticket is told."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\u0000]*[^\u0000\s][^\u0000]*$")


@router.ask("POST", "/tickets/{code}/take", Scope.TICKETS_WRITE, Right.WORK, responses={404: {}, 409: {}})
def take(ask: Calling, code: Code, wanted: Taking, key: Key) -> Ticket:
    """Take a ticket, unless it has changed since that version."""
    database, clock = ask.desk.database, ask.desk.app.means.clock
    with database.read() as connection:
        row = service.find(connection, code, visible=visible_to(ask.person, ask.desk.now()))
    handling.take(database, clock, _errand(ask, code, wanted, key), was=row.assignee or "")
    return ticket_of(ask, code)


@router.ask("POST", "/tickets/{code}/notes", Scope.TICKETS_WRITE, Right.NOTE, responses={404: {}, 409: {}})
def note(ask: Calling, code: Code, wanted: Noting, key: Key) -> Ticket:
    """Write an internal note on a ticket, unless it has changed since that version."""
    database, clock = ask.desk.database, ask.desk.app.means.clock
    noting.note(database, clock, _errand(ask, code, wanted, key), wanted.text)
    return ticket_of(ask, code)


def _errand(ask: Caller, code: str, wanted: Taking, key: str) -> Errand:
    """Say what is done; keys of different people never meet."""
    own_key = hash_of(f"api {ask.person.id} {key}")
    form = hash_of(json.dumps(wanted.model_dump(), sort_keys=True))
    return Errand(ask.person, code, own_key, "", wanted.version, form, exact=True)
