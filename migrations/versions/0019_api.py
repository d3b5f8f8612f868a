"""Tokens of the API, webhooks, and what these are to be told.

Revision ID: 0019
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("ended_at is null")
WAITING = sa.text("state = 'waiting'")

TOLD = (
    "INSERT INTO webhook_messages (webhook_id, event_id, message_id, next_try_at) "
    "SELECT id, NEW.id, 'msg_' || {random}, NEW.at FROM webhooks WHERE ended_at IS NULL;"
)
"""What the trigger does; 128 random bits, so that no id comes again after a restored backup."""


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("hint", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("network", sa.String(64), nullable=False, server_default=""),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_why", sa.String(24)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    _own_index("api_tokens")
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("secret", sa.String(120), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_why", sa.String(24)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_webhooks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    _own_index("webhooks")
    op.create_table(
        "webhook_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("response", sa.String(200), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_messages_webhook_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ticket_events.id"], name=op.f("fk_webhook_messages_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_messages")),
        sa.UniqueConstraint("message_id", name="uq_webhook_messages_message_id"),
        sa.CheckConstraint(
            "state in ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_messages_state")
        ),
    )
    op.create_index("ix_webhook_messages_webhook_id", "webhook_messages", ["webhook_id", "id"])
    op.create_index(
        "ix_webhook_messages_waiting",
        "webhook_messages",
        ["next_try_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def _own_index(table: str) -> None:
    op.create_index(
        f"ix_{table}_person_id", table, ["person_id"], sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
    )


def _triggers(dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        told = TOLD.format(random="lower(hex(randomblob(16)))")
        return (f"CREATE TRIGGER ticket_events_told AFTER INSERT ON ticket_events BEGIN {told} END",)
    told = TOLD.format(random="replace(gen_random_uuid()::text, '-', '')")
    return (
        (
            "CREATE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{told} RETURN NULL; END $$"
        ),
        (
            "CREATE TRIGGER ticket_events_told AFTER INSERT ON ticket_events "
            "FOR EACH ROW EXECUTE FUNCTION tell_webhooks()"
        ),
    )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER ticket_events_told" + ("" if sqlite else " ON ticket_events"))
    if not sqlite:
        op.execute("DROP FUNCTION tell_webhooks()")
    for table in ("webhook_messages", "webhooks", "api_tokens"):
        op.drop_table(table)
