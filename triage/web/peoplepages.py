"""The accounts, for administrators: who may sign in, in which role, for which queues."""

import secrets
from typing import Annotated, Any

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import Right, Role
from triage.service import people, tokens, told
from triage.service.invitations import Invited
from triage.service.people import Newcomer
from triage.service.queues import all_queues
from triage.web.access import Asking, DeskRouter
from triage.web.accountwords import role as role_in_words
from triage.web.desk import Ask
from triage.web.wording import moment, queue_name

router = DeskRouter()

Key = Annotated[str, Form(max_length=64)]
Queues = Annotated[list[str], Form(max_length=400)]
Text = Annotated[str, Form(max_length=400)]


@router.page("/people", Right.PEOPLE)
def page(ask: Asking) -> HTMLResponse:
    """List every account."""
    return ask.page("desk/people.html", accounts=people.listed(ask.desk.database), **_common(ask))


@router.page("/people/{name}", Right.PEOPLE)
def one(ask: Asking, name: str) -> HTMLResponse:
    """Show one account and what can be done to it."""
    return ask.page(
        "desk/person.html",
        account=people.find(ask.desk.database, name),
        provider=ask.desk.app.config.oidc.issuer,
        tokens=len(tokens.of_person(ask.desk.database, name)),
        **_common(ask),
    )


@router.act("/people", Right.PEOPLE, fresh="/people")
def add(
    ask: Asking,
    name: Text,
    display_name: Text,
    role: Annotated[Role, Form()],
    queues: Queues = [],  # noqa: B006 - FastAPI copies it
    email: Text = "",
) -> Response:
    """Make an account; the answer shows its invitation, this once."""
    means = ask.desk.app.means
    newcomer = Newcomer(name, display_name, role, tuple(queues), email)
    made = people.add(ask.desk.database, means.clock, means.rules, newcomer, actor=ask.person.name)
    return _invitation(ask, made)


@router.act("/people/{name}/invite", Right.PEOPLE, fresh="/people")
def invite(ask: Asking, name: str) -> Response:
    """Make a new invitation; the answer shows it, this once."""
    made = people.invite(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    return _invitation(ask, made)


@router.act("/people/{name}/role", Right.PEOPLE, fresh="/people")
def set_role(
    ask: Asking,
    name: str,
    role: Annotated[Role, Form()],
    queues: Queues = [],  # noqa: B006 - same
    key: Key = "",
) -> Response:
    """Give somebody another role; every session of his ends."""
    means = ask.desk.app.means
    people.set_role(
        ask.desk.database, means.clock, means.rules, name, role, tuple(queues), actor=ask.person.name
    )
    return keep_told(
        ask, key, name, "role_changed", ask.words.say("Đã đổi vai trò; người này phải đăng nhập lại.")
    )


@router.act("/people/{name}/queues", Right.PEOPLE, fresh="/people")
def set_queues(
    ask: Asking,
    name: str,
    queues: Queues = [],  # noqa: B006 - same
    key: Key = "",
) -> Response:
    """Give a coordinator these queues and no others."""
    means = ask.desk.app.means
    people.set_queues(ask.desk.database, means.clock, means.rules, name, queues, actor=ask.person.name)
    return keep_told(ask, key, name, "queues_changed", ask.words.say("Đã đổi hàng đợi."))


@router.act("/people/{name}/address", Right.PEOPLE, fresh="/people")
def set_address(ask: Asking, name: str, email: Text = "", key: Key = "") -> Response:
    """Give somebody another mail address, or none."""
    means = ask.desk.app.means
    people.set_address(ask.desk.database, means.clock, means.rules, name, email, actor=ask.person.name)
    return keep_told(ask, key, name, "address_changed", ask.words.say("Đã đổi địa chỉ thư."))


@router.act("/people/{name}/answers", Right.PEOPLE, fresh="/people")
def set_may_answer(ask: Asking, name: str, allowed: Key = "", key: Key = "") -> Response:
    """Let answers of a coordinator leave without approval, or not any more."""
    desk, yes, say = ask.desk, allowed == "yes", ask.words.say
    people.set_may_answer(desk.database, desk.app.means.clock, name, allowed=yes, actor=ask.person.name)
    sentence = (
        say("Đã cho trả lời không qua duyệt các phiếu được giao.")
        if yes
        else say("Thư trả lời của người này lại phải qua duyệt.")
    )
    return keep_told(ask, key, name, "answers_allowed" if yes else "answers_stopped", sentence)


@router.act("/people/{name}/disable", Right.PEOPLE, fresh="/people")
def disable(ask: Asking, name: str, key: Key = "") -> Response:
    """Let somebody in no more."""
    people.disable(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    return keep_told(
        ask, key, name, "person_disabled", ask.words.say("Đã khóa tài khoản và đăng xuất mọi phiên.")
    )


@router.act("/people/{name}/enable", Right.PEOPLE, fresh="/people")
def enable(ask: Asking, name: str, key: Key = "") -> Response:
    """Let somebody in again."""
    people.enable(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    return keep_told(ask, key, name, "person_enabled", ask.words.say("Đã mở khóa tài khoản."))


@router.act("/people/{name}/reset-code", Right.PEOPLE, fresh="/people")
def reset_code(ask: Asking, name: str, key: Key = "") -> Response:
    """Take away an authenticator that somebody lost."""
    people.reset_second_factor(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    sentence = ask.words.say("Đã xóa mã xác thực; người này sẽ cài lại khi đăng nhập.")
    return keep_told(ask, key, name, "second_factor_reset", sentence)


@router.act("/people/{name}/end-sessions", Right.PEOPLE)
def end_sessions(ask: Asking, name: str, key: Key = "") -> Response:
    """Sign somebody out everywhere."""
    ended = people.end_sessions(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    sentence = ask.words.count("Đã đăng xuất %(num)s phiên.", "Đã đăng xuất %(num)s phiên.", ended)
    return keep_told(ask, key, name, "sessions_ended", sentence)


def _common(ask: Ask) -> dict[str, Any]:
    """Give what both pages need: roles and queues to choose from, and how things are called."""
    rules = ask.desk.app.means.rules
    named = [(queue, queue_name(ask.words, rules, queue)) for queue in all_queues(rules)]
    return {
        "roles": {one: role_in_words(ask.words, one) for one in Role},
        "queues": named,
        "key": secrets.token_urlsafe(18),
        "moment": lambda at: moment(at, rules.calendar),
    }


def _invitation(ask: Ask, made: Invited) -> HTMLResponse:
    web = ask.desk.app.config.web
    root = web.address or str(ask.request.base_url).rstrip("/")
    return ask.page(
        "desk/invitation.html",
        address=f"{root}/welcome/{made.token}",
        name=made.name,
        until=moment(made.expires_at, ask.desk.app.means.rules.calendar),
    )


def keep_told(ask: Ask, key: str, name: str, action: str, sentence: str) -> Response:
    """Keep the sentence about an act on an account and go to its page, which shows it."""
    told.keep(ask.desk.database, ask.desk.app.means.clock, key, ask.person.id, action, sentence)
    return ask.go(f"/people/{name}", act=key)
