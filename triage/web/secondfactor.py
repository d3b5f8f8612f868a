"""Setting up an authenticator: a picture to scan, a key to type, a first code, ten recovery codes."""

from io import BytesIO
from typing import Annotated

import segno
from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Factor, Right
from triage.service import secondfactor as service
from triage.web.access import (
    RIGHT,
    Arriving,
    Asking,
    ConfirmFirstError,
    DeskRouter,
    UnfinishedError,
    demand_form_token,
    is_fresh,
)
from triage.web.cookies import arrival_of, give_token, new_token
from triage.web.desk import Ask
from triage.web.headers import DRAWING_HEADERS
from triage.web.outside import local

router = DeskRouter()

SELF = {RIGHT: Right.SELF.value}


def enrolling(ask: Arriving) -> Ask:
    """Give who sets up an authenticator: somebody who must have one, or who has just confirmed himself."""
    match Factor(ask.session.factor):
        case Factor.ENROL:
            return ask
        case Factor.HALF:
            raise UnfinishedError(Factor.HALF)
        case _:
            if not is_fresh(ask):
                raise ConfirmFirstError("/second-factor")
            return ask


Enrolling = Annotated[Ask, Depends(enrolling)]


@router.get("/second-factor", response_class=HTMLResponse, openapi_extra=SELF)
def form(ask: Enrolling, next: str = "/") -> HTMLResponse:  # noqa: A002 - the name in the address
    """Show the picture and the key."""
    return _page(ask, next)


@router.get("/second-factor/picture.svg", openapi_extra=SELF)
def picture(ask: Enrolling) -> Response:
    """Draw the picture that an authenticator reads; it comes as an image of its own, never inside a page."""
    secret = ask.desk.pending.of(ask.session.id)
    drawn = BytesIO()
    segno.make(service.address_of(secret, ask.person.name), error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#fff", dark="#000"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=DRAWING_HEADERS)


@router.post(
    "/second-factor",
    response_class=HTMLResponse,
    openapi_extra=SELF,
    dependencies=[Depends(demand_form_token)],
)
def set_up(
    ask: Enrolling,
    code: Annotated[str, Form(max_length=16)] = "",
    next: Annotated[str, Form(max_length=1000)] = "/",  # noqa: A002 - same
) -> Response:
    """Take the first code; the recovery codes are in the answer, this once."""
    desk, token = ask.desk, new_token()
    secret = desk.pending.of(ask.session.id)
    arrival = arrival_of(ask.request, desk, token)
    codes = service.enrol(desk.database, desk.app.means.clock, ask.person, secret, code, arrival)
    if codes is None:
        return _page(ask, next, 422)
    desk.pending.forget(ask.session.id)
    answer = ask.page("desk/recovery_codes.html", codes=codes, there=local(next))
    give_token(answer, desk, token)
    return answer


@router.act("/account/recovery-codes", Right.SELF, fresh="/account")
def renew(ask: Asking) -> Response:
    """Make ten new recovery codes; they are in the answer, this once."""
    desk = ask.desk
    codes = service.renew_recovery_codes(desk.database, desk.app.means.clock, ask.person, ask.network)
    return ask.page("desk/recovery_codes.html", codes=codes, there="/account")


def _page(ask: Ask, there: str, status: int = 200) -> HTMLResponse:
    secret = ask.desk.pending.of(ask.session.id)
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return ask.page(
        "desk/second_factor.html",
        status,
        key=key,
        there=local(there),
        wrong=status != 200,  # noqa: PLR2004 - the status of the answer
        demanded=ask.session.factor == Factor.ENROL,
    )
