"""The audit of what people view and change."""

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint

from triage.db.schema.base import Id, Utc, metadata

# Every view and every change by a person, each row bound to the one before. Triggers refuse to change or
# delete a row. ``data`` is text, since the hash is that of its very letters.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", String(200), nullable=False, server_default=""),
    Column("network", String(64), nullable=False, server_default=""),
    Column("data", Text, nullable=False, server_default="{}"),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("previous", name="uq_audit_previous"),
    Index("ix_audit_object", "object", "id"),
    Index("ix_audit_actor", "actor", "id"),
)
