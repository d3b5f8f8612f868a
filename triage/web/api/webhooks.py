"""Webhooks of one's own, for programs that set themselves up."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from triage.core.apiscopes import Scope
from triage.core.webhookevents import WebhookEvent
from triage.db.webhooks import WebhookRow
from triage.service import webhooks as service
from triage.web.api.access import ApiRouter, Calling
from triage.web.api.models import MadeWebhookCard, WebhookCard, WebhookList
from triage.web.rownumbers import Number

router = ApiRouter()


class WantedWebhook(BaseModel):
    """Where messages go, and what is told."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(
        max_length=1000,
        pattern=r"^https?://[!-~]+$",
        description="At a host that [api] webhook_hosts names.",
        examples=["https://gateway.example/triage"],
    )
    events: list[WebhookEvent] = Field(min_length=1, max_length=len(WebhookEvent))


@router.ask("GET", "/webhooks", Scope.WEBHOOKS)
def list_webhooks(ask: Calling) -> WebhookList:
    """List one's own webhooks."""
    rows = service.listed(ask.desk.database, ask.person.name)
    return WebhookList(webhooks=[WebhookCard(**_card(row)) for row in rows])


@router.ask("POST", "/webhooks", Scope.WEBHOOKS, status_code=201, responses={409: {}})
def add_webhook(ask: Calling, wanted: WantedWebhook) -> MadeWebhookCard:
    """Have a program told; the answer holds the secret of its signatures, this once."""
    app = ask.desk.app
    made = service.register(
        app.database,
        app.means.clock,
        app.courier(),
        ask.person.name,
        wanted.address,
        wanted.events,
        actor=ask.person.name,
    )
    row = service.find(app.database, made.id, ask.person.id)
    return MadeWebhookCard(**_card(row), secret=made.secret)


@router.ask("GET", "/webhooks/{webhook}", Scope.WEBHOOKS, responses={404: {}})
def show_webhook(ask: Calling, webhook: Number) -> WebhookCard:
    """Show one webhook of one's own."""
    return WebhookCard(**_card(service.find(ask.desk.database, webhook, ask.person.id)))


@router.ask("DELETE", "/webhooks/{webhook}", Scope.WEBHOOKS, status_code=204, responses={404: {}})
def end_webhook(ask: Calling, webhook: Number) -> Response:
    """Have a program told nothing more; what waits for it goes unsent."""
    app = ask.desk.app
    service.end(app.database, app.means.clock, webhook, actor=ask.person.name, person_id=ask.person.id)
    return Response(status_code=204)


def _card(row: WebhookRow) -> dict[str, Any]:
    named = ("id", "address", "events", "created_at", "waiting", "failed")
    return {name: getattr(row, name) for name in named}
