"""The API as one application, which is mounted below /api/v1 of the desk."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from triage.web.api import acts, asking, mails, tickets, webhooks
from triage.web.api.problems import ANSWERS, PROBLEM, Problem
from triage.web.desk import Desk
from triage.web.repeated import LISTS, demand_single

PLACE = "/api/v1"
"""Where it is mounted; what breaks callers gets a place of its own."""

ROUTERS = (asking.router, tickets.router, acts.router, mails.router, webhooks.router)
"""Every route of the API; a new file adds its router here."""

_ALWAYS = (400, 401, 403, 422, 429, 503)
"""What each route may answer besides what it says itself."""


def create_api(desk: Desk | None = None) -> FastAPI:
    """Make the application for an installation; without one it can only be described."""
    api = FastAPI(
        title="triage",
        summary="Tickets of the State Treasury's IT support mailbox, for programs.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": PLACE}],
        root_path_in_servers=False,
    )
    api.state.desk = desk
    api.state.routes = routes()
    api.router.routes.extend(_routes())
    for error, answer in ANSWERS.items():
        api.add_exception_handler(error, answer)
    return api


def routes() -> tuple[APIRoute, ...]:
    """Give every route by itself, as its file made it."""
    return tuple(one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute))


@cache
def _routes() -> tuple[BaseRoute, ...]:
    api = APIRouter(responses={status: {"model": Problem} for status in _ALWAYS})
    for router in ROUTERS:
        api.include_router(router, dependencies=[Depends(demand_single)])
    return tuple(api.routes)


def description() -> dict[str, Any]:
    """Give the OpenAPI document, as docs/openapi.json holds it."""
    told: dict[str, Any] = create_api().openapi()
    for methods in told["paths"].values():
        for operation in methods.values():
            operation.pop(LISTS, None)
            for status, answer in operation["responses"].items():
                if not status.startswith("2"):
                    answer["content"] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return told
