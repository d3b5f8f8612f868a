"""Messages in the order of time, for questions that name days and no words.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_search_entries_at", "search_entries", ["at", "id"])


def downgrade() -> None:
    op.drop_index("ix_search_entries_at", table_name="search_entries")
