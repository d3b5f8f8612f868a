"""Every table, once. Alembic's migrations build them; a test holds the two equal."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC, whatever zone the server session has."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_json(document: Any) -> str:  # noqa: ANN401 - JSON holds anything
    """Write JSON as it is stored: readable Vietnamese, stable order."""
    return _ENCODER.encode(document)


# What the partial indexes hold. A query that shall use one must say it in these very words: neither database
# recognises them in a parameter, nor SQLite in another spelling ("acting = 1").
WAITING = text("state = 'waiting'")
ACTING = text("acting")
FRESH = text("state = 'queued' and attempts = 0")
TRIED = text("state in ('queued', 'sending') and attempts > 0")
LISTED = text("removed_at is null")
IN_FORCE = text("ended_at is null")

# SQLite numbers rows only where the key is an INTEGER; 64 bits it gives anyway.
Id = BigInteger().with_variant(Integer, "sqlite")

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

# Apart from mails, so that no list or search ever reads past megabytes of raw bytes.
raw_mails = Table(
    "raw_mails",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("codec", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
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

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(15), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("treasury", String(8)),
    Column("status", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("requester_address", String(400), nullable=False),
    Column("category", String(40), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("assignee", String(200)),
    Column("opened_at", Utc, nullable=False),
    Column("due_at", Utc),
    Column("updated_at", Utc, nullable=False),
    Column("closed_at", Utc),
    UniqueConstraint("code", name="uq_tickets_code"),
    Index("ix_tickets_queue", "queue", "status", "due_at"),
    Index("ix_tickets_requester", "requester_address", "id"),
)

ticket_parties = Table(
    "ticket_parties",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("address", String(400), primary_key=True),
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("verb", String(40), nullable=False),
    Column("mail_id", ForeignKey("mails.id")),
    Column("data", JSON, nullable=False),
    Index("ix_ticket_events_ticket_id", "ticket_id", "id"),
)

# One row a local day. The row is updated in the transaction that opens the ticket, so a rollback takes
# the number back and the day has no gap that somebody could take for a lost ticket.
day_counters = Table(
    "day_counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

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
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
    UniqueConstraint("mail_id", "letter", name="uq_outbox_mail_letter"),
    CheckConstraint("state in ('queued', 'sending', 'sent', 'failed')", name="state"),
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

# When each stage last came to the end of a round: what a health check asks for.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("stage", String(20), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("error", Text),
)

# Whom an agent allows, blocks or watches. A row is never deleted, so that one can see who trusted whom when.
sender_list = Table(
    "sender_list",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry", String(400), nullable=False),
    Column("sort", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("removed_at", Utc),
    Column("removed_by", String(200)),
    CheckConstraint("sort in ('allow', 'block', 'watch')", name="sort"),
    CheckConstraint("kind in ('address', 'domain', 'phone')", name="kind"),
    Index(
        "uq_sender_list_entry",
        "entry",
        "sort",
        unique=True,
        sqlite_where=LISTED,
        postgresql_where=LISTED,
    ),
)

# What a later entry of the watch list finds an old mail by: addresses, domains and numbers that it holds.
mail_marks = Table(
    "mail_marks",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(400), primary_key=True),
    Index("ix_mail_marks_mark", "mark", "mail_id"),
)

# Units that write to us: who they are and which treasury they deal with. A row that was taken out stays.
units = Table(
    "units",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(20)),
    Column("name", Text, nullable=False),
    Column("treasury", String(8), nullable=False, server_default=""),
    Column("sort", String(12), nullable=False),
    Column("software", Text, nullable=False, server_default=""),
    Column("phone", String(100), nullable=False, server_default=""),
    Column("changed_at", Utc, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("removed_at", Utc),
    CheckConstraint("sort in ('budget', 'connecting')", name="sort"),
    Index("uq_units_code", "code", unique=True, sqlite_where=LISTED, postgresql_where=LISTED),
)

# By which addresses and domains a unit is known; each belongs to one unit, a domain may belong to several.
unit_senders = Table(
    "unit_senders",
    metadata,
    Column("unit_id", ForeignKey("units.id", ondelete="CASCADE"), primary_key=True),
    Column("sender", String(400), primary_key=True),
    Index("ix_unit_senders_sender", "sender"),
)

# Entries that a registration form (935/QĐ-KBNN) proposes, for a person to accept or refuse.
unit_proposals = Table(
    "unit_proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id"), nullable=False),
    Column("sender", String(400), nullable=False, server_default=""),
    Column("form", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", String(10), nullable=False, server_default="open"),
    Column("decided_at", Utc),
    Column("decided_by", String(200)),
    Column("reason", Text, nullable=False, server_default=""),
    Column("unit_id", ForeignKey("units.id")),
    UniqueConstraint("mail_id", name="uq_unit_proposals_mail_id"),
    CheckConstraint("state in ('open', 'accepted', 'refused')", name="state"),
)

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
