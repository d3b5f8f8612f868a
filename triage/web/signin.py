"""Signing in and out."""

import secrets
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from triage.core.people import Right
from triage.service import signin as service
from triage.web.access import Asking, DeskRouter, cookie_name, hash_of
from triage.web.desk import AnyDesk, Desk, network_of
from triage.web.headers import DESK_POLICY
from triage.web.templating import render

router = DeskRouter()

_TOKEN_BYTES = 32
_LONGEST_PASSWORD = 128


@router.get("/sign-in", response_class=HTMLResponse)
def form(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 - the name in the address
    """Show the two fields."""
    return _page(request, next)


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(
    request: Request,
    desk: AnyDesk,
    name: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=_LONGEST_PASSWORD)] = "",
    next: Annotated[str, Form(max_length=1000)] = "/",  # noqa: A002 - same
) -> Response:
    """Open a session; a wrong name and a wrong password are told in the same words."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    hours = timedelta(hours=desk.app.config.web.session_hours)
    arrival = service.Arrival(
        hash_of(token), network_of(request), request.headers.get("user-agent", ""), hours
    )
    if not service.sign_in(desk.database, desk.app.means.clock, name, password, arrival):
        return _page(request, next, name=name, wrong=True)
    answer = RedirectResponse(local(next), status_code=303)
    _give(answer, desk, token)
    return answer


@router.act("/sign-out", Right.SELF)
def sign_out(ask: Asking) -> Response:
    """End the session, and have the browser forget what it kept."""
    service.sign_out(ask.desk.database, ask.desk.app.means.clock, ask.session.id, ask.person.name)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(
        cookie_name(ask.desk), path="/", secure=_secure(ask.desk), httponly=True, samesite="lax"
    )
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def local(path: str) -> str:
    """Give an address of ours to go to; the front page for whatever leads elsewhere."""
    parts = urlsplit(path)
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if plain and not parts.scheme and not parts.netloc else "/"


def _give(answer: Response, desk: Desk, token: str) -> None:
    answer.set_cookie(cookie_name(desk), token, path="/", secure=_secure(desk), httponly=True, samesite="lax")


def _secure(desk: Desk) -> bool:
    return desk.app.config.web.secure_cookies


def _page(request: Request, there: str, *, name: str = "", wrong: bool = False) -> HTMLResponse:
    language = request.cookies.get("language", "vi")
    html = render("desk/sign_in.html", language=language, there=local(there), name=name, wrong=wrong)
    return HTMLResponse(html, 401 if wrong else 200, headers={"Content-Security-Policy": DESK_POLICY})
