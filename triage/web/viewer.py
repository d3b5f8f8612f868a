"""The pages of one mail: what it says, its HTML in a frame of its own, its pictures and files.

``triage mails view`` serves them behind a secret address; the desk gives the same answers behind its rights
(``triage.web.mails``). Pictures have an address of their own, ``/m/<id>/image/<n>``, because their only
permission is a token: a frame without origin sends no cookie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from triage.core.inline_images import inline_images
from triage.core.mail import Attachment
from triage.core.parse import parts_of
from triage.core.raster import read_raster
from triage.core.safe_html import SafeHtml, safe_html
from triage.web.dispositions import content_disposition
from triage.web.headers import BODY_HEADERS, DOWNLOAD_HEADERS, IMAGE_HEADERS, PAGE_POLICY
from triage.web.imagetokens import ImageTokens
from triage.web.mailpage import ShownMail, View, mail_page
from triage.web.rownumbers import Number, Place
from triage.web.templating import STYLESHEET, render

LoadMail = Callable[[int], ShownMail | None]

SHOWS_A_PICTURE = frozenset({"", "image"})
SAVES_A_FILE = frozenset({"", "document", "empty"})
"""What a browser may ask a file for (Sec-Fetch-Dest); never to put it into a page."""

Destination = Annotated[str, Header(alias="Sec-Fetch-Dest")]


def viewer_router(
    load: LoadMail, allowed: Callable[..., Any], tokens: ImageTokens, zone: tzinfo
) -> APIRouter:
    """Give the pages. ``load`` gives a mail or None; ``allowed`` is a dependency that raises for a stranger.

    It guards every page but pictures and stylesheet, and may ask for the path parameter ``mail``.
    """
    viewer = _Viewer(load, tokens, zone)
    router, guarded = APIRouter(), [Depends(allowed)]
    router.add_api_route("/m/{mail}", viewer.page, dependencies=guarded)
    router.add_api_route("/m/{mail}/body", viewer.body, dependencies=guarded)
    router.add_api_route("/m/{mail}/part/{place}", viewer.file, dependencies=guarded)
    router.add_api_route("/m/{mail}/image/{place}", viewer.image)
    router.add_api_route("/static/viewer.css", _stylesheet)
    return router


@dataclass(frozen=True, slots=True)
class _Viewer:
    load: LoadMail
    tokens: ImageTokens
    zone: tzinfo

    def page(self, request: Request, mail: Number, view: Annotated[View, Query()] = View.NEW) -> Response:
        """Show a mail: its new words first."""
        one, here = self._found(mail), request.url.path
        notes: tuple[str, ...] = ()
        if view is View.HTML:
            shown = made_safe(one, here, self.tokens)
            notes = tuple(note.vi for note in shown.notes)
            view = view if shown.html is not None else View.FULL
        page = mail_page(one, view, notes, self.zone)
        html = render("mail.html", page=page, here=here, root=here.rpartition("/m/")[0])
        return HTMLResponse(html, headers={"Content-Security-Policy": PAGE_POLICY})

    def body(self, request: Request, mail: Number) -> Response:
        """Give the HTML of a mail as a document of its own."""
        return body_of(self._found(mail), request.url.path.removesuffix("/body"), self.tokens)

    def image(
        self,
        mail: Number,
        place: Place,
        t: Annotated[str, Query(max_length=100)] = "",
        destination: Destination = "",
    ) -> Response:
        """Give one picture that a mail's HTML shows, to whoever holds its token."""
        if not self.tokens.is_good(t, mail, place) or destination not in SHOWS_A_PICTURE:
            raise HTTPException(404)
        return picture_of(self._found(mail), place)

    def file(self, mail: Number, place: Place, destination: Destination = "") -> Response:
        """Give one attachment to be saved, never to be shown."""
        if destination not in SAVES_A_FILE:
            raise HTTPException(403)
        return file_of(self._found(mail), place)

    def _found(self, mail: int) -> ShownMail:
        one = self.load(mail)
        if one is None:
            raise HTTPException(404)
        return one


def _stylesheet() -> Response:
    return Response(STYLESHEET, media_type="text/css")


def made_safe(one: ShownMail, here: str, tokens: ImageTokens) -> SafeHtml:
    """Filter the HTML of a mail; none where anything of the mail is hidden. ``here`` is its address."""
    if one.hides:
        return SafeHtml(None, ())
    images = {
        content_id: f"{here}/image/{place}?t={tokens.give(one.id, place)}"
        for content_id, place in inline_images(one.mail).items()
    }
    return safe_html(one.mail.html, images)


def body_of(one: ShownMail, here: str, tokens: ImageTokens) -> Response:
    """Give the HTML of a mail as a document of its own, harmless in any frame. Raises HTTPException (404)."""
    shown = made_safe(one, here, tokens)
    if shown.html is None:
        raise HTTPException(404)
    return HTMLResponse(render("body.html", html=shown.html), headers=BODY_HEADERS)


def part_of(one: ShownMail, place: int) -> tuple[Attachment, bytes]:
    """Give one attachment with its bytes. Raises HTTPException (404)."""
    parts = parts_of(one.mail, one.raw)
    if not 0 <= place < len(parts):
        raise HTTPException(404)
    attachment, provide = parts[place]
    return attachment, provide()


def picture_of(one: ShownMail, place: int) -> Response:
    """Give one picture as what its bytes are. Raises HTTPException (404) for whatever is none."""
    attachment, data = part_of(one, place)
    raster = read_raster(data)
    if raster is None:
        raise HTTPException(404)
    name = attachment.name or f"anh-{place + 1}.{raster.type.removeprefix('image/')}"
    disposition = content_disposition("inline", name, place + 1)
    return Response(
        data, media_type=raster.type, headers={**IMAGE_HEADERS, "Content-Disposition": disposition}
    )


def file_of(one: ShownMail, place: int) -> Response:
    """Give one attachment to be saved, under its own name and as nothing that a browser opens."""
    attachment, data = part_of(one, place)
    disposition = content_disposition("attachment", attachment.name, place + 1)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={**DOWNLOAD_HEADERS, "Content-Disposition": disposition},
    )
