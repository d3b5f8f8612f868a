"""Who asks the API: a token is looked at before anything else of a request.

``ApiRouter`` is the only way to add a route; each demands a scope of the token and a right of its person, as
he stands now. Cookies open nothing here, so no other site can ask in anybody's name.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from triage.core.apiscopes import Scope
from triage.core.people import Person, Right
from triage.db.tokens import TokenRow
from triage.service import tokens
from triage.web.access import RIGHT
from triage.web.desk import Desk, desk_of, network_of
from triage.web.repeated import LISTS

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

SCOPE = "x-scope"
"""Under which name a route carries the scope that it demands."""

MOST_BYTES = 512 * 1024
"""Of a request: the longest note, with every letter of it escaped."""

_LONGEST_TOKEN = 200
_BEARER = "bearer"


class NoTokenError(Exception):
    """There is no token, or it opens nothing."""


class DeniedTokenError(Exception):
    """The token is in force and not good for this; the sentence says what it lacks."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One request of a program: in whose name it asks, and with which token."""

    request: Request
    desk: Desk
    person: Person
    token: TokenRow


def token_in(request: Request) -> str:
    """Give the token of a request, empty where it bears none."""
    sort, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip()[:_LONGEST_TOKEN] if sort.lower() == _BEARER else ""


def caller_of(request: Request) -> Caller:
    """Give who asks. The route has found him out before."""
    found: Caller = request.state.caller
    return found


Calling = Annotated[Caller, Depends(caller_of)]


class ApiRoute(APIRoute):
    """A route that answers nobody without a token that is good for it, whatever else he sends."""

    def get_route_handler(self) -> Handler:
        """Look at the token first, and only then at the rest."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            length = request.headers.get("content-length", "")
            if length.isdecimal() and int(length) > MOST_BYTES:
                raise HTTPException(413)
            request.state.caller = await run_in_threadpool(self._let_in, request)
            return await handler(request)

        return guarded

    def _let_in(self, request: Request) -> Caller:
        desk, network = desk_of(request), network_of(request)
        database, clock = desk.database, desk.app.means.clock
        found = tokens.let_in(database, clock, token_in(request), network)
        if found is None:
            raise NoTokenError
        token, person = found
        extra = self.openapi_extra or {}
        scope = Scope(extra[SCOPE]) if SCOPE in extra else None
        right = Right(extra[RIGHT])
        lacks = _lacking(token, person, scope, right)
        what = f"{request.method} {request.scope['root_path']}{_path(request)}"
        tokens.note_use(database, clock, token, what, network, allowed=not lacks)
        if lacks:
            raise DeniedTokenError(lacks)
        return Caller(request, desk, person, token)


def _path(request: Request) -> str:
    root: str = request.scope["root_path"]
    path: str = request.scope["path"]
    return path.removeprefix(root)


def _lacking(token: TokenRow, person: Person, scope: Scope | None, right: Right) -> str:
    if scope is not None and scope not in token.scopes:
        return f"This token lacks the scope {scope.value}."
    if not person.may(right):
        return f"The person of this token lacks the right {right.value}."
    return ""


class ApiRouter(APIRouter):
    """Routes for programs: each demands a scope of the token and a right of its person."""

    def __init__(self) -> None:
        described = "A token of triage: made at /account/tokens or by triage tokens add."
        bearer = HTTPBearer(auto_error=False, scheme_name="token", description=described)
        super().__init__(route_class=ApiRoute, dependencies=[Depends(bearer)])

    def ask(
        self,
        method: str,
        path: str,
        scope: Scope | None,
        right: Right = Right.READ,
        *,
        lists: tuple[str, ...] = (),
        **more: Any,  # noqa: ANN401 - what FastAPI takes
    ) -> Callable[[Endpoint], Endpoint]:
        """Add a route; without a scope any token will do.

        ``lists`` are names that may stand in the address more than once.
        """
        extra = {RIGHT: right.value, LISTS: lists, **({SCOPE: scope.value} if scope else {})}
        return self.api_route(path, methods=[method], openapi_extra=extra, **more)
