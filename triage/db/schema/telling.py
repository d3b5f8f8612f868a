"""Of what colleagues were told: notices, digests, forwarded mails, escalations, pages."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import UNREAD, UNTOLD, WAITING

# What somebody should know: that he was mentioned, that a ticket came into or left his queue.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("sort", String(16), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("read_at", Utc),
    # The incident that it is about, of which the ticket is one. No foreign key: SQLite
    # could add one only by copying the table.
    Column("incident_id", Id),
    Index("ix_notices_unread", "person_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
)

# Of which days a coordinator has had the digest, or had nothing to be told: each day once, whoever sends it.
digests = Table(
    "digests",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    # The local date.
    Column("day", Date, primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_digests_day", "day"),
)

# Of which tickets a coordinator was told by mail, or had the mail sent on: each once, whoever does it.
forwards = Table(
    "forwards",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Which steps were told of a ticket that stays unanswered: each once, whoever tells it. Opened again, its
# clock starts anew (``started_at``), and so do the steps.
escalations = Table(
    "escalations",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("started_at", Utc, primary_key=True),
    Column("step", String(12), primary_key=True),
    Column("at", Utc, nullable=False),
    CheckConstraint("step in ('warning', 'overdue', 'late')", name="step"),
)

# Pages to the security officers: what the webhook is told, the very bytes each time, and how far that is.
security_pages = Table(
    "security_pages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Utc),
    Column("error", Text),
    CheckConstraint("state in ('waiting', 'sent', 'failed', 'none')", name="state"),
    Index("ix_security_pages_waiting", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
)

# Tickets that the security officers are paged about, each once; without a page it is still to be told.
security_alerts = Table(
    "security_alerts",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("reason", String(12), nullable=False),
    Column("raised_at", Utc, nullable=False),
    Column("page_id", ForeignKey("security_pages.id")),
    CheckConstraint("reason in ('held', 'report', 'category')", name="reason"),
    Index("ix_security_alerts_untold", "raised_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
)
