"""Units page by page, by name, and the tickets of each.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from triage.core.text import fold

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
    op.add_column("units", sa.Column("folded", sa.Text(), nullable=True))
    op.add_column("units", sa.Column("folded_for", sa.DateTime(timezone=True), nullable=True))
    _fold_names()


def _fold_names() -> None:
    """Write how the names that there are read without tones; a name without that is found too, but slowly."""
    database = op.get_bind()
    rows = [
        {"unit": row.id, "folded": fold(row.name)}
        for row in database.execute(sa.text("SELECT id, name FROM units WHERE removed_at IS NULL"))
    ]
    if rows:
        told = "UPDATE units SET folded = :folded, folded_for = changed_at WHERE id = :unit"
        database.execute(sa.text(told), rows)


def downgrade() -> None:
    op.drop_column("units", "folded_for")
    op.drop_column("units", "folded")
    op.drop_index("ix_units_name", table_name="units")
    op.drop_index("ix_tickets_unit", table_name="tickets")
    op.drop_column("tickets", "unit_id")
