"""The directory of units.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = sa.text("removed_at is null")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("treasury", sa.String(length=8), server_default="", nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("software", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=100), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sort in ('budget', 'connecting')", name=op.f("ck_units_sort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    op.create_index(
        "uq_units_code", "units", ["code"], unique=True, sqlite_where=LISTED, postgresql_where=LISTED
    )
    op.create_table(
        "unit_senders",
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("sender", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_senders_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", "sender", name=op.f("pk_unit_senders")),
    )
    op.create_index("ix_unit_senders_sender", "unit_senders", ["sender"])
    op.create_table(
        "unit_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("sender", sa.String(length=400), server_default="", nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.CheckConstraint("state in ('open', 'accepted', 'refused')", name=op.f("ck_unit_proposals_state")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_unit_proposals_mail_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_proposals_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_proposals")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_unit_proposals_mail_id")),
    )


def downgrade() -> None:
    op.drop_table("unit_proposals")
    op.drop_index("ix_unit_senders_sender", table_name="unit_senders")
    op.drop_table("unit_senders")
    op.drop_index("uq_units_code", table_name="units")
    op.drop_table("units")
