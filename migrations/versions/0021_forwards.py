"""Which tickets were told of by mail to whom.

Revision ID: 0021
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "forwards",
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("people.id", name=op.f("fk_forwards_person_id_people")),
            nullable=False,
        ),
        sa.Column(
            "ticket_id",
            ID,
            sa.ForeignKey("tickets.id", name=op.f("fk_forwards_ticket_id_tickets")),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "ticket_id", name=op.f("pk_forwards")),
    )


def downgrade() -> None:
    op.drop_table("forwards")
