"""Signing in, by password and code, and signing out."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from triage.core.people import Factor, Right
from triage.errors import ThrottledError
from triage.service import secondfactor, signin as service
from triage.web.access import Arriving, Asking, DeskRouter, NotSignedInError, demand_form_token
from triage.web.accountwords import throttled
from triage.web.cookies import arrival_of, give_language, give_token, language_of, new_token, take_token
from triage.web.desk import AnyDesk, Desk
from triage.web.outside import following, local, outside
from triage.web.templating import words_of

router = DeskRouter()

_LONGEST_PASSWORD = 128

Next = Annotated[str, Form(max_length=1000)]


@router.get("/sign-in", response_class=HTMLResponse)
def form(request: Request, desk: AnyDesk, next: str = "/") -> HTMLResponse:  # noqa: A002 - the name in the address
    """Show the two fields."""
    return sign_in_page(request, desk, next)


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(
    request: Request,
    desk: AnyDesk,
    name: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=_LONGEST_PASSWORD)] = "",
    next: Next = "/",  # noqa: A002 - same
) -> Response:
    """Open a session; a wrong name and a wrong password are told in the same words."""
    token = new_token()
    arrival, clock = arrival_of(request, desk, token), desk.app.means.clock
    try:
        factor = service.sign_in(desk.database, clock, name, password, arrival, desk.demanded)
    except ThrottledError as error:
        return sign_in_page(request, desk, next, 429, name=name, late=error.minutes)
    if factor is None:
        return sign_in_page(request, desk, next, 401, name=name)
    answer = RedirectResponse(following(factor, next), status_code=303)
    give_token(answer, desk, token)
    return answer


@router.get("/sign-in/code", response_class=HTMLResponse)
def code_form(ask: Arriving, next: str = "/") -> Response:  # noqa: A002 - same
    """Ask for the code, after the password."""
    _demand_half(ask)
    return _code_page(ask, next)


@router.post("/sign-in/code", response_class=HTMLResponse)
def give_code(
    ask: Arriving,
    code: Annotated[str, Form(max_length=64)] = "",
    form_token: Annotated[str, Form(max_length=64)] = "",
    next: Next = "/",  # noqa: A002 - same
) -> Response:
    """Take a code or a recovery code; a session of its own begins with it."""
    _demand_half(ask)
    demand_form_token(ask, form_token)
    desk, token = ask.desk, new_token()
    arrival = arrival_of(ask.request, desk, token)
    clock = desk.app.means.clock
    try:
        given = secondfactor.give_code(desk.database, clock, ask.session.id, ask.person, code, arrival)
    except ThrottledError as error:
        return _code_page(ask, next, 429, late=error.minutes)
    if not given:
        return _code_page(ask, next, 401)
    answer = RedirectResponse(local(next), status_code=303)
    give_token(answer, desk, token)
    return answer


@router.act("/sign-out", Right.SELF)
def sign_out(ask: Asking) -> Response:
    """End the session, and have the browser forget what it kept."""
    service.sign_out(ask.desk.database, ask.desk.app.means.clock, ask.session.id, ask.person.name)
    answer = RedirectResponse("/sign-in", status_code=303)
    take_token(answer, ask.desk)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.post("/language", response_class=HTMLResponse)
def language(
    desk: AnyDesk,
    language: Annotated[str, Form(max_length=8)] = "vi",
    next: Next = "/",  # noqa: A002 - same
) -> Response:
    """Remember a language in the browser of somebody who is not signed in."""
    answer = RedirectResponse(local(next), status_code=303)
    give_language(answer, desk, language)
    return answer


def _demand_half(ask: Arriving) -> None:
    if ask.session.factor != Factor.HALF:
        raise NotSignedInError


def sign_in_page(
    request: Request,
    desk: Desk,
    there: str,
    status: int = 200,
    *,
    name: str = "",
    late: int = 0,
    failed: str = "",
) -> HTMLResponse:
    """Show the page to sign in with; ``failed`` is a sentence on what went wrong at the provider."""
    oidc = desk.app.config.oidc
    return outside(
        request,
        "desk/sign_in.html",
        status,
        # never the address of a way back, which holds what is used once
        here=f"/sign-in?next={quote(local(there), safe='')}",
        there=local(there),
        name=name,
        wrong=status == 401,  # noqa: PLR2004 - the status of the answer
        failed=throttled(words_of(language_of(request)), late) if late else failed,
        provider=bool(oidc.issuer),
        label=oidc.label,
    )


def _code_page(ask: Arriving, there: str, status: int = 200, *, late: int = 0) -> HTMLResponse:
    wrong = status == 401  # noqa: PLR2004 - same
    told = throttled(ask.words, late) if late else ""
    return ask.page("desk/code.html", status, there=local(there), wrong=wrong, throttled=told)
