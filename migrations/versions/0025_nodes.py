"""The processes that work on one database together, and which of them holds which lease.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("ended_at is null")


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("beats", ID, nullable=False, server_default="0"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by", sa.String(80)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
        sa.UniqueConstraint("name", name=op.f("uq_nodes_name")),
    )
    op.create_index("ix_nodes_alive", "nodes", ["name"], sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)
    op.create_table(
        "leases",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column(
            "node_id",
            ID,
            sa.ForeignKey("nodes.id", name=op.f("fk_leases_node_id_nodes")),
            nullable=False,
        ),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_index("ix_nodes_alive", table_name="nodes")
    op.drop_table("nodes")
