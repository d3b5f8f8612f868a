"""Headers that every answer bears, errors too, and those that make parts of a mail harmless."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DESK_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types desk"
)
NO_POLICY = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

EVERYWHERE: Mapping[str, str] = {
    "Content-Security-Policy": NO_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}
"""What an answer bears unless it says otherwise."""

HSTS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}
"""A browser that has come by TLS once never comes without it again (RFC 6797)."""

BODY_HEADERS: Mapping[str, str] = {
    # the HTML of a mail: an origin of its own, no scripts, shown in a frame of our page alone
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "form-action 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
IMAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    # the frame that shows it has no origin, so "same-origin" would keep it out; its token is what protects it
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PDF_HEADERS: Mapping[str, str] = {
    # Chromium shows a PDF under this policy, in a frame too, but in no frame that has the attribute sandbox
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
DRAWING_HEADERS: Mapping[str, str] = {
    # an SVG image of our own: its style is inside, and nothing else of it is done
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}
DOWNLOAD_HEADERS: Mapping[str, str] = {"Content-Security-Policy": "sandbox; default-src 'none'"}


class SecuredHeaders:
    """Wraps an application so that every answer bears the headers of EVERYWHERE, with TLS also ``hsts``."""

    def __init__(self, app: ASGIApp, *, hsts: bool = False) -> None:
        self._app = app
        self._headers = {**EVERYWHERE, **HSTS} if hsts else EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
