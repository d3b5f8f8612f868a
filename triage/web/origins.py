"""Lets no other site send a form to us, whatever cookies a browser adds to it.

Fetch metadata (Sec-Fetch-Site) says where a request was made; a browser without it sends Origin with every
POST. What says neither is no browser, and meets the token of the session.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class SameOriginOnly:
    """Wraps an application; ``address`` is what a browser calls it, empty for whatever Host says."""

    def __init__(self, app: ASGIApp, address: str = "") -> None:
        self._app = app
        self._host = urlsplit(address).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] in _HARMLESS or self._is_ours(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse("This form came from another site.\n", 403)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is None or (origin == "null" and site == "same-origin"):
            # a page that sends no referrer sends no origin with its forms either (Fetch, 3.2.6)
            return True
        return _netloc(origin) == (self._host or headers.get("host", "").lower())


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
