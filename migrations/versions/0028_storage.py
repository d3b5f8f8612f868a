"""Raw mail may lie outside the database: in which object, what is to be removed there, and whose it is.

Revision ID: 0028
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from triage.errors import RefusalError

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

OUTSIDE = sa.text("object_name is not null")


def upgrade() -> None:
    op.add_column("raw_mails", sa.Column("object_name", sa.String(200)))
    op.add_column("raw_mails", sa.Column("digest", sa.String(64)))
    op.create_index(
        "ix_raw_mails_object",
        "raw_mails",
        ["object_name"],
        sqlite_where=OUTSIDE,
        postgresql_where=OUTSIDE,
    )
    op.create_table(
        "unwanted_objects",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_unwanted_objects")),
    )
    op.create_table(
        "storage_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_storage_owner_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_owner")),
    )


def downgrade() -> None:
    _demand_nothing_outside()
    op.drop_table("storage_owner")
    op.drop_table("unwanted_objects")
    op.drop_index("ix_raw_mails_object", table_name="raw_mails")
    op.drop_column("raw_mails", "digest")
    op.drop_column("raw_mails", "object_name")


def _demand_nothing_outside() -> None:
    """Refuse to forget where mail lies: the release before could never show or decide it again."""
    asked = op.get_bind().exec_driver_sql("SELECT count(*) FROM raw_mails WHERE object_name is not null")
    if number := asked.scalar():
        raise RefusalError(
            f"{number} mails lie outside the database, where the release before does not look; "
            "run triage storage move --to table first."
        )
    asked = op.get_bind().exec_driver_sql("SELECT count(*) FROM unwanted_objects")
    if number := asked.scalar():
        raise RefusalError(
            f"{number} objects of erased mails are still to be removed from the storage; "
            "run triage storage tidy first."
        )
