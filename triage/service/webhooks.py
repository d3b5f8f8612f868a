"""Webhooks: who is told of tickets by a signed message, and the telling itself.

A message is sent at least once and always under the same id. It is in the rights that its webhook's owner has
when it is sent: what he does not see then, nobody is told.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from triage.core.people import Right
from triage.core.webhookevents import (
    GIVEN_UP_AFTER,
    WebhookEvent,
    event_of,
    message_of,
    pause_after,
    read_events,
    rest_after,
    trial_of,
)
from triage.core.webhooksign import read_secret, signed_headers, written_secret
from triage.db import audit, notices, webhooks
from triage.db.engine import Database
from triage.db.history import SERVICE
from triage.db.webhooks import DueMessage, WebhookRow
from triage.errors import CourierError, NotFoundError, RefusedActError, TriageError
from triage.ports import Clock, Courier
from triage.service.people import account_of, active_account

log = structlog.get_logger()

BATCH = 20
"""Messages that are claimed at once."""

LEASE = timedelta(minutes=10)
"""After so long without a word of whoever claimed a message it is sent again."""

MOST_WEBHOOKS = 10
"""In force at once, of one person."""

_KEY_BYTES = 32
_GONE = 410
"""A receiver that wants no more messages says so (RFC 9110, 15.5.11)."""


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook with the secret that its messages are signed with, which is shown this once."""

    id: int
    secret: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of posting a message: whether it was taken, what the receiver said; ``gone`` for good."""

    taken: bool
    response: str
    gone: bool = False


def register(  # noqa: PLR0913 - one for each thing that is noted
    database: Database,
    clock: Clock,
    courier: Courier,
    login: str,
    address: str,
    events: Iterable[str],
    *,
    actor: str,
    network: str = "",
) -> MadeWebhook:
    """Have somebody's program told of tickets. Raises RefusedActError for what cannot be wanted."""
    courier.demand_allowed(address)
    wanted = read_events(events)
    if not wanted:
        raise RefusedActError("webhook_events", f"Say what to tell: {', '.join(WebhookEvent)}.")
    secret = written_secret(secrets.token_bytes(_KEY_BYTES))
    with database.write() as connection:
        account, now = active_account(connection, login), clock.now()
        if webhooks.count(connection, account.id) >= MOST_WEBHOOKS:
            raise RefusedActError(
                "webhook_many",
                f"{account.name} has {MOST_WEBHOOKS} webhooks; end one first.",
                who=account.name,
                most=MOST_WEBHOOKS,
            )
        made = webhooks.add(
            connection,
            person_id=account.id,
            address=address,
            secret=secret,
            events=list(wanted),
            created_at=now,
            created_by=actor,
        )
        data = {"webhook": made, "events": list(wanted)}
        about = f"people/{account.name}"
        audit.append(connection, now, actor, "webhook_made", about, network=network, data=data)
    return MadeWebhook(made, secret)


def listed(database: Database, login: str = "") -> list[WebhookRow]:
    """Give the webhooks that are in force, of one person or of all. Raises NotFoundError."""
    with database.read() as connection:
        person_id = account_of(connection, login).id if login else None
        return webhooks.listed(connection, person_id=person_id)


def find(database: Database, webhook_id: int, person_id: int) -> WebhookRow:
    """Give one webhook of a person. Raises NotFoundError."""
    with database.read() as connection:
        found = webhooks.listed(connection, person_id=person_id, webhook_id=webhook_id)
    if not found:
        raise _unknown(webhook_id)
    return found[0]


def end(
    database: Database,
    clock: Clock,
    webhook_id: int,
    *,
    actor: str,
    person_id: int | None = None,
    network: str = "",
) -> None:
    """End a webhook for good, with ``person_id`` one of that person alone. Raises NotFoundError."""
    with database.write() as connection:
        now = clock.now()
        if not webhooks.end(connection, webhook_id, now, "ended", person_id=person_id):
            raise _unknown(webhook_id)
        audit.append(connection, now, actor, "webhook_ended", network=network, data={"webhook": webhook_id})


def pause(database: Database, clock: Clock, webhook_id: int, *, actor: str, network: str = "") -> None:
    """Switch a webhook off: what waits, and what happens until it is on again, goes unsent.

    Raises NotFoundError where there is none; one that is off stays so.
    """
    _switch(database, clock, webhook_id, "webhook_paused", actor, network)


def resume(database: Database, clock: Clock, webhook_id: int, *, actor: str, network: str = "") -> None:
    """Switch a webhook on again. Raises NotFoundError."""
    _switch(database, clock, webhook_id, "webhook_resumed", actor, network)


def _switch(database: Database, clock: Clock, webhook_id: int, action: str, actor: str, network: str) -> None:
    with database.write() as connection:
        now = clock.now()
        if webhooks.way(connection, webhook_id) is None:
            raise _unknown(webhook_id)
        changed = (
            webhooks.pause(connection, webhook_id, now)
            if action == "webhook_paused"
            else webhooks.resume(connection, webhook_id)
        )
        if changed:
            audit.append(connection, now, actor, action, network=network, data={"webhook": webhook_id})


