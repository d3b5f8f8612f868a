"""Refuses parameters that come twice (ASVS 5.0, 15.3.7): one reader takes the first, another one the last.

So are those that no database takes: PostgreSQL keeps no NUL, and neither one a half of a surrogate pair.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, get_origin

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute

LISTS = "x-lists"
"""Under which name a route carries the names that it reads as lists by itself."""

_UNKEPT = re.compile("[\0\ud800-\udfff]")


async def demand_single(request: Request) -> None:
    """Refuse an address or form in which a name comes twice that its route does not declare as a list.

    One with text that no database keeps is refused as well: no page makes it, and no keyboard either. What is
    in a file is its reader's to judge.
    """
    asked = request.query_params.multi_items()
    sent = (await request.form()).multi_items() if request.method == "POST" else []
    texts = (*map(str, request.path_params.values()), *_texts(asked), *_texts(sent))
    if any(map(_UNKEPT.search, texts)):
        raise HTTPException(400)
    repeated = _repeated(asked) | _repeated(sent)
    if repeated and not repeated <= set(_lists(request.scope.get("route"))):
        raise HTTPException(400)


def _texts(pairs: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for name, value in pairs:
        yield name
        yield value if isinstance(value, str) else value.filename or ""


def _repeated(pairs: Iterable[tuple[str, Any]]) -> set[str]:
    return {name for name, count in Counter(name for name, _ in pairs).items() if count > 1}


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
