"""Webhooks are told of tickets: nothing lost, each message under one id, in the rights of their owner."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from support.office import Office, open_office, request
from support.oneticket import CODE, person
from support.receiver import Posted, Receiver, receiving

from triage.adapters.courier import Courier
from triage.core.people import Person, Role
from triage.core.webhookevents import GIVEN_UP_AFTER, WebhookEvent
from triage.core.webhooksign import read_secret, signature
from triage.db import notices, people as people_rows, schema
from triage.errors import NotFoundError, RefusedActError
from triage.service import desk, people, webhooks
from triage.service.webhooks import MadeWebhook


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        person(office, "lan", Role.AGENT)
        yield office


@pytest.fixture
def any_office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        person(office, "lan", Role.AGENT)
        yield office


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def register(
    office: Office, receiver: Receiver, login: str = "lan", *events: WebhookEvent, actor: str = "lan"
) -> MadeWebhook:
    courier = Courier([receiver.host])
    wanted = events or tuple(WebhookEvent)
    return webhooks.register(
        office.database, office.clock, courier, login, receiver.address, wanted, actor=actor
    )


def deliver(office: Office, receiver: Receiver) -> list[Posted]:
    """Send all that is due and give what came of it."""
    before = len(receiver.posted)
    webhooks.deliver_regularly(office.database, office.clock, Courier([receiver.host]))
    return receiver.posted[before:]


def told(posted: list[Posted]) -> list[tuple[str, str]]:
    bodies = [json.loads(one.body) for one in posted]
    return [(body["type"], body["data"]["verb"]) for body in bodies]


def states(office: Office) -> list[str]:
    with office.database.read() as connection:
        return list(connection.scalars(select(schema.webhook_messages.c.state)))


def lan_of(office: Office) -> Person:
    with office.database.read() as connection:
        lan = people_rows.find(connection, "lan")
    assert lan is not None
    return lan


def mail(office: Office, number: int = 1, tag: str = "0010") -> None:
    office.store(request(f"[{tag}#DVC] Lỗi đăng nhập", number=number))
    office.process()


def close(office: Office, code: str = CODE) -> None:
    desk.close(office.database, office.clock, code, note="Xong.", actor="terminal:thu")


def test_a_ticket_is_told_from_its_opening_to_its_end(any_office: Office, receiver: Receiver) -> None:
    made = register(any_office, receiver)
    mail(any_office)
    close(any_office)
    posted = deliver(any_office, receiver)
    assert told(posted) == [("ticket.opened", "opened"), ("ticket.closed", "closed")]
    assert json.loads(posted[0].body) == {
        "type": "ticket.opened",
        "timestamp": "2026-11-16T02:30:00Z",
        "data": {"ticket": CODE, "verb": "opened"},
    }
    key = read_secret(made.secret)
    assert key is not None
    for one in posted:
        at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), any_office.clock.now().tzinfo)
        assert at == any_office.clock.now()
        expected = signature(key, one.headers["webhook-id"], at, one.body)
        assert one.headers["webhook-signature"] == expected
    assert states(any_office) == ["delivered", "delivered"]
    assert deliver(any_office, receiver) == []


def test_what_happened_before_and_what_is_not_wanted_is_not_told(office: Office, receiver: Receiver) -> None:
    mail(office)
    register(office, receiver, "lan", WebhookEvent.CLOSED)
    desk.note(office.database, office.clock, CODE, "Đã gọi.", actor="terminal:thu")
    close(office)
    assert told(deliver(office, receiver)) == [("ticket.closed", "closed")]
    assert states(office) == ["delivered"]


def test_what_was_undone_was_never_told(any_office: Office, receiver: Receiver) -> None:
    register(any_office, receiver)
    with suppress(_UndoneError), any_office.database.write() as connection:
        event = {"ticket_id": 1, "at": any_office.clock.now(), "actor": "x", "verb": "note", "data": {}}
        connection.execute(schema.tickets.insert().values(_ticket(any_office)))
        connection.execute(schema.ticket_events.insert().values(event))
        assert len(connection.execute(select(schema.webhook_messages)).all()) == 1
        raise _UndoneError
    assert states(any_office) == []


class _UndoneError(Exception):
    """Takes a transaction back."""


def _ticket(office: Office) -> dict[str, object]:
    now = office.clock.now()
    texts = dict.fromkeys(("subject", "requester_name", "requester_address", "category"), "x")
    moments = {"opened_at": now, "updated_at": now}
    head = {"id": 1, "code": CODE, "queue": "0010", "status": "new", "verdict": "ordinary", "priority": 3}
    return {**head, **texts, **moments}


def test_a_message_that_was_not_taken_comes_again_under_the_same_id(
    any_office: Office, receiver: Receiver
) -> None:
    register(any_office, receiver)
    mail(any_office)
    receiver.status = 503
    [first] = deliver(any_office, receiver)
    assert deliver(any_office, receiver) == []
    any_office.clock.forward(seconds=10)
    [second] = deliver(any_office, receiver)
    receiver.status = 200
    any_office.clock.forward(minutes=1)
    [third] = deliver(any_office, receiver)
    same = {(one.headers["webhook-id"], one.body) for one in (first, second, third)}
    assert len(same) == 1
    assert len({one.headers["webhook-timestamp"] for one in (first, second, third)}) == 3
    assert states(any_office) == ["delivered"]


def test_a_webhook_that_does_not_answer_is_left_alone_and_the_others_go_on(
    office: Office, receiver: Receiver
) -> None:
    person(office, "minh", Role.AGENT)
    with receiving() as other:
        register(office, receiver)
        register(office, other, "minh")
        for number in range(3):
            mail(office, number)
        receiver.status = 500
        both = Courier([receiver.host, other.host])
        webhooks.deliver_regularly(office.database, office.clock, both)
        assert (len(receiver.posted), len(other.posted)) == (1, 3)
        receiver.status = 204
        office.clock.forward(minutes=1)
        assert len(deliver(office, receiver)) == 3


def test_one_message_that_is_never_taken_holds_up_no_other(office: Office, receiver: Receiver) -> None:
    register(office, receiver)
    mail(office)
    receiver.status = 400
    assert len(deliver(office, receiver)) == 1
    receiver.status = 204
    mail(office, 2)
    office.clock.forward(seconds=30)
    first, *_ = deliver(office, receiver)
    assert json.loads(first.body)["data"]["ticket"] == "SD261116-000002"


def test_after_a_day_or_so_it_is_given_up_and_its_owner_is_told_once(
    any_office: Office, receiver: Receiver
) -> None:
    register(any_office, receiver)
    for number in range(3):
        mail(any_office, number)
    receiver.status = 500
    with capture_logs() as logs:
        end = any_office.clock.now() + GIVEN_UP_AFTER + timedelta(hours=2)
        while any_office.clock.now() < end:
            deliver(any_office, receiver)
            any_office.clock.forward(minutes=30)
    assert states(any_office) == ["failed"] * 3
    assert any(one["event"] == "webhook_given_up" for one in logs)
    with any_office.database.read() as connection:
        [notice] = notices.listed(connection, lan_of(any_office), any_office.clock.now())
    assert notice.sort == notices.WEBHOOK
    [row] = webhooks.listed(any_office.database, "lan")
    assert (row.waiting, row.failed) == (0, 3)


def test_a_receiver_that_is_gone_is_told_nothing_more(office: Office, receiver: Receiver) -> None:
    register(office, receiver)
    mail(office)
    receiver.status = 410
    assert len(deliver(office, receiver)) == 1
    assert webhooks.listed(office.database) == []
    mail(office, 2)
    assert states(office) == ["failed"]


def test_a_coordinator_is_told_of_his_own_queues_at_the_time_of_sending(
    any_office: Office, receiver: Receiver
) -> None:
    person(any_office, "thu", Role.COORDINATOR, "0010", "3110")
    register(any_office, receiver, "thu")
    mail(any_office, 1, "0010")
    mail(any_office, 2, "3110")
    mail(any_office, 3, "1360")
    people.set_queues(
        any_office.database, any_office.clock, any_office.means.rules, "thu", ["0010"], actor="tri"
    )
    codes = [json.loads(one.body)["data"]["ticket"] for one in deliver(any_office, receiver)]
    assert codes == [CODE]


@pytest.mark.parametrize("how", ["disabled", "role", "ended"])
def test_nothing_is_told_where_the_owner_or_the_webhook_is_no_more(
    office: Office, receiver: Receiver, how: str
) -> None:
    made = register(office, receiver)
    mail(office)
    database, clock = office.database, office.clock
    if how == "disabled":
        people.disable(database, clock, "lan", actor="tri")
    elif how == "role":
        people.set_role(database, clock, office.means.rules, "lan", Role.AUDITOR, actor="tri")
    else:
        webhooks.end(database, clock, made.id, actor="lan", person_id=lan_of(office).id)
    assert deliver(office, receiver) == []
    assert states(office) == []


def test_two_who_send_at_once_send_each_message_once(any_office: Office, receiver: Receiver) -> None:
    register(any_office, receiver)
    for number in range(12):
        mail(any_office, number)
    courier = Courier([receiver.host])
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(webhooks.deliver, any_office.database, any_office.clock, courier) for _ in range(2)
        ]
        assert sum(one.result() for one in both) >= 12
    ids = [one.headers["webhook-id"] for one in receiver.posted]
    assert len(ids) == len(set(ids)) == 12


def test_a_message_of_somebody_who_died_is_sent_again(office: Office, receiver: Receiver) -> None:
    register(office, receiver)
    mail(office)
    now = office.clock.now()
    with office.database.write() as connection:
        assert len(webhooks.webhooks.claim(connection, now, now + webhooks.LEASE, 20)) == 1
    assert deliver(office, receiver) == []
    office.clock.forward(minutes=10)
    assert len(deliver(office, receiver)) == 1


def test_what_cannot_be_wanted_is_refused(office: Office, receiver: Receiver) -> None:
    with pytest.raises(RefusedActError):
        webhooks.register(
            office.database, office.clock, Courier([]), "lan", receiver.address, WebhookEvent, actor="lan"
        )
    with pytest.raises(RefusedActError):
        webhooks.register(
            office.database, office.clock, Courier([receiver.host]), "lan", receiver.address, [], actor="lan"
        )
    for _ in range(webhooks.MOST_WEBHOOKS):
        register(office, receiver)
    with pytest.raises(RefusedActError):
        register(office, receiver)
    minh = person(office, "minh", Role.AGENT)
    with pytest.raises(NotFoundError):
        webhooks.end(office.database, office.clock, 1, actor="minh", person_id=minh.id)
    with pytest.raises(NotFoundError):
        webhooks.find(office.database, 1, minh.id)


def test_the_audit_and_the_log_hold_no_secret(office: Office, receiver: Receiver) -> None:
    with capture_logs() as logs:
        made = register(office, receiver)
        mail(office)
        receiver.status = 500
        deliver(office, receiver)
    with office.database.read() as connection:
        audit = str(connection.execute(select(schema.audit)).all())
    for text in (made.secret, "key=x"):
        assert text not in audit
        assert text not in str(logs)
