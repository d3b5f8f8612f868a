"""Why an entry was taken off a list of senders.

Revision ID: 0014
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sender_list", sa.Column("removed_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("sender_list", "removed_reason")
