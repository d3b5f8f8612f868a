"""What every act on a ticket has in common: who does it, to which ticket, under which key."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Form
from fastapi.responses import Response

from triage.core.rules import Rulebook
from triage.core.tickets import typed_code
from triage.core.tokens import hash_of
from triage.db.engine import Database
from triage.ports import Clock
from triage.service import drafting
from triage.service.errands import Errand
from triage.web.access import Asking
from triage.web.desk import Ask
from triage.web.rownumbers import Version

LONGEST_KEY = 64
_KEY_BYTES = 18
_OF_THE_PAGE = frozenset({"form_token", "key", "version"})
LONGEST_WORDS = 2_000
"""Characters of a reason or another short text."""

LONGEST_TEXT = 50_000
"""Characters of an answer or a note."""

Short = Annotated[str, Form(max_length=200)]
Words = Annotated[str, Form(max_length=LONGEST_WORDS)]
Text = Annotated[str, Form(max_length=LONGEST_TEXT)]


@dataclass(frozen=True, slots=True)
class TicketAct:
    """One form about one ticket; ``version`` is that of the ticket when its page was made.

    ``form`` is the digest of what was filled in.
    """

    ask: Ask
    code: str
    key: str
    version: int | None
    form: str = ""

    @property
    def database(self) -> Database:
        """The database of the installation."""
        return self.ask.desk.database

    @property
    def clock(self) -> Clock:
        """The clock of the installation."""
        return self.ask.desk.app.means.clock

    @property
    def rules(self) -> Rulebook:
        """The rules of the installation."""
        return self.ask.desk.app.means.rules

    def errand(self, told: str, **values: Any) -> Errand:  # noqa: ANN401 - what stands in the gaps
        """Say what is done, with the sentence that is told afterwards; ``%(code)s`` is the ticket's code."""
        sentence = told % {"code": self.code, **values}
        return Errand(self.ask.person, self.code, self.key, sentence, self.version, self.form)

    def keep(self, sort: str, text: str) -> None:
        """Keep what was written as a draft of this person; ``sort`` as in ``db.drafts``."""
        drafting.keep(
            self.database, self.clock, self.ask.person, self.code, sort=sort, body=text, version=self.version
        )

    def done(self, path: str = "") -> Response:
        """Go to the page of the ticket, or to another one, and tell there what was done."""
        return self.ask.go(path or ticket_path(self.code), act=self.key)


def new_key() -> str:
    """Give a fresh key for a form."""
    return secrets.token_urlsafe(_KEY_BYTES)


def ticket_path(code: str) -> str:
    """Give the address of a ticket's page."""
    return f"/tickets/{quote(code, safe='')}"


async def ticket_act(
    ask: Asking,
    code: str,
    key: Annotated[str, Form(min_length=8, max_length=LONGEST_KEY)],
    version: Version = None,
) -> TicketAct:
    """Read what every form about a ticket carries; a code may be written as people do."""
    filled = (await ask.request.form()).multi_items()
    return TicketAct(ask, str(typed_code(code) or code), key, version, digest_of(filled))


def digest_of(filled: Iterable[tuple[str, Any]]) -> str:
    """Give a digest of the fields of a form, without those that each page makes anew."""
    told = [(name, str(value)) for name, value in filled if name not in _OF_THE_PAGE]
    return hash_of(json.dumps(told))


Acting = Annotated[TicketAct, Depends(ticket_act)]
