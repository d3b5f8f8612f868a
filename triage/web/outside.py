"""Pages for whoever is not, or not wholly, signed in; and where such pages lead."""

from typing import Any, assert_never
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from triage.core.people import Factor
from triage.web.cookies import language_of
from triage.web.headers import DESK_POLICY
from triage.web.templating import render


def outside(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - what a template is given may be anything
    """Fill a template that shows nothing of the desk, in the language of the browser."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    html = render(template, language=language_of(request), **{"here": here, **values})
    return HTMLResponse(html, status, headers={"Content-Security-Policy": DESK_POLICY})


def local(path: str) -> str:
    """Give an address of ours to go to; the front page for whatever leads elsewhere."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


def following(factor: Factor, there: str) -> str:
    """Give the page that follows where a session has begun: the second step, or what somebody wanted."""
    there = local(there)
    match factor:
        case Factor.HALF:
            return f"/sign-in/code?next={quote(there, safe='')}"
        case Factor.ENROL:
            return f"/second-factor?next={quote(there, safe='')}"
        case Factor.PASSWORD | Factor.CODE | Factor.RECOVERY | Factor.OIDC:
            return there
        case _:
            assert_never(factor)
