"""Work on tickets: who has them, who is on duty, what somebody is writing, looks at or has done."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import IN_FORCE, PROPOSED

# Tickets that the centre has given to a province to work on: a row for each stay there.
handovers = Table(
    "handovers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("handed_at", Utc, nullable=False),
    Column("handed_by", String(200), nullable=False),
    Column("taken_at", Utc),
    Column("taken_by", String(200)),
    # When the first answer went out while the ticket was there.
    Column("answered_at", Utc),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    Column("ending", String(12)),
    Column("reason", String(16), nullable=False, server_default=""),
    CheckConstraint("ending in ('back', 'fetched', 'moved')", name="ending"),
    Index(
        "uq_handovers_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
    Index("ix_handovers_handed", "handed_at", "queue"),
    Index("ix_handovers_ended", "ended_at", "queue"),
)

# Who sees to the mails of a day that name no treasury.
duties = Table(
    "duties",
    metadata,
    # The local date.
    Column("day", Date, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("set_by", String(200), nullable=False),
)

# What somebody is writing, kept here and not in the browser.
drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("sort", String(8), nullable=False),
    Column("body", Text, nullable=False),
    # The version of the ticket that the writer had before him.
    Column("ticket_version", Integer, nullable=False),
    Column("updated_at", Utc, nullable=False),
    UniqueConstraint("ticket_id", "person_id", "sort", name="uq_drafts_ticket_person"),
    CheckConstraint("sort in ('answer', 'note', 'proposed')", name="sort"),
    # What waits for approval, the oldest first.
    Index("ix_drafts_proposed", "updated_at", "id", sqlite_where=PROPOSED, postgresql_where=PROPOSED),
)

# Acts that were done, by the key that their form carried: the same form sent twice acts once.
acts = Table(
    "acts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Utc, nullable=False),
    # What was done, and what it takes to undo it.
    Column("action", String(40), nullable=False),
    Column("result", JSON, nullable=False),
    Column("undone_at", Utc),
    Index("ix_acts_at", "at"),
)

# Who looks at a ticket, and whether he writes: advice, no lock.
presence = Table(
    "presence",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("seen_at", Utc, nullable=False),
    Column("writing_at", Utc),
    Index("ix_presence_seen_at", "seen_at"),
)
