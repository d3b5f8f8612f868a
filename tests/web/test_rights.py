"""Every route × every role × own and foreign object, from the router: a new route without a row fails."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from support.desk_routes import SAMPLES, Sample
from support.deskmails import paper, screen, with_files
from support.deskserver import Browser, DeskServer, desk_of
from support.office import Office, open_office
from support.surges import an_incident

from triage.core.people import RIGHTS, Right, Role
from triage.core.tokens import hash_of
from triage.core.units import Registration
from triage.db import campaigns, units as rows
from triage.service import units
from triage.web.access import RIGHT
from triage.web.deskapp import ROUTERS, desk_routes

OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /static/{name}",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /sign-in/oidc",
    "GET /sign-in/oidc/back",
    "POST /language",
    "GET /welcome/{token}",
    "POST /welcome/{token}",
    # pictures in the frame of a mail, which has no cookies: a token that its page gave opens one
    "GET /m/{mail}/image/{place}",
}
"""Routes for whoever is not, or not yet, signed in."""

OBJECTS = (
    *("tickets", "ticket_events", "mails", "outbox", "decisions", "sender_list", "people"),
    *("units", "unit_senders", "unit_proposals", "campaigns", "campaign_mails", "campaign_events"),
    *("incidents", "incident_tickets", "incident_answers", "incident_letters"),
)
UNITS = "name,treasury\nTrường A,0010\nTrường B,3110\nTrường Cũ,0010\n"


@dataclass
class World:
    """A desk with a ticket of 3110 and one of 0010, somebody of each role, and what the addresses name."""

    desk: DeskServer
    names: Mapping[str, object]
    demanded: Mapping[str, Right]

    def send(self, sample: Sample, address: str, browser: Browser) -> httpx.Response:
        """Send what a sample says and read nothing but the head of the answer."""
        method, path = sample.route.split()[0], address.format(**self.names)
        form: dict[str, Any] = {"form_token": browser.form_token, "key": hash_of(path)[:20] + method}
        data = {**form, **sample.form} if method == "POST" else None
        call = browser.client.stream(method, path, data=data, follow_redirects=False)
        with call as answer:
            return answer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("rights")
    with open_office(f"sqlite:///{folder / 'x.sqlite'}") as office, desk_of(office) as desk:
        own = with_files(screen(), paper())
        office.store(own, own.replace(b"0010", b"3110").replace(b"Message-ID: <", b"Message-ID: <2"))
        office.process()
        for role in Role:
            desk.person(role.value, role.value, *(["0010"] if role is Role.COORDINATOR else []))
        desk.person("spare", "agent")
        with office.database.read() as connection:
            found = connection.exec_driver_sql(
                "SELECT t.queue, t.code, m.id FROM tickets t JOIN mails m ON m.ticket_id = t.id"
            ).all()
        (own_queue, own_ticket, own_mail), (foreign_queue, foreign_ticket, foreign_mail) = sorted(found)
        assert (own_queue, foreign_queue) == ("0010", "3110")
        names = {
            "own_ticket": own_ticket,
            "foreign_ticket": foreign_ticket,
            "own_mail": own_mail,
            "foreign_mail": foreign_mail,
            "other_session": 999_999,
            "other_token": 999_999,
            **_directory(office, own_mail),
            "campaign": _campaign(office),
            "incident": an_incident(office, own_ticket, foreign_ticket),
            "spare_incident": an_incident(office),
        }
        yield World(desk, names, dict(_demanded(desk)))


def _directory(office: Office, mail_id: int) -> dict[str, int]:
    """Fill the directory: a unit of each treasury, one that is taken out, and what a form proposes."""
    units.import_csv(office.database, office.means, UNITS, actor="test")
    own, foreign, old = (row.id for row in units.listed(office.database))
    form = Registration("Công ty Kết Nối", "", "", "", "SoftKT", "0010", "")
    with office.database.write() as connection:
        rows.propose(connection, mail_id, "it@ketnoi.example", form.as_json(), office.clock.now())
    return {"own_unit": own, "foreign_unit": foreign, "old_unit": old, "proposal": 1}


def _campaign(office: Office) -> int:
    with office.database.write() as connection:
        return campaigns.add(connection, office.clock.now())


def _routes(desk: DeskServer) -> Iterator[tuple[str, APIRoute]]:
    for source in (desk_routes(desk.app), *ROUTERS):
        for route in source.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield f"{method} {route.path}", route


def _demanded(desk: DeskServer) -> Iterator[tuple[str, Right]]:
    for name, route in _routes(desk):
        if route.openapi_extra and RIGHT in route.openapi_extra:
            yield name, Right(route.openapi_extra[RIGHT])


def test_every_route_demands_a_right_or_is_known_to_be_open(world: World) -> None:
    assert {name for name, _ in _routes(world.desk)} - world.demanded.keys() == OPEN


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    rows = [sample.route for sample in SAMPLES]
    odd = sorted({*rows} ^ world.demanded.keys())
    assert not odd, f"{odd}: add a new route to tests/support/desk_routes.py, take an old one out"
    assert len(rows) == len(world.demanded)


def test_nothing_is_changed_by_a_get(world: World) -> None:
    assert {name.split()[0] for name in world.demanded} == {"GET", "POST"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.route)
def test_a_role_may_do_what_its_rights_say_and_no_more(world: World, sample: Sample, role: Role) -> None:
    status = world.send(sample, sample.address, world.desk.let_in(role.value)).status_code
    if world.demanded[sample.route] in RIGHTS[role]:
        assert status not in {401, 403, 500}
        assert "{" not in sample.address or status != 404 or "{other_" in sample.address
    else:
        assert status == 403


@pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if sample.foreign], ids=lambda sample: sample.route
)
def test_a_foreign_object_is_not_there_for_a_coordinator(world: World, sample: Sample) -> None:
    may = world.demanded[sample.route] in RIGHTS[Role.COORDINATOR]
    status = world.send(sample, sample.foreign, world.desk.let_in("coordinator")).status_code
    assert status == (404 if may else 403)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.route)
def test_a_stranger_is_led_to_the_sign_in(world: World, sample: Sample) -> None:
    answer = world.send(sample, sample.address, world.desk.browser())
    if sample.route.startswith("GET"):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.route)
@pytest.mark.parametrize(("factor", "step"), [("half", "/sign-in/code"), ("enrol", "/second-factor")])
def test_half_a_sign_in_opens_nothing(world: World, sample: Sample, factor: str, step: str) -> None:
    if factor == "enrol" and "second-factor" in sample.route:
        return
    answer = world.send(sample, sample.address, world.desk.let_in("agent", factor=factor))
    if sample.route.startswith("GET"):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(step)
    else:
        assert answer.status_code == 401


def test_an_auditor_changes_nothing_but_his_own_account(world: World) -> None:
    before = _objects(world)
    for sample in SAMPLES:
        if sample.route.startswith("POST") and world.demanded[sample.route] is not Right.SELF:
            world.send(sample, sample.address, world.desk.let_in("auditor"))
    assert _objects(world) == before


def _objects(world: World) -> dict[str, list[tuple[object, ...]]]:
    with world.desk.office.database.read() as connection:
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608 - names of ours
            for table in OBJECTS
        }


@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one.route.startswith("POST")], ids=lambda one: one.route
)
def test_an_act_without_the_token_of_its_session_is_refused(world: World, sample: Sample) -> None:
    browser = world.desk.let_in("admin")
    browser.form_token = "x"
    assert world.send(sample, sample.address, browser).status_code == 403
