"""Refuses parameters that come twice (ASVS 5.0, 15.3.7): one reader takes the first, another one the last."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_origin

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute

LISTS = "x-lists"
"""Under which name a route carries the names that it reads as lists by itself."""


async def demand_single(request: Request) -> None:
    """Refuse an address or form in which a name comes twice that its route does not declare as a list.

    An address with a NUL in it is refused as well: no page makes one, and PostgreSQL looks for none.
    """
    asked = request.query_params.multi_items()
    if any("\0" in value for value in (*map(str, request.path_params.values()), *(one for _, one in asked))):
        raise HTTPException(400)
    names = Counter(name for name, _ in asked)
    repeated = {name for name, count in names.items() if count > 1}
    if request.method == "POST":
        form = Counter(name for name, _ in (await request.form()).multi_items())
        repeated |= {name for name, count in form.items() if count > 1}
    if repeated and not repeated <= set(_lists(request.scope.get("route"))):
        raise HTTPException(400)


def _lists(route: Any) -> Iterator[str]:  # noqa: ANN401 - any kind of route
    if not isinstance(route, APIRoute):
        return
    yield from (route.openapi_extra or {}).get(LISTS, ())
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        for field in (*one.query_params, *one.body_params):
            if get_origin(field.field_info.annotation) in {list, tuple, set, frozenset}:
                yield field.alias
