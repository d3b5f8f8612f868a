"""Who takes part in a ticket, and who is only told of it.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever stands here by now wrote or is answered, so each row is a writer's: copies were not noted.
    # Who got one stays in the history of the older tickets, and comes here with the next mail that names him.
    op.add_column(
        "ticket_parties", sa.Column("role", sa.String(length=10), server_default="writer", nullable=False)
    )


def downgrade() -> None:
    # Without the column everybody left in the table could write on the ticket.
    op.execute("DELETE FROM ticket_parties WHERE role <> 'writer'")
    op.drop_column("ticket_parties", "role")
