"""Lists that somebody keeps under a name: kept from a list, dropped there, never anybody else's."""

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Form
from fastapi.responses import Response

from triage.core.people import Right
from triage.errors import NotFoundError
from triage.service import savedviews
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.queue import demand_seen, read_filters
from triage.web.rownumbers import Number

router = DeskRouter()

Key = Annotated[str, Form(max_length=64, min_length=8)]
Address = Annotated[str, Form(max_length=1000)]


@router.act("/views", Right.READ)
def keep(
    ask: Asking, key: Key, address: Address = "", name: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Keep the list that somebody looks at."""
    here = list_address(ask, address)
    told = ask.words.say("Đã lưu danh sách “%(name)s”.", name=name.strip()[: savedviews.LONGEST_NAME])
    desk = ask.desk
    savedviews.keep(desk.database, desk.app.means.clock, ask.person, key, name=name, address=here, told=told)
    return ask.go(here, act=key)


@router.act("/views/{view_id}/delete", Right.READ)
def drop(ask: Asking, view_id: Number, key: Key, address: Address = "") -> Response:
    """Drop one of one's own lists."""
    here = list_address(ask, address)
    told = ask.words.say("Đã xóa danh sách.")
    savedviews.drop(ask.desk.database, ask.desk.app.means.clock, ask.person, key, view_id, told=told)
    return ask.go(here, act=key)


def list_address(ask: Ask, written: str) -> str:
    """Give the address of a list from what a form says: the path of a list and conditions that we know.

    Raises NotFoundError for any other address, and for a queue that somebody does not see.
    """
    try:
        parts = urlsplit(written)
        pairs = parse_qsl(parts.query, max_num_fields=100)
    except ValueError as error:
        raise NotFoundError("There is no list at this address.") from error
    head, _, queue = parts.path.rpartition("/")
    if parts.scheme or parts.netloc or (parts.path != "/tickets" and head != "/queues"):
        raise NotFoundError("There is no list at this address.")
    if parts.path == "/tickets":
        queue = ""
    else:
        demand_seen(ask, queue)
    return parts.path + read_filters(ask, pairs, queue).query()
