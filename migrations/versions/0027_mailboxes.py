"""A lease that another node asks for: mailboxes are shared out among nodes.

Revision ID: 0027
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ASKER = "fk_leases_wanted_by_nodes"


def upgrade() -> None:
    with op.batch_alter_table("leases") as batch:
        batch.add_column(sa.Column("wanted_by", ID))
        batch.create_foreign_key(op.f(ASKER), "nodes", ["wanted_by"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("leases") as batch:
        batch.drop_constraint(op.f(ASKER), type_="foreignkey")
        batch.drop_column("wanted_by")
