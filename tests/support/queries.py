"""Counts what a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from support.office import Office


@contextmanager
def asked_of(office: Office) -> Iterator[list[str]]:
    """Give the statements that reach an office's database while the block lasts."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(office.database.engine, "before_cursor_execute", note)
