"""Numbers in addresses and forms: what no database can count is refused before one is asked."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, get_args

import pytest
from fastapi.routing import APIRoute
from support.deskserver import DeskServer, desk_of
from support.office import open_office, request

from triage.web.deskapp import ROUTERS
from triage.web.rownumbers import LAST, LAST_VERSION

TICKET = "/tickets/SD261116-000001"


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("quan", "admin")
        server.person("lan", "agent")
        office.store(request())
        office.process()
        yield server


def numbers() -> Iterator[tuple[str, Any]]:
    """Give every whole number that an address or form carries, and where."""
    every = chain.from_iterable(router.routes for router in ROUTERS)
    for route in every:
        if not isinstance(route, APIRoute):
            continue
        waiting = [route.dependant]
        while waiting:
            one = waiting.pop()
            waiting += one.dependencies
            for field in (*one.path_params, *one.query_params, *one.body_params):
                if speaks_of_int(field.field_info.annotation):
                    yield f"{route.path} {field.alias}", field.field_info


def speaks_of_int(annotation: Any) -> bool:
    return annotation is int or any(speaks_of_int(one) for one in get_args(annotation))


def bounds(field: Any) -> set[int]:
    """Give the bounds of a number, also of each in a list."""
    waiting, found = [*field.metadata, *get_args(field.annotation)], set()
    while waiting:
        one = waiting.pop()
        waiting += [*get_args(one), *getattr(one, "metadata", ())]
        found |= {getattr(one, name) for name in ("ge", "le") if getattr(one, name, None) is not None}
    return found


def test_every_number_has_bounds_that_a_database_can_count() -> None:
    for where, field in numbers():
        assert len(bounds(field)) == 2, where
        assert max(bounds(field)) <= LAST, where


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**40])
def test_a_row_that_no_database_can_count_is_refused(desk: DeskServer, number: int) -> None:
    quan, lan = desk.let_in("quan"), desk.let_in("lan")
    for path in (f"/account/sessions/{number}/end", f"/views/{number}/delete", f"{TICKET}/recall/{number}"):
        assert lan.post(path, {"address": "/tickets"}).status_code == 422, path
    assert lan.post(f"{TICKET}/split", {"mail": str(number)}).status_code == 422
    assert quan.get(f"/audit?before={number}").status_code == 422


@pytest.mark.parametrize("number", [-1, 2**31, 10**40])
def test_a_version_that_no_ticket_can_have_is_refused(desk: DeskServer, number: int) -> None:
    lan = desk.let_in("lan")
    assert lan.post(f"{TICKET}/draft", {"text": "x", "version": str(number)}).status_code == 422
    assert lan.post(f"{TICKET}/priority", {"priority": str(number), "version": "1"}).status_code == 422
    assert lan.get(f"{TICKET}?since={number}").status_code == 422


def test_the_largest_numbers_are_looked_for_and_not_found(desk: DeskServer) -> None:
    quan, lan = desk.let_in("quan"), desk.let_in("lan")
    assert lan.post(f"/account/sessions/{LAST}/end").status_code == 404
    assert lan.post(f"/views/{LAST}/delete", {"address": "/tickets"}).status_code == 404
    assert lan.post(f"{TICKET}/recall/{LAST}").status_code < 500
    assert lan.post(f"{TICKET}/split", {"mail": str(LAST)}).status_code < 500
    assert lan.post(f"{TICKET}/draft", {"text": "x", "version": str(LAST_VERSION)}).status_code == 200
    assert lan.post(f"{TICKET}/priority", {"priority": str(LAST_VERSION)}).status_code == 409
    assert lan.post("/notices/read", {"newest": str(LAST)}).status_code == 200
    assert lan.get(f"{TICKET}?since={LAST_VERSION}").status_code == 200
    assert lan.get(f"/search?q=x&page={LAST}").status_code == 200
    assert quan.get(f"/audit?before={LAST}").status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_leave_at_the_end_of_time_is_refused(desk: DeskServer, day: str) -> None:
    lan = desk.let_in("lan")
    assert lan.post("/account/leave", {"first": day, "last": day}).status_code == 422
