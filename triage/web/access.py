"""Who may open a page or do an act: every route of the desk says which right it demands.

``DeskRouter`` is the only way to add a route for people. The right that it is given stands in the route,
where the table of rights in the tests finds it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from hmac import compare_digest
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse

from triage.core.people import Factor, Right
from triage.core.tokens import hash_of
from triage.db import audit, sessions
from triage.web.desk import Ask, Desk, desk_of
from triage.web.repeated import LISTS

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

RIGHT = "x-right"
"""Under which name a route carries the right that it demands."""

FRESH = timedelta(minutes=10)
"""How long a password counts as just given, where it is asked for again."""
_TOUCH_EVERY = timedelta(seconds=60)
_LONGEST_TOKEN = 200


class NotSignedInError(Exception):
    """Nobody is signed in; a page leads to the sign-in and back."""


class UnfinishedError(Exception):
    """The password was right, and the second step is still to come."""

    def __init__(self, factor: Factor) -> None:
        super().__init__(factor)
        self.factor = factor


class ConfirmFirstError(Exception):
    """Whoever is signed in must first prove again that it is himself; ``back`` is where to go then."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


class DeniedError(Exception):
    """Whoever is signed in may not do this."""


def cookie_name(desk: Desk) -> str:
    """Give the name of the session's cookie; a browser takes ``__Host-`` by TLS alone, from us alone."""
    return "__Host-triage" if desk.app.config.web.secure_cookies else "triage"


def token_of(request: Request, desk: Desk) -> str:
    """Give the token that the browser has, empty where it has none."""
    return request.cookies.get(cookie_name(desk), "")[:_LONGEST_TOKEN]


def arriving(request: Request) -> Ask:
    """Give who asks, also in the middle of signing in. Raises NotSignedInError where no session is open."""
    desk = desk_of(request)
    token = token_of(request, desk)
    if not token:
        raise NotSignedInError
    now = desk.now()
    idle_since = now - timedelta(minutes=desk.app.config.web.idle_minutes)
    with desk.database.read() as connection:
        found = sessions.find(connection, hash_of(token), now, idle_since)
    if found is None:
        raise NotSignedInError
    session, person = found
    return Ask(request, desk, person, session)


Arriving = Annotated[Ask, Depends(arriving)]


def resting(ask: Arriving) -> Ask:
    """Give who asks, for what a page does by itself, which keeps no session open.

    Raises NotSignedInError, and UnfinishedError where the second step of a sign-in is still to come.
    """
    factor = Factor(ask.session.factor)
    if not factor.opens:
        raise UnfinishedError(factor)
    return ask


Resting = Annotated[Ask, Depends(resting)]


def asking(ask: Resting) -> Ask:
    """Give who asks, and note that somebody is there. Raises like ``resting``."""
    now = ask.desk.now()
    if now - ask.session.seen_at >= _TOUCH_EVERY:
        with ask.desk.database.write() as connection:
            sessions.touch(connection, ask.session.id, now)
    return ask


Asking = Annotated[Ask, Depends(asking)]


def is_fresh(ask: Ask) -> bool:
    """Whether somebody proved a short while ago that it is himself."""
    return ask.desk.now() - ask.session.confirmed_at < FRESH


def demand_fresh(back: str) -> Callable[[Ask], None]:
    """Make the dependency of what weighs more: password or code must have been given just now.

    ``back`` is the page to come back to afterwards, empty for the very page that was asked for.
    """

    def check(ask: Asking) -> None:
        if not is_fresh(ask):
            raise ConfirmFirstError(back or ask.here)

    return check


def demand(right: Right, *, watched: bool = True) -> Callable[[Ask], None]:
    """Make the dependency that lets nobody through without a right and notes who looked at what.

    ``watched`` is off for what a page asks for by itself over and over.
    """

    def check(ask: Asking) -> None:
        allowed = ask.person.may(right)
        if not watched and allowed:
            return
        if allowed and ask.request.method == "POST":
            return  # the act writes its own line
        action = "view" if allowed else "denied"
        with ask.desk.database.write() as connection:
            audit.append(
                connection,
                ask.desk.now(),
                ask.person.name,
                action,
                ask.request.url.path,
                network=ask.network,
            )
        if not allowed:
            raise DeniedError

    return check


def demand_form_token(ask: Arriving, form_token: Annotated[str, Form(max_length=64)] = "") -> None:
    """Refuse a form that did not come from a page of this session."""
    if not form_token or not compare_digest(form_token.encode(), ask.session.form_token.encode()):
        raise HTTPException(403)


def demand_quietly(right: Right) -> Callable[[Ask], None]:
    """Make the same for what a page asks for by itself: neither noted nor a sign that somebody is there."""

    def check(ask: Resting) -> None:
        if not ask.person.may(right):
            raise DeniedError

    return check


class DeskRouter(APIRouter):
    """Routes for people: ``page`` shows, ``act`` changes, ``stream`` keeps telling; each demands a right."""

    def page(
        self,
        path: str,
        right: Right,
        *,
        watched: bool = True,
        fresh: bool = False,
        lists: tuple[str, ...] = (),
    ) -> Callable[[Endpoint], Endpoint]:
        """Add a page that shows something and changes nothing; ``fresh`` asks for the password again.

        ``lists`` are names that may stand in the address more than once, where the page reads it itself.
        """
        checks = [Depends(demand(right, watched=watched)), *([Depends(demand_fresh(""))] if fresh else [])]
        extra = {RIGHT: right.value, LISTS: lists}
        return self.get(path, response_class=HTMLResponse, dependencies=checks, openapi_extra=extra)

    def act(
        self, path: str, right: Right, *, fresh: str = "", lists: tuple[str, ...] = ()
    ) -> Callable[[Endpoint], Endpoint]:
        """Add an act: a form of ours, sent by POST with the token of its session.

        Where ``fresh`` names a page, the password is asked for again, and that page follows.
        """
        checks = [Depends(demand(right)), Depends(demand_form_token)]
        checks += [Depends(demand_fresh(fresh))] if fresh else []
        extra = {RIGHT: right.value, LISTS: lists}
        return self.post(path, response_class=HTMLResponse, dependencies=checks, openapi_extra=extra)

    def stream(self, path: str, right: Right) -> Callable[[Endpoint], Endpoint]:
        """Add server-sent events, which an open page listens to."""
        return self.get(
            path,
            response_class=EventSourceResponse,
            dependencies=[Depends(demand_quietly(right))],
            openapi_extra={RIGHT: right.value},
        )


def rights_of(routers: Iterable[APIRouter]) -> Iterator[tuple[str, Right]]:
    """Give method and path of each route for people, and the right that it demands."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.openapi_extra:
                for method in sorted(route.methods or ()):
                    yield f"{method} {route.path}", Right(route.openapi_extra[RIGHT])
