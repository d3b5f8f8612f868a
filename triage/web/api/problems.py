"""What the API answers when something goes wrong: problem details (RFC 9457) with one sentence."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from triage.core.text import clean, one_line
from triage.errors import NotFoundError, RefusalError, RefusedActError, ThrottledError, TriageError
from triage.web.api.access import DeniedTokenError, NoTokenError

PROBLEM = "application/problem+json"
_LONGEST = 300


class Problem(BaseModel):
    """Why a request was not answered as asked."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Always about:blank: the status says what sort of problem it is.")
    title: str
    status: int
    detail: str = Field(description="One sentence that names the culprit.")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make the answer for a problem."""
    known = Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=one_line(detail)[:_LONGEST]
    )
    return JSONResponse(known.model_dump(), status, dict(headers or {}), PROBLEM)


def _no_token(request: Request, error: Exception) -> Response:
    del request, error
    headers = {"WWW-Authenticate": 'Bearer realm="triage"'}
    return problem(401, "Send a token that is in force as Authorization: Bearer triage_….", headers)


def _denied(request: Request, error: Exception) -> Response:
    del request
    return problem(403, str(error))


def _told(request: Request, error: Exception) -> Response:
    del request
    match error:
        case NotFoundError():
            return problem(404, "There is no such thing, or it may not be seen with this token.")
        case ThrottledError():
            seconds = str(error.minutes * 60)
            return problem(429, str(error), {"Retry-After": seconds})
        case RefusedActError(code="webhook_address" | "webhook_host"):
            return problem(403, str(error))
        case RefusalError():
            return problem(409, str(error))
        case _:
            return problem(
                503, "The service cannot answer at present; try again later.", {"Retry-After": "30"}
            )


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if status == 405:  # noqa: PLR2004 - every method of the address is named, not those of its first route
        headers = {"Allow": ", ".join(sorted(_methods(request)))}
    told = {
        400: "The request cannot be read: a name comes twice, or a text holds what no database keeps.",
        404: "There is nothing at this address.",
        405: f"{request.method} is not understood at this address.",
        413: "The request is too large.",
    }
    return problem(status, told.get(status, HTTPStatus(status).phrase), headers)


def _methods(request: Request) -> set[str]:
    every = request.app.state.routes
    fitting = (route for route in every if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in fitting for method in route.methods}


def _wrong(request: Request, error: Exception) -> Response:
    """Name the first thing that is wrong, without what was sent: it may be a secret in the wrong place."""
    del request
    found = error.errors() if isinstance(error, RequestValidationError) else []
    first = found[0] if found else {"loc": (), "msg": "The request cannot be read"}
    place = ".".join(str(part)[:40] for part in first["loc"])
    return problem(422, clean(f"{place}: {first['msg']}." if place else f"{first['msg']}."))


def _broken(request: Request, error: Exception) -> Response:
    del request, error
    return problem(500, "The service failed; the fault is in its log.")


ANSWERS: dict[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    NoTokenError: _no_token,
    DeniedTokenError: _denied,
    TriageError: _told,
    HTTPException: _http,
    RequestValidationError: _wrong,
    Exception: _broken,
}
