"""Since when a webhook is switched off.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("paused_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("webhooks", "paused_at")
