"""Lists of tickets as CSV and XLSX files: the tickets of a list, all of them, none of what mails say."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from triage.core.people import Right
from triage.db import queues
from triage.db.tickets import TicketRow
from triage.web import filters, wording
from triage.web.access import Asking, DeskRouter
from triage.web.csvlines import csv_file, csv_line
from triage.web.desk import Ask
from triage.web.queue import demand_seen, read_filters
from triage.web.sheets import SheetPart, xlsx_file

router = DeskRouter()

AT_ONCE = 500
"""Tickets that one question asks for; the file is sent while it is made."""


@router.page("/tickets.csv", Right.EXPORT, fresh=True, lists=filters.MANY)
def all_tickets(ask: Asking) -> Response:
    """Give the tickets of the list of every queue that this person sees."""
    return _file(ask, "phieu.csv", "")


@router.page("/queues/{queue}.csv", Right.EXPORT, fresh=True, lists=filters.MANY)
def one_queue(ask: Asking, queue: str) -> Response:
    """Give the tickets of the list of one queue."""
    demand_seen(ask, queue)
    return _file(ask, f"phieu-{queue}.csv", queue)


@router.page("/tickets.xlsx", Right.EXPORT, fresh=True, lists=filters.MANY)
def all_tickets_xlsx(ask: Asking) -> Response:
    """Give the tickets of the list of every queue that this person sees as a workbook."""
    return _workbook(ask, "phieu.xlsx", "")


@router.page("/queues/{queue}.xlsx", Right.EXPORT, fresh=True, lists=filters.MANY)
def one_queue_xlsx(ask: Asking, queue: str) -> Response:
    """Give the tickets of the list of one queue as a workbook."""
    demand_seen(ask, queue)
    return _workbook(ask, f"phieu-{queue}.xlsx", queue)


def _file(ask: Ask, name: str, queue: str) -> Response:
    lines = chain((_titles(ask),), _rows(ask, queue, ask.desk.now()))
    return csv_file(name, map(csv_line, lines))


def _workbook(ask: Ask, name: str, queue: str) -> Response:
    part = SheetPart(ask.words.say("Phiếu"), _titles(ask), _rows(ask, queue, ask.desk.now()))
    return xlsx_file(name, [part])


def _titles(ask: Ask) -> tuple[str, ...]:
    words = ask.words
    return (
        words.say("Mã phiếu"),
        words.say("Hàng đợi"),
        words.say("Trạng thái"),
        words.say("Tiêu đề"),
        words.say("Đơn vị"),
        words.say("Người gửi"),
        words.say("Địa chỉ"),
        words.say("Loại"),
        words.say("Ưu tiên"),
        words.say("Người xử lý"),
        words.say("Mở lúc"),
        words.say("Hạn"),
        words.say("Đóng lúc"),
    )


def _rows(ask: Ask, queue: str, now: datetime) -> Iterator[tuple[str, ...]]:
    """Give the tickets of a list row by row, some hundred at a time."""
    rules, zone = ask.desk.app.means.rules, ask.desk.app.means.zone
    narrowed = read_filters(ask, ask.request.query_params.multi_items(), queue)
    wanted = (narrowed.within(queue) if queue else narrowed).wanted(ask.person.name, rules.calendar, now)
    after = None
    while True:
        with ask.desk.database.read() as connection:
            page = queues.page(connection, ask.person, now, wanted, after, AT_ONCE)
        yield from (_cells(ask, row, zone) for row in page.rows)
        if page.after is None:
            return
        after = page.after


def _cells(ask: Ask, row: TicketRow, zone: ZoneInfo) -> tuple[str, ...]:
    categories = ask.desk.app.means.rules.categories
    return (
        row.code,
        row.queue,
        wording.status(ask.words, row.status),
        row.subject,
        row.unit_name,
        row.requester_name,
        row.requester_address,
        wording.category(ask.words, categories, row.category),
        str(row.priority),
        row.assignee or "",
        _local(row.opened_at, zone),
        _local(row.due_at, zone),
        _local(row.closed_at, zone),
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a local moment so that spreadsheets sort it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
