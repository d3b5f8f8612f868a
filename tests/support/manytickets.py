"""Tickets by the dozen, written straight into the database: for lists, counters and limits."""

from datetime import datetime, timedelta

from sqlalchemy import Connection
from support.office import MONDAY, Office

from triage.db import tickets


def open_one(connection: Connection, number: int, **values: object) -> int:
    """Open ticket SD261116-<number>; columns that no test names have plain values."""
    plain: dict[str, object] = {
        "code": f"SD261116-{number:06}",
        "queue": "0010",
        "status": "new",
        "subject": f"Việc số {number}",
        "excerpt": f"Kính gửi Đội hỗ trợ, đây là việc số {number}.",
        "requester_name": "Kế toán",
        "requester_address": f"ketoan{number}@truong.example",
        "category": "login",
        "priority": 3,
        "verdict": "ordinary",
        "opened_at": MONDAY,
        "updated_at": MONDAY,
        "due_at": MONDAY + timedelta(days=1, minutes=number),
    }
    return tickets.open_ticket(connection, **plain | values)


def open_many(office: Office, count: int, first: int = 1, **values: object) -> list[int]:
    """Open so many tickets, each due a minute after the one before; gives their ids."""
    with office.database.write() as connection:
        return [open_one(connection, number, **values) for number in range(first, first + count)]


def due(hours: float) -> datetime:
    """Give a deadline so many hours of the clock after MONDAY."""
    return MONDAY + timedelta(hours=hours)
