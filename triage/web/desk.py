"""What the pages of the desk share: the installation, and what one request is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from triage.app import App
from triage.core.people import NEEDS_SECOND_FACTOR, Person, Right, Role
from triage.db import acts, people
from triage.db.engine import Database
from triage.db.sessions import Session
from triage.db.tickets import TicketRow
from triage.db.visibility import visible_to
from triage.service import desk as service, noticing
from triage.web.feed import Feed
from triage.web.headers import DESK_POLICY
from triage.web.imagetokens import ImageTokens
from triage.web.pendingsecrets import PendingSecrets
from triage.web.pendingsignins import PendingSignIns
from triage.web.templating import Words, render, words_of


@dataclass(frozen=True, slots=True)
class Desk:
    """One installation as its pages see it."""

    app: App
    images: ImageTokens
    feed: Feed
    since: datetime
    """Since when it is served, UTC: its rules were loaded for that."""
    rights: Mapping[str, Right] = field(default_factory=dict)
    """What each route of the desk demands, by method and path: "GET /tickets"."""
    demanded: frozenset[Role] = NEEDS_SECOND_FACTOR
    """Roles that sign in with a code besides the password."""
    pending: PendingSecrets = field(default_factory=PendingSecrets)
    attempts: PendingSignIns = field(default_factory=PendingSignIns)

    @property
    def database(self) -> Database:
        """The database of the installation."""
        return self.app.database

    def now(self) -> datetime:
        """Give the present moment, UTC."""
        return self.app.means.clock.now()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of somebody who is signed in: everything that a page is made from."""

    request: Request
    desk: Desk
    person: Person
    session: Session

    @property
    def words(self) -> Words:
        """The language of this person."""
        return words_of(self.person.language)

    @property
    def network(self) -> str:
        """Where the request comes from, for the audit."""
        return network_of(self.request)

    @property
    def here(self) -> str:
        """The address of this page, from our root on."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def offers(self, path: str, method: str = "GET") -> bool:
        """Whether the desk has such a page or act and this person may use it."""
        right = self.desk.rights.get(f"{method} {path}")
        return right is not None and self.person.may(right)

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - same
        """Fill a template of the desk; it also knows who asks, and what is new to him."""
        html = render(
            template,
            language=self.person.language,
            ask=self,
            me=self.person,
            form_token=self.session.form_token,
            done=self._done(),
            unread_notices=noticing.unread(self.desk.database, self.desk.app.means.clock, self.person),
            **values,
        )
        return HTMLResponse(html, status, headers={"Content-Security-Policy": DESK_POLICY})

    def go(self, path: str, *, act: str = "") -> Response:
        """Send the browser to a page of ours (303) after an act, whose sentence it shows there."""
        page, at, place = path.partition("#")
        mark = "&" if "?" in page else "?"
        told = f"{mark}act={act}" if act else ""
        return RedirectResponse(f"{page}{told}{at}{place}", status_code=303)

    def name_of(self, login: str) -> str:
        """Give what somebody is called; the login itself where nobody has it."""
        with self.desk.database.read() as connection:
            return people.display_names(connection, [login]).get(login, login)

    def ticket(self, code: str) -> TicketRow:
        """Give a ticket that this person sees. Raises NotFoundError, alike where there is none."""
        now = self.desk.now()
        with self.desk.database.read() as connection:
            return service.find(connection, code, visible=visible_to(self.person, now))

    def _done(self) -> acts.Act | None:
        key = self.request.query_params.get("act", "")
        if not key:
            return None
        with self.desk.database.read() as connection:
            return acts.find(connection, key[:64], self.person.id)


def network_of(request: Request) -> str:
    """Give the address that a request comes from; X-Forwarded-For counts only from a trusted proxy."""
    return request.client.host if request.client else ""


def desk_of(request: Request) -> Desk:
    """Give the installation that a request came to."""
    found: Desk = request.app.state.desk
    return found


AnyDesk = Annotated[Desk, Depends(desk_of)]
