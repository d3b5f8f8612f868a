"""Tickets: their rows, parties, history and links, their codes and how many there are."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    text,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import ACTS, ANSWERS, CORRECTING, HELD, IMPOSTORS, OF_A_UNIT, OPEN, SOLVED

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
    # Goes up with every change, so that an act can tell that somebody else was faster.
    Column("version", Integer, nullable=False, server_default="0"),
    # The first line of what its first mail says, secrets hidden: what a list shows under the subject.
    Column("excerpt", String(200), nullable=False, server_default=""),
    Column("unit_name", String(200), nullable=False, server_default=""),
    # When the first answer of a person went out, and what a closed ticket came to.
    Column("answered_at", Utc),
    Column("outcome", String(24)),
    Column("snoozed_until", Utc),
    # No foreign key: SQLite could add one only by copying the table, which others refer to.
    Column("merged_into", Id),
    # The unit of the directory that its first mail was found to come from; no foreign key, as above.
    Column("unit_id", Id),
    # From when its working time is counted since it was opened again; empty: since it was opened.
    Column("clock_from", Utc),
    # Since when its working time stands still, and how many working seconds it stood still before; empty
    # where it never did. The first counts only while the ticket waits, or rests, or was closed meanwhile.
    Column("paused_at", Utc),
    Column("paused_seconds", Integer),
    # Which parts its first mail lacked, by name and comma, and which of them no later mail has brought; NULL
    # where that was not noted.
    Column("missing", String(40)),
    Column("lacking", String(40)),
    UniqueConstraint("code", name="uq_tickets_code"),
    Index("ix_tickets_queue", "queue", "status", "due_at"),
    Index("ix_tickets_requester", "requester_address", "id"),
    # What a queue and the desk of the centre open on: what is not closed, the oldest deadline first.
    Index("ix_tickets_open", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_open_queue", "queue", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_open_assignee", "assignee", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_held", "id", sqlite_where=HELD, postgresql_where=HELD),
    Index("ix_tickets_impostors", "id", sqlite_where=IMPOSTORS, postgresql_where=IMPOSTORS),
    Index("ix_tickets_updated", "updated_at", "id"),
    Index("ix_tickets_opened", "opened_at"),
    # Whose answers may be of use again: solved tickets of a category, the newest first.
    Index("ix_tickets_solved", "category", "id", sqlite_where=SOLVED, postgresql_where=SOLVED),
    Index("ix_tickets_unit", "unit_id", "id", sqlite_where=OF_A_UNIT, postgresql_where=OF_A_UNIT),
    Index(
        "ix_tickets_snoozed",
        "snoozed_until",
        sqlite_where=text("status = 'snoozed'"),
        postgresql_where=text("status = 'snoozed'"),
    ),
)

ticket_parties = Table(
    "ticket_parties",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("address", String(400), primary_key=True),
    # "writer" wrote or is answered, and may write on; "told" got a copy or wrote what was sent on.
    Column("role", String(10), nullable=False, server_default="writer"),
)

WRITER = "writer"
TOLD = "told"
WRITES = ticket_parties.c.role == WRITER

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
    # What reports count: how often a ticket was answered and opened again, and what people did in a month.
    Index(
        "ix_ticket_events_answers",
        "ticket_id",
        "verb",
        "at",
        sqlite_where=ANSWERS,
        postgresql_where=ANSWERS,
    ),
    Index("ix_ticket_events_acts", "at", "verb", "actor", sqlite_where=ACTS, postgresql_where=ACTS),
    # Where people may have decided otherwise than the rules did.
    Index("ix_ticket_events_correcting", "at", "id", sqlite_where=CORRECTING, postgresql_where=CORRECTING),
)

# Tickets that have to do with each other; each pair stands once in each direction.
ticket_links = Table(
    "ticket_links",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("other_id", ForeignKey("tickets.id"), primary_key=True),
    Column("sort", String(12), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    CheckConstraint("sort in ('related', 'merged', 'split')", name="sort"),
)

# One row a local day. The row is updated in the transaction that opens the ticket, so a rollback takes
# the number back and the day has no gap that somebody could take for a lost ticket.
day_counters = Table(
    "day_counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

# How many tickets stand in each queue and status. Triggers write every change of tickets into
# ticket_count_changes, which no two transactions fight over; a job adds them up into ticket_counts.
ticket_counts = Table(
    "ticket_counts",
    metadata,
    Column("queue", String(40), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("flagged", Boolean, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

ticket_count_changes = Table(
    "ticket_count_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("queue", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("change", Integer, nullable=False),
)
