"""Every route of the API × every role × scope × own and foreign object, from the router."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi.routing import APIRoute
from support.api_routes import API_SAMPLES, ApiSample
from support.deskmails import paper, screen, with_files
from support.deskserver import DeskServer, desk_of
from support.office import open_office

from triage.core.apiscopes import Scope
from triage.core.people import RIGHTS, Right, Role
from triage.web.access import RIGHT
from triage.web.api.access import SCOPE
from triage.web.api.app import routes


@dataclass
class World:
    """A desk with a ticket of 3110 and one of 0010, and tokens of somebody of each role."""

    desk: DeskServer
    names: Mapping[str, object]
    tokens: dict[tuple[Role, tuple[Scope, ...]], str] = field(default_factory=dict)

    def send(
        self, sample: ApiSample, address: str, role: Role, *scopes: Scope, token: str | None = None
    ) -> httpx.Response:
        """Send what a sample says, with a token of a role for these scopes (all that are of use)."""
        if token is None:
            token = self.tokens.get((role, scopes)) or self.desk.token(role.value, *scopes)
            self.tokens[role, scopes] = token
        method = sample.route.split()[0]
        with self.desk.program(token) as program:
            headers = {"Idempotency-Key": f"{role.value}-{method}-{abs(hash(address))}"[:60]}
            path = address.format(**self.names)
            body = dict(sample.body) if method == "POST" else None
            return program.request(method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("api")
    with open_office(f"sqlite:///{folder / 'x.sqlite'}") as office, desk_of(office) as desk:
        own = with_files(screen(), paper())
        office.store(own, own.replace(b"0010", b"3110").replace(b"Message-ID: <", b"Message-ID: <2"))
        office.process()
        for role in Role:
            desk.person(role.value, role.value, *(["0010"] if role is Role.COORDINATOR else []))
        with office.database.read() as connection:
            found = connection.exec_driver_sql(
                "SELECT t.queue, t.code, m.id FROM tickets t JOIN mails m ON m.ticket_id = t.id"
            ).all()
        (own_queue, own_ticket, own_mail), (foreign_queue, foreign_ticket, foreign_mail) = sorted(found)
        assert (own_queue, foreign_queue) == ("0010", "3110")
        names = {
            "own_ticket": own_ticket,
            "own_mail": own_mail,
            "foreign_ticket": foreign_ticket,
            "foreign_mail": foreign_mail,
        }
        yield World(desk, names)


ROUTES: dict[str, APIRoute] = {
    f"{method} {route.path}": route for route in routes() for method in route.methods
}


def demanded(sample: ApiSample) -> tuple[Scope | None, Right]:
    extra = ROUTES[sample.route].openapi_extra or {}
    return Scope(extra[SCOPE]) if SCOPE in extra else None, Right(extra[RIGHT])


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    rows = [sample.route for sample in API_SAMPLES]
    odd = sorted({*rows} ^ ROUTES.keys())
    assert not odd, f"{odd}: add a new route to tests/support/api_routes.py, take an old one out"
    assert len(rows) == len(ROUTES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("sample", API_SAMPLES, ids=lambda sample: sample.route)
def test_a_token_may_do_what_the_rights_of_its_person_say_and_no_more(
    world: World, sample: ApiSample, role: Role
) -> None:
    _, right = demanded(sample)
    answer = world.send(sample, sample.address, role)
    if right in RIGHTS[role]:
        expected = {200, 404} if "999" in sample.address else {200, 409}
        assert answer.status_code in (expected | {403} if "x.example" in str(sample.body) else expected)
    else:
        assert answer.status_code == 403
        assert " lacks the " in answer.json()["detail"]


@pytest.mark.parametrize(
    "sample", [one for one in API_SAMPLES if demanded(one)[0]], ids=lambda sample: sample.route
)
def test_a_token_without_the_scope_is_refused(world: World, sample: ApiSample) -> None:
    scope, _ = demanded(sample)
    others = tuple(one for one in Scope if one is not scope)
    answer = world.send(sample, sample.address, Role.SECURITY, *others)
    assert answer.status_code == 403
    assert answer.json()["detail"] == f"This token lacks the scope {scope}."


@pytest.mark.parametrize(
    "sample", [one for one in API_SAMPLES if one.foreign], ids=lambda sample: sample.route
)
def test_a_foreign_object_is_not_there_for_a_coordinator(world: World, sample: ApiSample) -> None:
    _, right = demanded(sample)
    answer = world.send(sample, sample.foreign, Role.COORDINATOR)
    assert answer.status_code == (404 if right in RIGHTS[Role.COORDINATOR] else 403)
    never = ApiSample(sample.route, sample.foreign, body=sample.body)
    swapped = {"foreign_ticket": "SD000101-000009", "foreign_mail": 999_999}
    unknown = World(world.desk, {**world.names, **swapped}, world.tokens)
    assert unknown.send(never, never.address, Role.COORDINATOR).content == answer.content


@pytest.mark.parametrize("sample", API_SAMPLES, ids=lambda sample: sample.route)
@pytest.mark.parametrize("token", ["", "triage_wrong"])
def test_nobody_gets_anything_without_a_good_token(world: World, sample: ApiSample, token: str) -> None:
    with world.desk.office.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM throttles")
    answer = world.send(sample, sample.address, Role.AGENT, token=token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("sample", API_SAMPLES, ids=lambda sample: sample.route)
def test_a_session_of_the_desk_opens_nothing(world: World, sample: ApiSample) -> None:
    browser = world.desk.let_in("admin")
    path = f"/api/v1{sample.address.format(**world.names)}"
    assert browser.client.request(sample.route.split()[0], path).status_code == 401
