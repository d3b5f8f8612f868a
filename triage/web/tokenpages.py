"""Tokens of the API: one's own on a page of one's account, those of others for administrators."""

import secrets
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.apiscopes import MOST_DAYS, Scope, offered
from triage.core.people import RIGHTS, Right
from triage.service import tokens as service, told
from triage.service.tokens import Wanted
from triage.web.access import Asking, DeskRouter
from triage.web.peoplepages import Key, Text, keep_told
from triage.web.rownumbers import LAST_VERSION, Number
from triage.web.templating import Words
from triage.web.wording import moment

router = DeskRouter()

PAGE = "/account/tokens"
DAYS = (30, 90, 180, MOST_DAYS)
"""Terms that the form offers, in days."""

Scopes = Annotated[list[str], Form(max_length=len(Scope))]
Term = Annotated[int, Form(ge=0, le=LAST_VERSION)]


@router.page(PAGE, Right.SELF)
def page(ask: Asking) -> HTMLResponse:
    """Show one's own tokens, and the form for a new one."""
    desk = ask.desk
    return ask.page(
        "desk/tokens.html",
        tokens=service.of_person(desk.database, ask.person.name),
        now=desk.now(),
        scopes=[(scope, scope_words(ask.words, scope)) for scope in offered(RIGHTS[ask.person.role])],
        scope_words=lambda scope: scope_words(ask.words, scope),
        terms=DAYS,
        key=secrets.token_urlsafe(18),
        moment=lambda at: moment(at, desk.app.means.rules.calendar),
    )


@router.act(PAGE, Right.SELF, fresh=PAGE)
def add(
    ask: Asking,
    name: Text = "",
    scopes: Scopes = [],  # noqa: B006 - FastAPI copies it
    days: Term = 0,
) -> HTMLResponse:
    """Make a token; the answer shows it, this once."""
    means = ask.desk.app.means
    made = service.make(
        ask.desk.database,
        means.clock,
        ask.person.name,
        Wanted(name, scopes, days),
        actor=ask.person.name,
        network=ask.network,
    )
    until = moment(made.expires_at, means.rules.calendar)
    return ask.page("desk/token_made.html", token=made.token, name=made.name, until=until)


@router.act("/account/tokens/{token_id}/revoke", Right.SELF)
def revoke(ask: Asking, token_id: Number, key: Key = "") -> Response:
    """End a token of one's own."""
    clock = ask.desk.app.means.clock
    service.revoke(
        ask.desk.database,
        clock,
        token_id,
        actor=ask.person.name,
        person_id=ask.person.id,
        network=ask.network,
    )
    sentence = ask.words.say("Đã thu hồi mã API; chương trình dùng mã này không vào được nữa.")
    told.keep(ask.desk.database, clock, key, ask.person.id, "token_revoked", sentence)
    return ask.go(PAGE, act=key)


@router.act("/people/{name}/revoke-tokens", Right.PEOPLE)
def revoke_all(ask: Asking, name: str, key: Key = "") -> Response:
    """End every token of somebody."""
    ended = service.revoke_all(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    sentence = ask.words.count("Đã thu hồi %(num)s mã API.", "Đã thu hồi %(num)s mã API.", ended)
    return keep_told(ask, key, name, "tokens_revoked", sentence)


def scope_words(words: Words, scope: Scope) -> str:
    """Say what a scope is good for."""
    return {
        Scope.TICKETS_READ: words.say("Đọc phiếu"),
        Scope.TICKETS_WRITE: words.say("Nhận phiếu và ghi chú nội bộ"),
        Scope.MAILS_READ: words.say("Đọc thư, phần nhạy cảm được che"),
        Scope.MAILS_RAW: words.say("Đọc thư gốc, không che"),
        Scope.QUEUES_READ: words.say("Xem số phiếu của các hàng đợi"),
        Scope.VERIFY: words.say("Kiểm tra mã yêu cầu"),
        Scope.WEBHOOKS: words.say("Quản lý webhook của mình"),
    }[scope]
