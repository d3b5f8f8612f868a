"""Webhooks, for administrators: who is told what, how it goes, and switching them off and on."""

import secrets
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from triage.core.people import RIGHTS, Right
from triage.core.webhookevents import WebhookEvent
from triage.db.webhooks import WebhookRow
from triage.service import people, told, webhooks as service
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.peoplepages import Key, Text
from triage.web.rownumbers import Number
from triage.web.shown import visible
from triage.web.templating import Words
from triage.web.wording import moment

router = DeskRouter()

PAGE = "/webhooks"

Address = Annotated[str, Form(max_length=1000)]
Events = Annotated[list[str], Form(max_length=len(WebhookEvent))]


@router.page(PAGE, Right.PEOPLE)
def page(ask: Asking) -> HTMLResponse:
    """List every webhook that is in force with how it goes, and the form for a new one."""
    desk, calendar = ask.desk, ask.desk.app.means.rules.calendar
    owners = [
        one
        for one in people.listed(desk.database)
        if one.disabled_at is None and Right.READ in RIGHTS[one.role]
    ]
    return ask.page(
        "desk/webhooks.html",
        webhooks=service.listed(desk.database),
        owners=owners,
        hosts=sorted(desk.app.config.api.webhook_hosts),
        events=[(event, event_words(ask.words, event)) for event in WebhookEvent],
        event_words=lambda event: event_words(ask.words, event),
        state=lambda row: state_words(ask.words, row),
        key=secrets.token_urlsafe(18),
        moment=lambda at: moment(at, calendar),
        visible=visible,
    )


@router.act(PAGE, Right.PEOPLE, fresh=PAGE)
def add(
    ask: Asking,
    login: Text = "",
    address: Address = "",
    events: Events = [],  # noqa: B006 - FastAPI copies it
) -> HTMLResponse:
    """Have somebody's program told; the answer shows the secret of its signatures, this once."""
    app = ask.desk.app
    made = service.register(
        ask.desk.database,
        app.means.clock,
        app.courier(),
        login,
        address.strip(),
        events,
        actor=ask.person.name,
        network=ask.network,
    )
    return ask.page("desk/webhook_made.html", secret=made.secret, number=made.id)


@router.act("/webhooks/{number}/off", Right.PEOPLE)
def switch_off(ask: Asking, number: Number, key: Key = "") -> Response:
    """Tell a webhook nothing until it is switched on."""
    clock = ask.desk.app.means.clock
    service.pause(ask.desk.database, clock, number, actor=ask.person.name, network=ask.network)
    sentence = ask.words.say("Đã tắt webhook số %(number)s; tin đang chờ không được gửi nữa.", number=number)
    return _keep(ask, key, "webhook_paused", sentence)


@router.act("/webhooks/{number}/on", Right.PEOPLE)
def switch_on(ask: Asking, number: Number, key: Key = "") -> Response:
    """Tell a webhook again, from now on."""
    clock = ask.desk.app.means.clock
    service.resume(ask.desk.database, clock, number, actor=ask.person.name, network=ask.network)
    sentence = ask.words.say("Đã bật webhook số %(number)s; tin được gửi từ bây giờ.", number=number)
    return _keep(ask, key, "webhook_resumed", sentence)


@router.act("/webhooks/{number}/end", Right.PEOPLE)
def end(ask: Asking, number: Number, key: Key = "") -> Response:
    """End a webhook for good."""
    clock = ask.desk.app.means.clock
    service.end(ask.desk.database, clock, number, actor=ask.person.name, network=ask.network)
    sentence = ask.words.say("Đã gỡ webhook số %(number)s; tin đang chờ không được gửi nữa.", number=number)
    return _keep(ask, key, "webhook_ended", sentence)


@router.act("/webhooks/{number}/test", Right.PEOPLE)
def try_out(ask: Asking, number: Number, key: Key = "") -> Response:
    """Send a message that tells of nothing and say what the receiver answered."""
    app = ask.desk.app
    tried = service.try_out(
        ask.desk.database,
        app.means.clock,
        app.courier(),
        number,
        actor=ask.person.name,
        network=ask.network,
    )
    say = ask.words.say
    answer = visible(tried.response)
    sentence = (
        say("Webhook số %(number)s đã nhận tin thử (%(answer)s).", number=number, answer=answer)
        if tried.taken
        else say("Webhook số %(number)s không nhận tin thử: %(answer)s", number=number, answer=answer)
    )
    return _keep(ask, key, "webhook_tried", sentence)


def event_words(words: Words, event: WebhookEvent) -> str:
    """Say what a sort of event is."""
    return {
        WebhookEvent.OPENED: words.say("Phiếu mới"),
        WebhookEvent.CHANGED: words.say("Phiếu thay đổi"),
        WebhookEvent.CLOSED: words.say("Phiếu đóng"),
    }[event]


def state_words(words: Words, row: WebhookRow) -> str:
    """Say how a webhook stands, in a word or two."""
    if row.paused_at:
        return words.say("Đang tắt")
    if row.failures:
        return words.say("Máy nhận không nhận tin")
    return words.say("Đang chạy") if row.delivered else words.say("Chưa gửi tin nào")


def _keep(ask: Ask, key: str, action: str, sentence: str) -> Response:
    told.keep(ask.desk.database, ask.desk.app.means.clock, key, ask.person.id, action, sentence)
    return ask.go(PAGE, act=key)
