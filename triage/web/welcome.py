"""Where an invitation leads: its person chooses a password there, once."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from triage.core.passwords import LONGEST, SHORTEST, Weakness
from triage.service import invitations
from triage.service.invitations import WEAK
from triage.web.access import DeskRouter
from triage.web.accountwords import account_refusal
from triage.web.cookies import arrival_of, give_token, language_of, new_token
from triage.web.desk import AnyDesk
from triage.web.outside import following, outside
from triage.web.templating import words_of

router = DeskRouter()

Chosen = Annotated[str, Form(max_length=1000)]
"""Longer than a password may be, so that one that is too long is told so instead of being cut."""


@router.get("/welcome/{token}", response_class=HTMLResponse)
def form(request: Request, desk: AnyDesk, token: str) -> HTMLResponse:
    """Ask an invited person for a password. Looking uses nothing up: mail programs look too."""
    person = invitations.invited(desk.database, desk.app.means.clock, token)
    if person is None:
        return _over(request)
    return _page(request, token, person.name)


@router.post("/welcome/{token}", response_class=HTMLResponse)
def accept(
    request: Request, desk: AnyDesk, token: str, password: Chosen = "", again: Chosen = ""
) -> Response:
    """Set the password and begin a session."""
    clock = desk.app.means.clock
    person = invitations.invited(desk.database, clock, token)
    if person is None:
        return _over(request)
    if password != again:
        return _page(request, token, person.name, 422)
    session = new_token()
    arrival = arrival_of(request, desk, session)
    match invitations.accept(desk.database, clock, token, password, arrival, desk.demanded):
        case None:
            return _over(request)
        case Weakness() as weak:
            told = account_refusal(words_of(language_of(request)), WEAK[weak][0])
            return _page(request, token, person.name, 422, told)
        case factor:
            answer = RedirectResponse(following(factor, "/"), status_code=303)
            give_token(answer, desk, session)
            return answer


def _page(request: Request, token: str, name: str, status: int = 200, weak: str = "") -> HTMLResponse:
    differing = status != 200 and not weak  # noqa: PLR2004 - the status of the answer
    return outside(
        request,
        "desk/welcome.html",
        status,
        token=token,
        name=name,
        weak=weak,
        differing=differing,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _over(request: Request) -> HTMLResponse:
    return outside(request, "desk/welcome_over.html", 404)
