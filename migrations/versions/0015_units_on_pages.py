"""Units page by page, by name, and the tickets of each.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LISTED = sa.text("removed_at is null")
OF_A_UNIT = sa.text("unit_id is not null")


def upgrade() -> None:
    # No foreign key: SQLite could add one only by copying the table, which others refer to.
    op.add_column(
        "tickets",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.create_index(
        "ix_tickets_unit",
        "tickets",
        ["unit_id", "id"],
        sqlite_where=OF_A_UNIT,
        postgresql_where=OF_A_UNIT,
    )
    op.create_index("ix_units_name", "units", ["name", "id"], sqlite_where=LISTED, postgresql_where=LISTED)


def downgrade() -> None:
    op.drop_index("ix_units_name", table_name="units")
    op.drop_index("ix_tickets_unit", table_name="tickets")
    op.drop_column("tickets", "unit_id")
