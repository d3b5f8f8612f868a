"""Who changes the directory of units, one after the other."""

from sqlalchemy import Connection, select
from sqlalchemy.sql import func

_LOCK = 0x756E_6974_73
"""PostgreSQL's advisory lock of the directory; SQLite has one writer anyway."""


def hold(connection: Connection) -> None:
    """Let nobody else change the directory or settle a proposal until this transaction has ended.

    Numbers, names and addresses are looked for before they are written, and two at once would both find them
    free. It comes before everything that is read, and before the lock of the audit.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
