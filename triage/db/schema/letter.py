"""Letters on their way out."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import FRESH, TRIED

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id")),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("letter", String(60), nullable=False),
    Column("recipient", String(400), nullable=False),
    Column("counted_as", String(400), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", String(255), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("doubts", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(40)),
    Column("next_try_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("response", Text),
    # A letter that a person wrote may be taken back until then; nobody sends it before.
    Column("held_until", Utc),
    # Since when the mail server has been saying "not now" to this letter.
    Column("deferred_since", Utc),
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
    UniqueConstraint("mail_id", "letter", name="uq_outbox_mail_letter"),
    CheckConstraint("state in ('queued', 'sending', 'sent', 'failed', 'recalled')", name="state"),
    Index("ix_outbox_ticket_id", "ticket_id"),
    # What the caps on automatic letters count by: folded address, and domain.
    Index("ix_outbox_counted_as", "counted_as", "created_at"),
    Index("ix_outbox_domain", "domain", "created_at"),
    Index(
        "ix_outbox_fresh",
        "id",
        sqlite_where=FRESH,
        postgresql_where=FRESH,
    ),
    Index(
        "ix_outbox_tried",
        "next_try_at",
        "id",
        sqlite_where=TRIED,
        postgresql_where=TRIED,
    ),
    Index(
        "ix_outbox_failed",
        "id",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
)
