"""Mails as they were received, where their bytes lie, and what was decided about them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
from triage.db.schema.conditions import ACTING, OUTSIDE, REPORTS, WAITING

mails = Table(
    "mails",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailbox", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("stored_at", Utc, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(12), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(40)),
    Column("next_try_at", Utc),
    Column("error", Text),
    Column("mail_key", String(80)),
    Column("message_id", String(1000), nullable=False, server_default=""),
    Column("from_name", Text, nullable=False, server_default=""),
    Column("from_address", String(400), nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("kind", String(24)),
    Column("ticket_id", ForeignKey("tickets.id")),
    # When the raw bytes were erased, and SHA-256 of what they were: a copy that turns up can be recognised.
    Column("erased_at", Utc),
    Column("erased_digest", String(64)),
    UniqueConstraint("mailbox", "uidvalidity", "uid", name="uq_mails_uid"),
    CheckConstraint("state in ('waiting', 'processed', 'stuck')", name="state"),
    Index("ix_mails_message_id", "message_id"),
    Index("ix_mails_ticket_id", "ticket_id"),
    Index("ix_mails_from_address", "from_address", "id"),
    Index("ix_mails_reports", "id", sqlite_where=REPORTS, postgresql_where=REPORTS),
    Index(
        "ix_mails_waiting",
        "received_at",
        "id",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    ),
    Index(
        "ix_mails_stuck", "id", sqlite_where=text("state = 'stuck'"), postgresql_where=text("state = 'stuck'")
    ),
)

# Apart from mails, so that no list or search ever reads past megabytes of raw bytes. On PostgreSQL it has a
# partition for the mails of each month (docs/adr/0030); a mail that is erased may have no row any more.
raw_mails = Table(
    "raw_mails",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("codec", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
    # Where the content lies outside the database (docs/adr/0031): the name of its object, and SHA-256 of the
    # bytes as they were received. Then ``content`` is empty.
    Column("object_name", String(200)),
    Column("digest", String(64)),
    Index("ix_raw_mails_object", "object_name", sqlite_where=OUTSIDE, postgresql_where=OUTSIDE),
)

# Objects of the storage that no mail has any more, until the storage has removed them.
unwanted_objects = Table(
    "unwanted_objects",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("since_at", Utc, nullable=False),
)

# What this database has written into its storage, so that no copy takes the storage for its own. One row.
storage_owner = Table(
    "storage_owner",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False),
    Column("claimed_at", Utc, nullable=False),
    CheckConstraint("id = 1", name="one"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id"), nullable=False),
    Column("mail_key", String(80), nullable=False),
    Column("acting", Boolean, nullable=False),
    Column("rules_digest", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("decided_at", Utc, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("document", JSON, nullable=False),
    Index("ix_decisions_mail_id", "mail_id"),
    # Two deliveries of one mail race to act on it; the database lets one of them win.
    Index(
        "uq_decisions_acting",
        "mail_key",
        unique=True,
        sqlite_where=ACTING,
        postgresql_where=ACTING,
    ),
)
