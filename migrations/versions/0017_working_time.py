"""The working time of tickets: pauses, whom delays were told, pages to the security officers.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")
UNTOLD = sa.text("page_id is null")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("clock_from", MOMENT, nullable=True))
    op.add_column("tickets", sa.Column("paused_at", MOMENT, nullable=True))
    op.add_column("tickets", sa.Column("paused_seconds", sa.Integer(), nullable=True))
    # Without it a ticket that was opened again would count from its first day and be told as late at once.
    op.execute(
        "UPDATE tickets SET clock_from = (SELECT max(at) FROM ticket_events"
        " WHERE ticket_id = tickets.id AND verb = 'reopened') WHERE status <> 'closed'"
    )
    _escalations()
    _pages()


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column(
            "ticket_id",
            ID,
            sa.ForeignKey("tickets.id", name=op.f("fk_escalations_ticket_id")),
            nullable=False,
        ),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "started_at", "step", name=op.f("pk_escalations")),
        sa.CheckConstraint("step in ('warning', 'overdue', 'late')", name=op.f("ck_escalations_step")),
    )


def _pages() -> None:
    op.create_table(
        "security_pages",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_pages")),
        sa.CheckConstraint(
            "state in ('waiting', 'sent', 'failed', 'none')", name=op.f("ck_security_pages_state")
        ),
    )
    op.create_index(
        "ix_security_pages_waiting",
        "security_pages",
        ["next_try_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "security_alerts",
        sa.Column(
            "ticket_id",
            ID,
            sa.ForeignKey("tickets.id", name=op.f("fk_security_alerts_ticket_id")),
            nullable=False,
        ),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column(
            "page_id",
            ID,
            sa.ForeignKey("security_pages.id", name=op.f("fk_security_alerts_page_id")),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_security_alerts")),
        sa.CheckConstraint(
            "reason in ('held', 'report', 'category')", name=op.f("ck_security_alerts_reason")
        ),
    )
    op.create_index(
        "ix_security_alerts_untold",
        "security_alerts",
        ["raised_at"],
        sqlite_where=UNTOLD,
        postgresql_where=UNTOLD,
    )


def downgrade() -> None:
    for table in ("security_alerts", "security_pages", "escalations"):
        op.drop_table(table)
    for column in ("paused_seconds", "paused_at", "clock_from"):
        op.drop_column("tickets", column)
