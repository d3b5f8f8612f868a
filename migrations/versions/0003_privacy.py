"""Erasure, retention and legal holds.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_FORCE = sa.text("ended_at is null")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mails", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mails", sa.Column("erased_digest", sa.String(length=64), nullable=True))
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_legal_holds_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(
        "uq_legal_holds_ticket_id",
        "legal_holds",
        ["ticket_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "erasures",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tickets", sa.Integer(), server_default="0", nullable=False),
        sa.Column("letters", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_index("uq_legal_holds_ticket_id", table_name="legal_holds")
    op.drop_table("legal_holds")
    op.drop_column("mails", "erased_digest")
    op.drop_column("mails", "erased_at")
