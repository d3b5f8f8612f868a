"""Each page of the desk stands in the list that axe and the pictures go by, or has a reason not to."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path
from support.sampledesk import NO_PAGES, PAGES

from triage.web import codecheck
from triage.web.deskapp import ROUTERS

NOWHERE = "/none"
"""The one row that leads nowhere, to look at what is shown then."""


def answered(*routers: APIRouter) -> Iterator[str]:
    """Give the addresses that answer a GET, in the order in which they are tried."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in route.methods:
                yield route.path


ROUTES = list(answered(*ROUTERS, codecheck.router))


def route_of(path: str) -> str | None:
    """Give the route that an address comes to."""
    bare = path.partition("?")[0]
    return next((route for route in ROUTES if compile_path(route)[0].fullmatch(bare)), None)


LISTED = {path: route_of(path) for _name, path in PAGES}


def test_every_page_is_looked_at() -> None:
    lacking = sorted(set(ROUTES) - set(LISTED.values()) - NO_PAGES.keys())
    assert not lacking, f"{lacking}: add each to PAGES in tests/support/sampledesk.py"


def test_what_is_listed_is_a_page() -> None:
    assert [path for path, route in LISTED.items() if route is None] == [NOWHERE]
    assert not NO_PAGES.keys() & set(LISTED.values())


def test_no_reason_outlives_its_address() -> None:
    assert NO_PAGES.keys() <= set(ROUTES)
    assert all(NO_PAGES.values())


def test_a_page_that_is_not_listed_is_noticed() -> None:
    router = APIRouter()
    router.add_api_route("/moi/{number}", lambda: None, methods=["GET"])
    assert set(answered(router)) - set(LISTED.values()) - NO_PAGES.keys() == {"/moi/{number}"}


def test_a_named_page_does_not_stand_for_the_one_whose_number_would_take_its_name() -> None:
    assert route_of("/units/import") == "/units/import"
    assert route_of("/units/1") == "/units/{unit_id}"
