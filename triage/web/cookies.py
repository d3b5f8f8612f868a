"""The cookies of the desk: the token of a session, and the language of whoever is not signed in."""

import secrets
from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

from triage.core.tokens import hash_of
from triage.service.arrivals import Arrival
from triage.web.access import cookie_name, token_of
from triage.web.desk import Desk, network_of
from triage.web.pendingsignins import VALID
from triage.web.templating import LANGUAGES

LANGUAGE = "language"
_ATTEMPT = "triage-oidc"
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 200
_YEAR_SECONDS = 365 * 24 * 3600


def new_token() -> str:
    """Make the token of a session: 256 bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def arrival_of(request: Request, desk: Desk, token: str) -> Arrival:
    """Say how a browser comes in that is given this token; what it had before ends."""
    before = token_of(request, desk)
    return Arrival(
        hash_of(token),
        network_of(request),
        request.headers.get("user-agent", ""),
        timedelta(hours=desk.app.config.web.session_hours),
        hash_of(before) if before else "",
    )


def give_token(answer: Response, desk: Desk, token: str) -> None:
    """Give a browser the token of its session."""
    answer.set_cookie(cookie_name(desk), token, path="/", secure=_secure(desk), httponly=True, samesite="lax")


def take_token(answer: Response, desk: Desk) -> None:
    """Have a browser forget the token of its session."""
    answer.delete_cookie(cookie_name(desk), path="/", secure=_secure(desk), httponly=True, samesite="lax")


def attempt_token_of(request: Request, desk: Desk) -> str:
    """Give the token of a sign-in that this browser has under way at the provider, empty where none is."""
    return request.cookies.get(_attempt_name(desk), "")[:_LONGEST_TOKEN]


def give_attempt_token(answer: Response, desk: Desk, token: str) -> None:
    """Bind a sign-in at the provider to a browser, for as long as it may take."""
    answer.set_cookie(
        _attempt_name(desk),
        token,
        max_age=int(VALID.total_seconds()),
        path="/",
        secure=_secure(desk),
        httponly=True,
        # the way back is a link on the provider's page: Strict would keep the cookie from it
        samesite="lax",
    )


def take_attempt_token(answer: Response, desk: Desk) -> None:
    """Have a browser forget a sign-in that is over."""
    answer.delete_cookie(_attempt_name(desk), path="/", secure=_secure(desk), httponly=True, samesite="lax")


def _attempt_name(desk: Desk) -> str:
    return f"__Host-{_ATTEMPT}" if _secure(desk) else _ATTEMPT


def give_language(answer: Response, desk: Desk, language: str) -> None:
    """Have a browser remember a language; nothing else is kept with it."""
    if language in LANGUAGES:
        answer.set_cookie(
            LANGUAGE,
            language,
            max_age=_YEAR_SECONDS,
            path="/",
            secure=_secure(desk),
            httponly=True,
            samesite="lax",
        )


def language_of(request: Request) -> str:
    """Give the language of a browser that nobody is signed in with."""
    return request.cookies.get(LANGUAGE, "vi")


def _secure(desk: Desk) -> bool:
    return desk.app.config.web.secure_cookies
