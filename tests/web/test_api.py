"""Programs ask the API: what they are told, what they may do, and when a token is over."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from support.deskserver import DeskServer, desk_of
from support.office import Office, open_office, request
from support.receiver import receiving

from triage.adapters.configapi import ApiConfig
from triage.core.apiscopes import Scope
from triage.core.people import Role
from triage.db import copies, schema
from triage.errors import RefusedActError
from triage.service import desk as verbs, people, tokens
from triage.service.tokens import Wanted

CODE = "SD261116-000001"
SECRET = "mật khẩu: Abc@12345"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office, desk_of(office) as desk:
        desk.person("lan", "agent")
        desk.person("thu", "coordinator", "0010")
        yield desk


def mail(office: Office, number: int = 1, tag: str = "0010", text: str = "Không đăng nhập được.") -> None:
    office.store(request(f"[{tag}#DVC] Lỗi đăng nhập", number=number, text=text))
    office.process()


def asked(desk: DeskServer, path: str, name: str = "lan", **query: object) -> httpx.Response:
    with desk.program(desk.token(name)) as program:
        return program.get(path, params=query)


def audited(desk: DeskServer) -> list[tuple[str, str, str]]:
    with desk.office.database.read() as connection:
        columns = (schema.audit.c.actor, schema.audit.c.action, schema.audit.c.object)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(schema.audit.c.id))]


def test_a_ticket_is_told_with_its_conversation_and_its_history(desk: DeskServer) -> None:
    mail(desk.office, text=f"Không đăng nhập được, {SECRET}")
    verbs.note(desk.office.database, desk.office.clock, CODE, "Đã gọi lại.", actor="lan")
    told = asked(desk, f"/tickets/{CODE.lower()}").json()
    assert (told["code"], told["status"], told["treasury"]) == (CODE, "new", "0010")
    assert told["opened_at"] == "2026-11-16T02:30:00Z"
    assert {turn["kind"] for turn in told["conversation"]} == {"note", "letter", "mail"}
    assert [line["verb"] for line in told["history"]][-1] == "opened"
    [number] = [turn["mail"] for turn in told["conversation"] if turn["kind"] == "mail"]
    card = asked(desk, f"/mails/{number}").json()
    assert card["ticket"] == CODE
    assert card["text"].startswith("Không đăng nhập được")
    assert "Abc@12345" not in str(told) + str(card)


def test_a_list_goes_on_where_it_ended_and_keeps_to_its_conditions(desk: DeskServer) -> None:
    for number in range(5):
        mail(desk.office, number)
    mail(desk.office, 9, "3110")
    seen: list[str] = []
    after = ""
    with desk.program(desk.token("lan")) as program:
        while after is not None:
            page = program.get("/tickets", params={"queue": "0010", "limit": 2, "after": after}).json()
            seen += [one["code"] for one in page["tickets"]]
            after = page["after"]
    assert len(seen) == len(set(seen)) == 5
    assert asked(desk, "/tickets", status="closed").json()["tickets"] == []
    wrong = asked(desk, "/tickets", colour="red")
    assert wrong.status_code == 422
    assert wrong.json()["detail"] == "query.colour: Extra inputs are not permitted."


def test_a_coordinator_s_token_counts_and_lists_his_own_queues_alone(desk: DeskServer) -> None:
    mail(desk.office, 1, "0010")
    mail(desk.office, 2, "3110")
    queues = asked(desk, "/queues", "thu").json()["queues"]
    assert [(one["queue"], one["tickets"]["new"]) for one in queues] == [("0010", 1)]
    listed = asked(desk, "/tickets", "thu").json()["tickets"]
    assert [one["queue"] for one in listed] == ["0010"]
    assert asked(desk, "/tickets", "thu", queue="3110").json()["tickets"] == []


def test_a_queue_that_is_given_up_is_gone_with_the_next_request(desk: DeskServer) -> None:
    mail(desk.office)
    office = desk.office
    with desk.program(desk.token("thu")) as program:
        assert program.get(f"/tickets/{CODE}").status_code == 200
        people.set_queues(office.database, office.clock, office.means.rules, "thu", ["3110"], actor="sep")
        assert program.get(f"/tickets/{CODE}").status_code == 404


def test_taking_a_ticket_needs_the_version_that_was_seen_and_is_done_once(desk: DeskServer) -> None:
    mail(desk.office)
    with desk.program(desk.token("lan")) as program:
        version = program.get(f"/tickets/{CODE}").json()["version"]
        late = program.post(
            f"/tickets/{CODE}/take", json={"version": version + 1}, headers={"Idempotency-Key": "k" * 8}
        )
        assert late.status_code == 409
        for _ in range(2):
            done = program.post(
                f"/tickets/{CODE}/take", json={"version": version}, headers={"Idempotency-Key": "k" * 8}
            )
            assert (done.status_code, done.json()["assignee"]) == (200, "lan")
        assert [line["verb"] for line in done.json()["history"]].count("assigned") == 1
        other = program.post(
            f"/tickets/{CODE}/notes",
            json={"version": done.json()["version"], "text": "x"},
            headers={"Idempotency-Key": "k" * 8},
        )
        assert other.status_code == 409


def test_a_note_of_a_program_is_a_note_of_its_person(desk: DeskServer) -> None:
    mail(desk.office)
    with desk.program(desk.token("thu")) as program:
        version = program.get(f"/tickets/{CODE}").json()["version"]
        done = program.post(
            f"/tickets/{CODE}/notes",
            json={"version": version, "text": "Đơn vị đã gửi lại tệp."},
            headers={"Idempotency-Key": "note-0001"},
        )
        [note] = [turn for turn in done.json()["conversation"] if turn["kind"] == "note"]
        assert (note["sender"], note["subject"]) == ("thu", "Đơn vị đã gửi lại tệp.")
        taken = program.post(
            f"/tickets/{CODE}/take", json={"version": version + 1}, headers={"Idempotency-Key": "take-0001"}
        )
        assert taken.status_code == 403


def test_a_code_is_genuine_for_the_address_it_was_given_to_and_nobody_else(desk: DeskServer) -> None:
    mail(desk.office)
    with desk.program(desk.token("thu", Scope.VERIFY)) as program:
        answers = [
            program.post("/verify", json={"code": code, "address": address}).json()
            for code, address in (
                (CODE, "ketoan@thcs-hoamai.example"),
                ("sd261116-1", " KeToan@THCS-hoamai.example "),
                (CODE, "ke.xau@thcs-hoamai.example"),
                ("SD261116-000002", "ketoan@thcs-hoamai.example"),
                ("không phải mã", "ketoan@thcs-hoamai.example"),
            )
        ]
        assert [answer["genuine"] for answer in answers] == [True, True, False, False, False]
        for _ in range(tokens.VERIFICATIONS_PER_TOKEN - 5):
            program.post("/verify", json={"code": CODE, "address": "x@y.example"})
        late = program.post("/verify", json={"code": CODE, "address": "x@y.example"})
        assert (late.status_code, late.headers["Retry-After"]) == (429, "60")


def test_a_token_is_kept_as_a_hash_and_its_use_is_told_and_audited(desk: DeskServer) -> None:
    token = desk.token("lan")
    with desk.program(token) as program:
        program.get("/queues")
        program.get("/mails/1/raw")
        assert program.get("/token").json()["login"] == "lan"
    [row] = tokens.of_person(desk.office.database, "lan")
    assert (row.used_at, row.network) == (desk.office.clock.now(), "127.0.0.1")
    with desk.office.database.read() as connection:
        for table in (schema.api_tokens, schema.audit):
            assert token not in str(connection.execute(select(table)).all())
    assert [one for one in audited(desk) if one[0] == "lan"] == [
        ("lan", "api", "GET /api/v1/queues"),
        ("lan", "api_denied", "GET /api/v1/mails/1/raw"),
        ("lan", "api", "GET /api/v1/token"),
    ]


@pytest.mark.parametrize("how", ["revoked", "expired", "disabled", "role", "restored"])
def test_a_token_that_is_over_opens_nothing(desk: DeskServer, how: str) -> None:
    office = desk.office
    database, clock = office.database, office.clock
    with desk.program(desk.token("lan", days=30)) as program:
        assert program.get("/queues").status_code == 200
        [row] = tokens.of_person(database, "lan")
        match how:
            case "revoked":
                tokens.revoke(database, clock, row.id, actor="sep")
            case "expired":
                clock.moment += timedelta(days=30)
            case "disabled":
                people.disable(database, clock, "lan", actor="sep")
            case "role":
                people.set_role(database, clock, office.means.rules, "lan", Role.AUDITOR, actor="sep")
            case "restored":
                with database.write() as connection:
                    copies.end_sessions(connection)
        assert program.get("/queues").status_code == 401
        if how == "disabled":
            people.enable(database, clock, "lan", actor="sep")
            assert program.get("/queues").status_code == 401


def test_after_too_many_bad_tokens_a_network_waits_and_good_tokens_go_on(desk: DeskServer) -> None:
    good = desk.token("lan")
    with desk.program("triage_wrong") as bad, desk.program(good) as program:
        statuses = [bad.get("/queues").status_code for _ in range(tokens.BAD_PER_NETWORK + 1)]
        assert statuses == [401] * tokens.BAD_PER_NETWORK + [429]
        assert program.get("/queues").status_code == 200
    refused = [one for one in audited(desk) if one[1] == "token_refused"]
    assert len(refused) == tokens.BAD_PER_NETWORK


def test_a_token_asks_so_often_in_a_minute_and_no_more(desk: DeskServer) -> None:
    with desk.program(desk.token("lan")) as program:
        program.get("/token")
        with desk.office.database.write() as connection:
            connection.execute(update(schema.throttles).values(count=tokens.PER_TOKEN))
        assert program.get("/token").status_code == 429
        desk.office.clock.forward(minutes=1)
        assert program.get("/token").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(" ", ["verify"], 30),
        Wanted("x", [], 30),
        Wanted("x", ["everything"], 30),
        Wanted("x", ["mails:raw"], 30),
        Wanted("x", ["verify"], 0),
        Wanted("x", ["verify"], 366),
    ],
    ids=["no name", "no scope", "no such scope", "no right", "no day", "more than a year"],
)
def test_a_token_that_makes_no_sense_is_not_made(desk: DeskServer, wanted: Wanted) -> None:
    with pytest.raises(RefusedActError):
        tokens.make(desk.office.database, desk.office.clock, "lan", wanted, actor="lan")
    assert tokens.listed(desk.office.database) == []


def test_a_program_sets_up_a_webhook_of_its_own_person(desk: DeskServer) -> None:
    with receiving() as receiver, desk.program(desk.token("lan")) as program:
        wanted = {"address": receiver.address, "events": ["ticket.opened"]}
        refused = program.post("/webhooks", json=wanted)
        assert (refused.status_code, "webhook_hosts" in refused.json()["detail"]) == (403, True)
        desk.app.config = desk.app.config.model_copy(
            update={"api": ApiConfig(webhook_hosts=(receiver.host,))}
        )
        made = program.post("/webhooks", json=wanted)
        assert made.status_code == 201
        assert made.json()["secret"].startswith("whsec_")
        place = f"/webhooks/{made.json()['id']}"
        assert program.get(place).json() == {
            name: value for name, value in made.json().items() if name != "secret"
        }
        with desk.program(desk.token("thu")) as other:
            assert other.get("/webhooks").json() == {"webhooks": []}
            assert other.get(place).status_code == 404
            assert other.delete(place).status_code == 404
        assert program.delete(place).status_code == 204
        assert program.get("/webhooks").json() == {"webhooks": []}


def test_a_body_that_is_none_or_too_large_is_told_as_a_problem(desk: DeskServer) -> None:
    with desk.program(desk.token("lan")) as program:
        for content, status in ((b"{", 422), (b"[" * 100_000, 400), (b'"' + b"a" * 600_000 + b'"', 413)):
            answer = program.post("/verify", content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == status
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert program.get("/nothing").json()["status"] == 404
