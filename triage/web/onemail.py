"""An application that shows one mail for a while, to whoever knows its secret address."""

import hmac
import secrets
from datetime import datetime, timedelta, tzinfo

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from triage.ports import Clock
from triage.web.headers import EVERYWHERE, PAGE_POLICY, SecuredHeaders
from triage.web.imagetokens import ImageTokens
from triage.web.mailpage import ShownMail
from triage.web.templating import render
from triage.web.viewer import viewer_router

HOSTS = ["127.0.0.1", "localhost"]
"""Names that a browser on this machine calls us by; a page that lets its own name lead here is refused."""

_SECRET_BYTES = 32


def new_secret() -> str:
    """Give a part of an address that nobody can guess."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def create_app(one: ShownMail, secret: str, clock: Clock, seconds: float, zone: tzinfo) -> ASGIApp:
    """Make the application; it answers below ``/<secret>`` for so many seconds, and with 404 else."""
    ends_at = clock.now() + timedelta(seconds=seconds)

    def allowed(secret_given: str) -> None:
        if not hmac.compare_digest(secret_given.encode(), secret.encode()) or _is_over(clock, ends_at):
            raise HTTPException(404)

    def load(number: int) -> ShownMail | None:
        return one if number == one.id else None

    router = viewer_router(load, allowed, ImageTokens(clock.now), zone)
    web = FastAPI(title="triage", docs_url=None, redoc_url=None, openapi_url=None)
    web.include_router(router, prefix="/{secret_given}", dependencies=[Depends(allowed)])
    web.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)
    web.add_exception_handler(StarletteHTTPException, _refuse)
    web.add_exception_handler(RequestValidationError, _refuse)
    web.add_exception_handler(Exception, _refuse)
    return SecuredHeaders(web)


def _is_over(clock: Clock, ends_at: datetime) -> bool:
    return clock.now() >= ends_at


def _refuse(_request: Request, error: Exception) -> Response:
    """Answer every refusal with one page that tells nothing: wrong, over and unknown look alike."""
    match error:
        case StarletteHTTPException():
            status = error.status_code
        case RequestValidationError():
            status = 404
        case _:
            status = 500
    headers = {**EVERYWHERE, "Content-Security-Policy": PAGE_POLICY}
    return HTMLResponse(render("refused.html", status=status), status, headers)
