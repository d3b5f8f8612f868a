"""Indexes for learning from work: acts that correct the rules, solved tickets by category.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SOLVED = sa.text("outcome = 'solved'")
CORRECTING = sa.text("verb in ('categorised', 'rerouted', 'released', 'confirmed_impostor', 'undone')")


def upgrade() -> None:
    op.create_index(
        "ix_tickets_solved", "tickets", ["category", "id"], sqlite_where=SOLVED, postgresql_where=SOLVED
    )
    op.create_index(
        "ix_ticket_events_correcting",
        "ticket_events",
        ["at", "id"],
        sqlite_where=CORRECTING,
        postgresql_where=CORRECTING,
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_events_correcting", table_name="ticket_events")
    op.drop_index("ix_tickets_solved", table_name="tickets")
