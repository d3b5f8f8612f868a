"""UIDs that are no stored mail, when a mailbox was counted, since when a letter is put off.

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed_uids",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", sa.String(length=400), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("first_uid", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "outcome in ('waiting', 'withheld', 'vanished', 'deleted', 'replaced', 'unseen')",
            name=op.f("ck_missed_uids_outcome"),
        ),
        sa.CheckConstraint("first_uid <= last_uid", name=op.f("ck_missed_uids_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_uids")),
        sa.UniqueConstraint("mailbox", "uidvalidity", "first_uid", name="uq_missed_uids_uid"),
    )
    op.create_table(
        "reconciliations",
        sa.Column("mailbox", sa.String(length=400), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("checked_to", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("on_server", sa.BigInteger(), nullable=False),
        sa.Column("complaint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_reconciliations")),
    )
    op.add_column("outbox", sa.Column("deferred_since", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "deferred_since")
    op.drop_table("reconciliations")
    op.drop_table("missed_uids")
