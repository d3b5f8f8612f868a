"""The desk as one application: its pages, what guards them, and what answers when something goes wrong."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from triage.app import App
from triage.core.people import NEEDS_SECOND_FACTOR, Factor, Role
from triage.errors import (
    AccountError,
    NotFoundError,
    RefusalError,
    RefusedActError,
    ThrottledError,
    TriageError,
)
from triage.service.news import Newsreader
from triage.web import (
    account,
    acts_incident,
    approvals,
    assets,
    auditpage,
    board,
    bulk,
    campaignacts,
    campaignnoticepages,
    campaignpages,
    codecheck,
    evidencefile,
    export,
    health,
    incidents,
    live,
    mails,
    notices,
    oidc,
    operations,
    peoplelinks,
    peoplepages,
    queue,
    refusals,
    reportfile,
    reports,
    rulespage,
    search,
    secondfactor,
    security,
    senderspage,
    signin,
    ticket,
    today,
    tokenpages,
    treasuriespage,
    unitfiles,
    unitproposals,
    unitspage,
    views,
    warningpages,
    webhookspage,
    welcome,
)
from triage.web.access import (
    ConfirmFirstError,
    DeniedError,
    NotSignedInError,
    UnfinishedError,
    rights_of,
)
from triage.web.accountwords import account_refusal, throttled
from triage.web.acts import ACTS
from triage.web.api.app import PLACE, create_api
from triage.web.desk import Desk
from triage.web.feed import Feed
from triage.web.headers import DESK_POLICY, EVERYWHERE, SecuredHeaders
from triage.web.imagetokens import ImageTokens
from triage.web.origins import SameOriginOnly
from triage.web.repeated import demand_single
from triage.web.templating import Words, render, words_of

MOST_BYTES = 2 * 1024 * 1024
"""Of a form; nobody uploads files to the desk."""

ROUTERS = (
    assets.router,
    signin.router,
    oidc.router,
    secondfactor.router,
    welcome.router,
    account.router,
    tokenpages.router,
    peoplepages.router,
    peoplelinks.router,
    webhookspage.router,
    auditpage.router,
    board.router,
    today.router,
    live.router,
    export.router,
    evidencefile.router,
    queue.router,
    bulk.router,
    security.router,
    warningpages.router,
    campaignpages.router,
    campaignacts.router,
    campaignnoticepages.router,
    views.router,
    ticket.router,
    search.router,
    mails.router,
    *ACTS,
    incidents.router,
    acts_incident.router,
    notices.router,
    approvals.router,
    operations.router,
    rulespage.router,
    senderspage.router,
    # before the page of a unit, whose number would take their names
    unitfiles.router,
    unitproposals.router,
    unitspage.router,
    treasuriespage.router,
    reportfile.router,
    reports.router,
)
"""Every page of the desk; a new file adds its router here."""


def create_desk(app: App, demanded: frozenset[Role] = NEEDS_SECOND_FACTOR) -> ASGIApp:
    """Make the application that serves the desk of an installation and its health answers.

    ``demanded`` are the roles that need a second factor; only a demonstration of made-up mail asks for less.
    """
    return SecuredHeaders(desk_routes(app, demanded), hsts=app.config.web.secure_cookies)


def desk_routes(app: App, demanded: frozenset[Role] = NEEDS_SECOND_FACTOR) -> FastAPI:
    """Make the same without the outermost wrapper, so that tests can walk through its routes."""
    web = health.create_app(app.database, app.means.clock, app.receivers(), app.place)
    clock = app.means.clock
    reader = Newsreader(app.database, clock, timedelta(minutes=app.config.web.idle_minutes))
    web.state.desk = Desk(
        app,
        ImageTokens(clock.now),
        Feed(reader, clock, app.news),
        clock.now(),
        dict(rights_of(ROUTERS)),
        demanded,
    )
    web.mount(PLACE, create_api(web.state.desk))
    web.router.routes.extend(_pages())
    if app.config.web.public_check:
        web.include_router(codecheck.router, dependencies=[Depends(demand_single)])
    web.add_middleware(SameOriginOnly, address=app.config.web.address)
    web.add_middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BYTES)
    for error, answer in ANSWERS.items():
        web.add_exception_handler(error, answer)
    return web


@cache
def _pages() -> tuple[BaseRoute, ...]:
    """Give the routes of every page.

    They are the same for each desk of a process: FastAPI takes most of a second to work them out.
    """
    pages = APIRouter()
    for router in ROUTERS:
        pages.include_router(router, dependencies=[Depends(demand_single)])
    return tuple(pages.routes)


def _to_sign_in(request: Request, error: Exception) -> Response:
    """Lead to the sign-in and, after a page, back; what asks in the background is only told no."""
    del error
    if request.method != "GET" or request.headers.get("sec-fetch-dest", "document") not in {"document", ""}:
        return _problem(request, 401)
    return RedirectResponse(f"/sign-in?next={quote(_here(request), safe='')}", status_code=303)


def _to_second_step(request: Request, error: Exception) -> Response:
    """Lead on to the code, or to setting one up; there is no way round it."""
    if request.method != "GET" or not isinstance(error, UnfinishedError):
        return _problem(request, 401)
    step = "/sign-in/code" if error.factor is Factor.HALF else "/second-factor"
    return RedirectResponse(f"{step}?next={quote(_here(request), safe='')}", status_code=303)


def _to_confirm(request: Request, error: Exception) -> Response:
    back = error.back if isinstance(error, ConfirmFirstError) else _here(request)
    return RedirectResponse(f"/account/confirm?next={quote(back, safe='')}", status_code=303)


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _denied(request: Request, error: Exception) -> Response:
    del error
    return _problem(request, 403)


def _told(request: Request, error: Exception) -> Response:
    """Tell a person what the service refuses, in its own sentence."""
    match error:
        case NotFoundError():
            return _problem(request, 404)
        case AccountError():
            return _problem(request, 409, account_refusal(_words(request), error.code))
        case ThrottledError():
            return _problem(request, 429, throttled(_words(request), error.minutes))
        case RefusedActError():
            return _problem(request, 409, refusals.worded(_words(request), error))
        case RefusalError():
            return _problem(request, 409, str(error))
        case _:
            return _problem(request, 503)


def _http(request: Request, error: Exception) -> Response:
    return _problem(request, error.status_code if isinstance(error, HTTPException) else 500)


def _wrong(request: Request, error: Exception) -> Response:
    del error
    return _problem(request, 422)


def _broken(request: Request, error: Exception) -> Response:
    del error
    return _problem(request, 500)


def _words(request: Request) -> Words:
    return words_of(request.cookies.get("language", "vi"))


def _problem(request: Request, status: int, sentence: str = "") -> Response:
    """Show the page for a refusal; it tells nothing but the sentence."""
    language = request.cookies.get("language", "vi")
    html = render("desk/problem.html", language=language, status=status, sentence=sentence)
    headers = {**EVERYWHERE, "Content-Security-Policy": DESK_POLICY}
    return HTMLResponse(html, status, headers=headers)


ANSWERS: dict[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    NotSignedInError: _to_sign_in,
    UnfinishedError: _to_second_step,
    ConfirmFirstError: _to_confirm,
    DeniedError: _denied,
    TriageError: _told,
    HTTPException: _http,
    RequestValidationError: _wrong,
    Exception: _broken,
}
