"""What mails, letters, notes and tickets are found by."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from triage.db.schema.base import Id, Utc, metadata

# The words of each mail, letter, note and ticket as they were written, secrets hidden: what a hit shows. What
# they are found by stands beside, in search_words, by the same number.
search_entries = Table(
    "search_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    # Of tickets, mails, outbox or ticket_events, as the kind says.
    Column("source_id", BigInteger, nullable=False),
    Column("at", Utc, nullable=False),
    Column("has_files", Boolean, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("kind", "source_id", name="uq_search_entries_source"),
    CheckConstraint("kind in ('ticket', 'mail', 'letter', 'note')", name="kind"),
    Index("ix_search_entries_ticket_id", "ticket_id", "id"),
    Index("ix_search_entries_at", "at", "id"),
)

# Tickets whose words are still to be written, the newest first: those of before there was a search, and
# those that triage db reindex names.
search_backlog = Table(
    "search_backlog",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
)

SEARCH_WORDS = "search_words"
