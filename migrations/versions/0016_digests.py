"""Of which days a coordinator has had the digest of his queues.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("people.id", name=op.f("fk_digests_person_id_people")),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_day", "digests", ["day"])


def downgrade() -> None:
    op.drop_index("ix_digests_day", table_name="digests")
    op.drop_table("digests")
