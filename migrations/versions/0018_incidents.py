"""Incidents: tickets that tell of one error, the answers to all of them, and what later ones are compared by.

Revision ID: 0018
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sightings()
    _incidents()
    _answers()
    op.add_column("notices", sa.Column("incident_id", ID))


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE incident_id IS NOT NULL")
    op.drop_column("notices", "incident_id")
    for table in ("incident_letters", "incident_answers", "incident_tickets", "incidents", "sightings"):
        op.drop_table(table)


def _key(table: str, name: str, other: str) -> sa.Column[int]:
    return sa.Column(
        name, ID, sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}")), nullable=False
    )


def _sightings() -> None:
    op.create_table(
        "sightings",
        _key("sightings", "ticket_id", "tickets"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("province", sa.String(40)),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_at", "sightings", ["at"])
    _part_index("ix_sightings_uncompared", "sightings", ["ticket_id"], "not compared")


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(12), nullable=False, server_default="open"),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("outcome", sa.String(24)),
        sa.CheckConstraint("state in ('open', 'closed', 'dissolved')", name=op.f("ck_incidents_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    _part_index("ix_incidents_open", "incidents", ["id"], "state = 'open'")
    op.create_table(
        "incident_tickets",
        _key("incident_tickets", "incident_id", "incidents"),
        _key("incident_tickets", "ticket_id", "tickets"),
        sa.Column("founder", sa.Boolean(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("joined_by", sa.String(200), nullable=False),
        sa.Column("left_at", MOMENT),
        sa.Column("left_by", sa.String(200)),
        sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("incident_id", "ticket_id", name=op.f("pk_incident_tickets")),
    )
    _part_index(
        "uq_incident_tickets_ticket_id", "incident_tickets", ["ticket_id"], "left_at is null", unique=True
    )


def _answers() -> None:
    op.create_table(
        "incident_answers",
        sa.Column("id", ID, nullable=False),
        _key("incident_answers", "incident_id", "incidents"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("writer", sa.String(200), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(200)),
        sa.Column("decided_at", MOMENT),
        sa.Column("outcome", sa.String(24)),
        sa.CheckConstraint(
            "state in ('proposed', 'approved', 'dropped')", name=op.f("ck_incident_answers_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_answers")),
    )
    op.create_index("ix_incident_answers_incident_id", "incident_answers", ["incident_id", "id"])
    op.create_table(
        "incident_letters",
        _key("incident_letters", "answer_id", "incident_answers"),
        _key("incident_letters", "ticket_id", "tickets"),
        sa.Column("state", sa.String(12), nullable=False, server_default="due"),
        sa.Column("why", sa.String(24)),
        sa.CheckConstraint("state in ('due', 'written', 'skipped')", name=op.f("ck_incident_letters_state")),
        sa.PrimaryKeyConstraint("answer_id", "ticket_id", name=op.f("pk_incident_letters")),
    )
    op.create_index("ix_incident_letters_ticket_id", "incident_letters", ["ticket_id"])
    _part_index("ix_incident_letters_due", "incident_letters", ["answer_id", "ticket_id"], "state = 'due'")


def _part_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    part = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=part, postgresql_where=part)
