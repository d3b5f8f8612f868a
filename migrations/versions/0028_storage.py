"""Raw mail outside the database, and on PostgreSQL in partitions.

In which object a mail lies, what is to be removed there, whose the storage is. The table of raw mail becomes
the first partition of one in partitions, so that no row is written anew.

Revision ID: 0028
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from triage.db.rawmails import NEUTRAL
from triage.errors import RefusalError

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

OUTSIDE = sa.text("object_name is not null")


_KEY = "ALTER TABLE raw_mails ADD CONSTRAINT pk_raw_mails PRIMARY KEY (mail_id)"
_REFERENCE = (
    "ALTER TABLE raw_mails ADD CONSTRAINT fk_raw_mails_mail_id FOREIGN KEY (mail_id) REFERENCES mails (id) "
    "ON DELETE CASCADE"
)
_INDEX = "CREATE INDEX ix_raw_mails_object ON raw_mails (object_name) WHERE object_name is not null"

_INTO_PARTITIONS = (
    "ALTER TABLE raw_mails RENAME TO raw_mails_first",
    "ALTER TABLE raw_mails_first RENAME CONSTRAINT pk_raw_mails TO pk_raw_mails_first",
    "ALTER TABLE raw_mails_first RENAME CONSTRAINT fk_raw_mails_mail_id TO fk_raw_mails_first_mail_id",
    "ALTER INDEX ix_raw_mails_object RENAME TO ix_raw_mails_first_object",
    "CREATE TABLE raw_mails (LIKE raw_mails_first INCLUDING STORAGE) PARTITION BY RANGE (mail_id)",
    _KEY,
    _REFERENCE,
    _INDEX,
    "ALTER TABLE raw_mails ATTACH PARTITION raw_mails_first FOR VALUES FROM (MINVALUE) TO (MAXVALUE)",
)

# Mails that were erased have a row again, as the release before expects.
_OUT_OF_PARTITIONS = (
    "ALTER TABLE raw_mails RENAME TO raw_mails_parted",
    "ALTER TABLE raw_mails_parted RENAME CONSTRAINT pk_raw_mails TO pk_raw_mails_parted",
    "CREATE TABLE raw_mails (LIKE raw_mails_parted INCLUDING STORAGE)",
    "INSERT INTO raw_mails SELECT * FROM raw_mails_parted",
    "DROP TABLE raw_mails_parted",
    _KEY,
    _REFERENCE,
    _INDEX,
)


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
    if op.get_bind().dialect.name == "postgresql":
        for statement in _INTO_PARTITIONS:
            op.execute(statement)


def downgrade() -> None:
    _demand_nothing_outside()
    if op.get_bind().dialect.name == "postgresql":
        for statement in _OUT_OF_PARTITIONS:
            op.execute(statement)
    _fill_with_neutral_mails()
    op.drop_table("storage_owner")
    op.drop_table("unwanted_objects")
    op.drop_index("ix_raw_mails_object", table_name="raw_mails")
    op.drop_column("raw_mails", "digest")
    op.drop_column("raw_mails", "object_name")


def _fill_with_neutral_mails() -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO raw_mails (mail_id, codec, content) SELECT id, :codec, :content FROM mails "
            "WHERE erased_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM raw_mails WHERE mail_id = mails.id)"
        ),
        {"codec": NEUTRAL.codec, "content": NEUTRAL.content},
    )


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