def try_out(
    database: Database, clock: Clock, courier: Courier, webhook_id: int, *, actor: str, network: str = ""
) -> Tried:
    """Send a message that tells of nothing at once, whatever waits; it takes seconds. Raises NotFoundError.

    The courier sends it nowhere where it would not send any other.
    """
    with database.write() as connection:
        now = clock.now()
        way = webhooks.way(connection, webhook_id)
        if way is None:
            raise _unknown(webhook_id)
        # before it is sent, so that whatever left is in the audit
        audit.append(connection, now, actor, "webhook_tried", network=network, data={"webhook": webhook_id})
    key = read_secret(way.secret)
    if key is None:
        return Tried(taken=False, response="The secret of the webhook cannot be read.")
    body = json.dumps(trial_of(now)).encode()
    return _posted(courier, clock, way.address, key, f"msg_{secrets.token_hex(16)}", body)


def _unknown(webhook_id: int) -> NotFoundError:
    return NotFoundError(f"There is no webhook {webhook_id}; triage webhooks list shows what there is.")


def deliver_regularly(database: Database, clock: Clock, courier: Courier) -> None:
    """Send all that is due, as a scheduled job: trouble is logged, and the next tick tries again."""
    try:
        while deliver(database, clock, courier):
            pass
    except TriageError as error:
        log.warning("webhooks_not_told", error=str(error))


def deliver(database: Database, clock: Clock, courier: Courier) -> int:
    """Claim some messages that are due and send them; gives how many were claimed.

    Of a webhook that does not take one, the others wait: it is not asked again before a pause is over.
    """
    with database.read() as connection:
        if not webhooks.anything_due(connection, clock.now()):
            return 0
    with database.write() as connection:
        now = clock.now()
        claimed = webhooks.claim(connection, now, now + LEASE, BATCH)
    silent: set[int] = set()
    for message in claimed:
        if message.webhook_id in silent:
            with database.write() as connection:
                webhooks.hand_back(connection, message.id, clock.now())
        elif not _told(database, clock, courier, message):
            silent.add(message.webhook_id)
    return len(claimed)


def _told(database: Database, clock: Clock, courier: Courier, message: DueMessage) -> bool:
    """Send one message, unless nobody is to get it; False where its webhook did not take it."""
    body = _body(database, clock, message)
    key = read_secret(message.secret)
    if body is None or key is None:
        with database.write() as connection:
            webhooks.drop(connection, [message.id])
        return True
    tried = _posted(courier, clock, message.address, key, message.message_id, body)
    with database.write() as connection:
        # a crash before this commit sends the message again, under the same id
        if tried.taken:
            webhooks.delivered(connection, message, clock.now(), tried.response)
            return True
        _failed(connection, clock, message, tried.response, gone=tried.gone)
    return False


def _posted(courier: Courier, clock: Clock, address: str, key: bytes, name: str, body: bytes) -> Tried:
    """Sign a message under its name and post it."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "triage",
        **signed_headers(key, name, clock.now(), body),
    }
    try:
        status = courier.post(address, headers, body)
    except CourierError as error:
        return Tried(taken=False, response=str(error))
    # every 2xx says that it was taken (RFC 9110, 15.3)
    taken = 200 <= status < 300  # noqa: PLR2004 - same
    return Tried(taken, f"HTTP {status}", gone=status == _GONE)


def _body(database: Database, clock: Clock, message: DueMessage) -> bytes | None:
    """Give what is told; None where the webhook has ended, wants no such event, or may not know it."""
    sort = event_of(message.verb)
    if not message.in_force or sort not in message.events or sort is None:
        return None
    with database.read() as connection:
        owner = webhooks.owner(connection, message.person_id)
        if owner is None or not owner.may(Right.READ):
            return None
        code = webhooks.seen_code(connection, message.ticket_id, owner, clock.now())
    return json.dumps(message_of(sort, message.at, code, message.verb)).encode() if code else None


def _failed(connection: Connection, clock: Clock, message: DueMessage, response: str, *, gone: bool) -> None:
    now, pause = clock.now(), pause_after(message.attempts)
    log.info("webhook_failed", webhook=message.webhook_id, message=message.message_id, response=response)
    webhooks.rest(connection, message.webhook_id, now + rest_after(message.failures + 1))
    if pause is None or gone:
        webhooks.give_up(connection, message.id, now, response)
    else:
        webhooks.put_off(connection, message.id, now + pause, response)
    old = webhooks.give_up_old(connection, message.webhook_id, now - GIVEN_UP_AFTER, now)
    if gone:
        webhooks.end(connection, message.webhook_id, now, "gone")
    if not (gone or old or pause is None):
        return
    log.warning("webhook_given_up", webhook=message.webhook_id, response=response, ended=gone)
    # once until he has read it, however many messages there were
    if not notices.has_unread(connection, message.person_id, notices.WEBHOOK):
        notices.add(connection, [message.person_id], message.ticket_id, notices.WEBHOOK, SERVICE, now)
