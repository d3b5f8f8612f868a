"""Incidents: one error that many tell of, its tickets, and the answer to them all."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import DUE, ONGOING, STANDING, UNCOMPARED

# What each new ticket tells of an error, as a signature to compare by: kept for a month.
sightings = Table(
    "sightings",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    # The queue of the provincial treasury; none where the ticket is no province's.
    Column("province", String(40)),
    Column("signature", LargeBinary, nullable=False),
    Column("compared", Boolean, nullable=False, server_default=text("false")),
    Index("ix_sightings_at", "at"),
    Index("ix_sightings_uncompared", "ticket_id", sqlite_where=UNCOMPARED, postgresql_where=UNCOMPARED),
)

# One error that several provinces told of within half an hour.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(12), nullable=False, server_default="open"),
    # What the mails have in common, as its page and chips name it, and the words that most of them share.
    Column("title", String(200), nullable=False),
    Column("words", JSON, nullable=False),
    Column("category", String(40), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("found_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    # What its tickets are closed with, where it was ended so.
    Column("outcome", String(24)),
    CheckConstraint("state in ('open', 'closed', 'dissolved')", name="state"),
    Index("ix_incidents_open", "id", sqlite_where=ONGOING, postgresql_where=ONGOING),
)

# Which tickets belong to an incident; a row stays when its ticket leaves, so that nobody proposes it again.
incident_tickets = Table(
    "incident_tickets",
    metadata,
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    # One of those by which the incident was found: what comes later is compared with these.
    Column("founder", Boolean, nullable=False),
    Column("joined_at", Utc, nullable=False),
    Column("joined_by", String(200), nullable=False),
    Column("left_at", Utc),
    Column("left_by", String(200)),
    # Whether the end of the incident has closed the ticket, or found it closed.
    Column("settled", Boolean, nullable=False, server_default=text("false")),
    Index(
        "uq_incident_tickets_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    ),
)

# Answers to all tickets of an incident: proposed by somebody, sent once somebody who may has approved.
incident_answers = Table(
    "incident_answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("writer", String(200), nullable=False),
    Column("written_at", Utc, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Utc),
    # What each ticket is closed with by it; none where the tickets wait for the units.
    Column("outcome", String(24)),
    CheckConstraint("state in ('proposed', 'approved', 'dropped')", name="state"),
    Index("ix_incident_answers_incident_id", "incident_id", "id"),
)

# To which tickets an answer goes: each once, whoever asks again.
incident_letters = Table(
    "incident_letters",
    metadata,
    Column("answer_id", ForeignKey("incident_answers.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("state", String(12), nullable=False, server_default="due"),
    # Why a ticket was passed over.
    Column("why", String(24)),
    CheckConstraint("state in ('due', 'written', 'skipped')", name="state"),
    Index("ix_incident_letters_ticket_id", "ticket_id"),
    Index("ix_incident_letters_due", "answer_id", "ticket_id", sqlite_where=DUE, postgresql_where=DUE),
)
