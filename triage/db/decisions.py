"""Decisions as they were made, so that an old ticket still explains itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from triage.db.schema import decisions


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision with the facts that it was made from."""

    facts: dict[str, Any]
    document: dict[str, Any]


_ADD = decisions.insert()


def add(
    connection: Connection,
    mail_id: int,
    mail_key: str,
    now: datetime,
    *,
    acting: bool,
    facts: dict[str, Any],
    document: dict[str, Any],
) -> None:
    """Keep a decision. Raises IntegrityError when another mail with this key has been acted on already."""
    values = {
        "mail_id": mail_id,
        "mail_key": mail_key,
        "acting": acting,
        "rules_digest": document["rules"],
        "version": document["version"],
        "decided_at": now,
        "facts": facts,
        "document": document,
    }
    connection.execute(_ADD, values)


def latest(connection: Connection, mail_id: int) -> StoredDecision | None:
    """Give the newest decision about a mail."""
    row = connection.execute(
        select(decisions.c.facts, decisions.c.document)
        .where(decisions.c.mail_id == mail_id)
        .order_by(decisions.c.id.desc())
        .limit(1)
    ).first()
    return StoredDecision(row.facts, row.document) if row else None


_LATEST = (
    select(func.max(decisions.c.id))
    .where(decisions.c.mail_id.in_(bindparam("mail_ids", expanding=True)))
    .group_by(decisions.c.mail_id)
)
_LATEST_DOCUMENTS = select(decisions.c.mail_id, decisions.c.document).where(decisions.c.id.in_(_LATEST))


def latest_documents(connection: Connection, mail_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give the newest decision about each of some mails as it was stored, by the mail."""
    rows = connection.execute(_LATEST_DOCUMENTS, {"mail_ids": mail_ids}) if mail_ids else ()
    return {row.mail_id: row.document for row in rows}
