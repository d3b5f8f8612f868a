"""One's own account: sessions, password, second factor, leave, language, habits."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from triage.core.people import Right, Role
from triage.errors import ThrottledError
from triage.service import invitations, ownaccount, people, secondfactor, signin, told
from triage.web.access import Asking, DeskRouter
from triage.web.accountwords import factor, role, throttled
from triage.web.cookies import give_language
from triage.web.desk import Ask
from triage.web.outside import local
from triage.web.rownumbers import Number
from triage.web.templating import LANGUAGES
from triage.web.wording import moment

router = DeskRouter()

Key = Annotated[str, Form(max_length=64)]
Day = Annotated[date, Form(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
Word = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=1000)]


@router.page("/account", Right.SELF)
def page(ask: Asking) -> HTMLResponse:
    """Show one's own account."""
    desk = ask.desk
    idle_since = desk.now() - timedelta(minutes=desk.app.config.web.idle_minutes)
    own = ownaccount.own(desk.database, desk.app.means.clock, ask.person, idle_since)
    zone = desk.app.means.zone
    return ask.page(
        "desk/account.html",
        own=own,
        now=desk.now(),
        key=secrets.token_urlsafe(18),
        can_have_mail=_can_have_mail(ask),
        role=role(ask.words, ask.person.role),
        factor=lambda one: factor(ask.words, one),
        moment=lambda at: moment(at, desk.app.means.rules.calendar),
        day=lambda at: f"{at.astimezone(zone):%d/%m/%Y}",
        last_day=lambda at: f"{(at - timedelta(seconds=1)).astimezone(zone):%d/%m/%Y}",
    )


@router.act("/account/sessions/{session_id}/end", Right.SELF)
def end_session(ask: Asking, session_id: Number, key: Key = "") -> Response:
    """End one session of one's own."""
    ownaccount.end_session(ask.desk.database, ask.desk.app.means.clock, ask.person, session_id, ask.network)
    return _told(ask, key, "session_ended", ask.words.say("Đã đăng xuất phiên đó."))


@router.act("/account/sessions/end-others", Right.SELF)
def end_others(ask: Asking, key: Key = "") -> Response:
    """End every other session of one's own."""
    ended = ownaccount.end_others(
        ask.desk.database, ask.desk.app.means.clock, ask.person, ask.session.id, ask.network
    )
    sentence = ask.words.count("Đã đăng xuất %(num)s phiên khác.", "Đã đăng xuất %(num)s phiên khác.", ended)
    return _told(ask, key, "sessions_ended", sentence)


@router.act("/account/password", Right.SELF)
def change_password(
    ask: Asking, old: Password = "", new: Password = "", again: Password = "", key: Key = ""
) -> Response:
    """Change one's own password; every other session ends."""
    clock = ask.desk.app.means.clock
    if new != again:
        return _told(ask, key, "differing", ask.words.say("Hai ô mật khẩu không giống nhau. Hãy nhập lại."))
    invitations.change_password(ask.desk.database, clock, ask.person, ask.session.id, old, new, ask.network)
    return _told(ask, key, "password_changed", ask.words.say("Đã đổi mật khẩu. Các phiên khác đã đăng xuất."))


@router.act("/account/leave", Right.SELF)
def set_leave(ask: Asking, first: Day, last: Day, deputy: Word = "", key: Key = "") -> Response:
    """Note when one is away and who stands in."""
    means = ask.desk.app.means
    away = (
        datetime.combine(first, time(), means.zone),
        datetime.combine(last + timedelta(days=1), time(), means.zone),
    )
    people.set_leave(ask.desk.database, means.clock, ask.person.name, away, deputy, actor=ask.person.name)
    return _told(ask, key, "leave_set", ask.words.say("Đã ghi thời gian vắng mặt."))


@router.act("/account/leave/end", Right.SELF)
def end_leave(ask: Asking, key: Key = "") -> Response:
    """Be back."""
    means = ask.desk.app.means
    people.set_leave(ask.desk.database, means.clock, ask.person.name, None, actor=ask.person.name)
    return _told(ask, key, "leave_ended", ask.words.say("Đã ghi là bạn có mặt."))


@router.act("/account/preferences", Right.SELF)
def set_preferences(
    ask: Asking,
    shortcuts: Word = "",
    density: Word = "dense",
    after_send: Word = "stay",
    forward: Word = "",
    key: Key = "",
) -> Response:
    """Remember how one likes to work."""
    wanted: dict[str, str | bool] = {
        "shortcuts": shortcuts == "on",
        "density": density,
        "after_send": after_send,
    }
    ownaccount.set_preferences(ask.desk.database, ask.person, wanted)
    if _can_have_mail(ask):
        clock = ask.desk.app.means.clock
        ownaccount.set_forwarding(ask.desk.database, clock, ask.person, wanted=forward == "on")
    return _told(ask, key, "preferences_set", ask.words.say("Đã lưu tùy chọn."))


@router.act("/account/language", Right.SELF)
def set_language(
    ask: Asking,
    language: Word = "vi",
    next: Annotated[str, Form(max_length=1000)] = "/account",  # noqa: A002 - the name in the form
) -> Response:
    """Read the pages in another language."""
    answer = RedirectResponse(local(next), status_code=303)
    if language in LANGUAGES:
        ownaccount.set_language(ask.desk.database, ask.person, language)
        give_language(answer, ask.desk, language)
    return answer


@router.page("/account/confirm", Right.SELF)
def confirm_form(ask: Asking, next: str = "/account") -> HTMLResponse:  # noqa: A002 - the name in the address
    """Ask for the password again, before what weighs more."""
    return _confirm_page(ask, next)


@router.act("/account/confirm", Right.SELF)
def confirm(
    ask: Asking,
    password: Password = "",
    code: Word = "",
    next: Annotated[str, Form(max_length=1000)] = "/account",  # noqa: A002 - same
) -> Response:
    """Take the password, or a code of somebody who has none, and go back."""
    database, clock = ask.desk.database, ask.desk.app.means.clock
    try:
        right = (
            secondfactor.confirm(database, clock, ask.session.id, ask.person, code, ask.network)
            if code
            else signin.confirm(database, clock, ask.session.id, ask.person.name, password, ask.network)
        )
    except ThrottledError as error:
        return _confirm_page(ask, next, 429, late=error.minutes)
    return RedirectResponse(local(next), status_code=303) if right else _confirm_page(ask, next, 422)


def _confirm_page(ask: Ask, there: str, status: int = 200, *, late: int = 0) -> HTMLResponse:
    account = people.find(ask.desk.database, ask.person.name)
    oidc = ask.desk.app.config.oidc
    by_provider = bool(oidc.issuer) and account.linked
    return ask.page(
        "desk/confirm.html",
        status,
        there=local(there),
        by_code=not account.has_password,
        by_provider=by_provider,
        has_own=account.has_password or account.has_code or not by_provider,
        label=oidc.label,
        wrong=status == 422,  # noqa: PLR2004 - the status of the answer
        throttled=throttled(ask.words, late) if late else "",
    )


def _can_have_mail(ask: Ask) -> bool:
    """Whether new tickets are sent to this person where he wishes so."""
    offered = ask.desk.app.config.by_mail.forward != "off"
    return offered and ask.person.role is Role.COORDINATOR and bool(ask.person.email)


def _told(ask: Ask, key: str, action: str, sentence: str) -> Response:
    told.keep(ask.desk.database, ask.desk.app.means.clock, key, ask.person.id, action, sentence)
    return ask.go("/account", act=key)
