"""Recovery codes: kept as hashes, each good for one sign-in."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from triage.db.schema import recovery_codes


def replace(connection: Connection, person_id: int, hashes: Iterable[str]) -> None:
    """Give a person these codes and no others."""
    connection.execute(recovery_codes.delete().where(recovery_codes.c.person_id == person_id))
    rows = [{"person_id": person_id, "code_hash": one} for one in hashes]
    if rows:
        connection.execute(recovery_codes.insert(), rows)


def use(connection: Connection, person_id: int, code_hash: str, now: datetime) -> bool:
    """Use a code up; False where there is no such code or it was used."""
    result = connection.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.person_id == person_id,
            recovery_codes.c.code_hash == code_hash,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return result.rowcount > 0


def left(connection: Connection, person_id: int) -> int:
    """Count the codes that are still good."""
    query = select(func.count()).where(
        recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None)
    )
    return connection.scalar(query) or 0
