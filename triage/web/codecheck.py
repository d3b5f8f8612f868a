"""The page for everybody that says whether a code was given to an address: yes or no alone.

It is served only where [web] public_check says so. It sets no cookie and reads none; a wrong code and a wrong
address are answered in the same words after the same time, and nobody may ask for long.
"""

from time import monotonic, sleep
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse

from triage.service import codecheck as service
from triage.service.codecheck import LONGEST_ADDRESS, LONGEST_CODE
from triage.web.desk import AnyDesk, network_of
from triage.web.headers import DESK_POLICY
from triage.web.templating import LANGUAGES, render

router = APIRouter()

PLACE = "/kiem-tra"
SECONDS = 0.3
"""After which every answer comes: finding a ticket takes a moment longer than finding none."""

Language = Annotated[str, Query(alias="lang", max_length=8)]


@router.get(PLACE, response_class=HTMLResponse)
def form(language: Language = "vi") -> HTMLResponse:
    """Show the two fields."""
    return _page(language)


@router.post(PLACE, response_class=HTMLResponse)
def check(
    request: Request,
    desk: AnyDesk,
    code: Annotated[str, Form(max_length=LONGEST_CODE)] = "",
    address: Annotated[str, Form(max_length=LONGEST_ADDRESS)] = "",
    language: Language = "vi",
) -> HTMLResponse:
    """Say yes or no."""
    until = monotonic() + SECONDS
    clock = desk.app.means.clock
    if not service.take_try(desk.database, clock, network_of(request)):
        return _page(language, 429, code=code, address=address, late=True)
    genuine = service.is_genuine(desk.database, code, address)
    sleep(max(0.0, until - monotonic()))
    return _page(language, code=code, address=address, answer="yes" if genuine else "no")


def _page(
    language: str,
    status: int = 200,
    *,
    code: str = "",
    address: str = "",
    answer: str = "",
    late: bool = False,
) -> HTMLResponse:
    html = render(
        "desk/code_check.html",
        language=language,
        place=PLACE,
        others={one: label for one, label in LANGUAGES.items() if one != language},
        code=code,
        address=address,
        answer=answer,
        late=late,
        longest_code=LONGEST_CODE,
        longest_address=LONGEST_ADDRESS,
    )
    headers = {"Content-Security-Policy": DESK_POLICY, "X-Robots-Tag": "noindex, nofollow"}
    if late:
        headers["Retry-After"] = str(int(service.WINDOW.total_seconds()))
    return HTMLResponse(html, status, headers=headers)
