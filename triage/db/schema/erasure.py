"""Holds on data that must stay, and acts of erasure."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import IN_FORCE

# Tickets whose data must stay, whatever a person asks or a term says, until somebody ends the hold.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    Column("end_reason", Text, nullable=False, server_default=""),
    Index(
        "uq_legal_holds_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
)

# Acts of erasure: when, by whom, why, how much; of whom, the rows that were erased no longer say.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("mails", Integer, nullable=False, server_default="0"),
    Column("tickets", Integer, nullable=False, server_default="0"),
    Column("letters", Integer, nullable=False, server_default="0"),
)
