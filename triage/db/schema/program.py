"""Programs that ask the API, and those that are told what happens."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import IN_FORCE, WAITING

# What programs ask the API by: random, kept as SHA-256 only, of a person, never more than he may himself.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(80), nullable=False),
    # Its first letters, by which its owner knows it again.
    Column("hint", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    Column("network", String(64), nullable=False, server_default=""),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    Index("ix_api_tokens_person_id", "person_id", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# Programs that are told what happens to tickets, in the rights of a person.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("address", String(1000), nullable=False),
    # The key that messages are signed with; no hash, since it is needed each time.
    Column("secret", String(120), nullable=False),
    Column("events", JSON, nullable=False),
    # How often in a row it did not take a message, and before when nothing is tried.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", Utc),
    # Since when it is switched off: what happens from then on it is not told.
    Column("paused_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    Index("ix_webhooks_person_id", "person_id", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# What a webhook is to be told. A trigger of ticket_events writes each row in the transaction of its event, so
# that none is lost, with an id that stays the same at every try.
webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("event_id", ForeignKey("ticket_events.id"), nullable=False),
    Column("message_id", String(40), nullable=False),
    Column("state", String(12), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("response", String(200), nullable=False, server_default=""),
    UniqueConstraint("message_id", name="uq_webhook_messages_message_id"),
    CheckConstraint("state in ('waiting', 'delivered', 'failed')", name="state"),
    Index("ix_webhook_messages_webhook_id", "webhook_id", "id"),
    Index("ix_webhook_messages_waiting", "next_try_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
)
