"""Which mails have a copy in the folders of queues on the mail server.

Revision ID: 0024
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "queue_copies",
        sa.Column(
            "mail_id",
            ID,
            sa.ForeignKey("mails.id", name=op.f("fk_queue_copies_mail_id_mails")),
            nullable=False,
        ),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("mail_id", "place", name=op.f("pk_queue_copies")),
        sa.UniqueConstraint("place", "uidvalidity", "uid", name="uq_queue_copies_uid"),
    )


def downgrade() -> None:
    op.drop_table("queue_copies")
