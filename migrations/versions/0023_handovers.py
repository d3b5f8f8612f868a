"""Tickets that the centre gives to a province, who may answer there, and what reports count by.

Revision ID: 0023
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("ended_at is null")
ANSWERS = sa.text("verb in ('answered', 'recalled', 'reopened')")
ACTS = sa.text(
    "verb in ('assigned', 'answered', 'recalled', 'closed', 'held', 'released', 'confirmed_impostor')"
)


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "ticket_id",
            ID,
            sa.ForeignKey("tickets.id", name=op.f("fk_handovers_ticket_id_tickets")),
            nullable=False,
        ),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=False),
        sa.Column("handed_by", sa.String(200), nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("taken_by", sa.String(200)),
        sa.Column("answered_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("ending", sa.String(12)),
        sa.Column("reason", sa.String(16), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.CheckConstraint("ending in ('back', 'fetched', 'moved')", name=op.f("ck_handovers_ending")),
    )
    op.create_index(
        "uq_handovers_ticket_id",
        "handovers",
        ["ticket_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_index("ix_handovers_handed", "handovers", ["handed_at", "queue"])
    op.create_index("ix_handovers_ended", "handovers", ["ended_at", "queue"])
    op.create_table(
        "duties",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_duties")),
    )
    op.add_column("people", sa.Column("may_answer", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tickets", sa.Column("missing", sa.String(40)))
    op.add_column("tickets", sa.Column("lacking", sa.String(40)))
    op.create_index(
        "ix_ticket_events_answers",
        "ticket_events",
        ["ticket_id", "verb", "at"],
        sqlite_where=ANSWERS,
        postgresql_where=ANSWERS,
    )
    op.create_index(
        "ix_ticket_events_acts",
        "ticket_events",
        ["at", "verb", "actor"],
        sqlite_where=ACTS,
        postgresql_where=ACTS,
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_events_acts", table_name="ticket_events")
    op.drop_index("ix_ticket_events_answers", table_name="ticket_events")
    op.drop_column("tickets", "lacking")
    op.drop_column("tickets", "missing")
    op.drop_column("people", "may_answer")
    op.drop_table("duties")
    op.drop_index("ix_handovers_ended", table_name="handovers")
    op.drop_index("ix_handovers_handed", table_name="handovers")
    op.drop_index("uq_handovers_ticket_id", table_name="handovers")
    op.drop_table("handovers")
