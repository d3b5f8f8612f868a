"""Who may sign in, how he does, and what he keeps for himself."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import IN_FORCE

# Who may sign in. Nobody is ever deleted: what they did stays theirs.
people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    # The login, lower case; it stands as assignee and actor wherever somebody acts.
    Column("name", String(64), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("email", String(400), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default="vi"),
    Column("password_hash", String(400)),
    Column("totp_secret", String(64)),
    # The last time step whose code was used (RFC 6238 5.2: a code works once).
    Column("totp_step", BigInteger),
    Column("oidc_issuer", String(400)),
    Column("oidc_subject", String(255)),
    Column("preferences", JSON, nullable=False, server_default="{}"),
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("away_from", Utc),
    Column("away_until", Utc),
    Column("deputy_id", ForeignKey("people.id")),
    # Whether answers of a coordinator leave without anybody's approval.
    Column("may_answer", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("name", name="uq_people_name"),
    UniqueConstraint("oidc_issuer", "oidc_subject", name="uq_people_oidc"),
    CheckConstraint("role in ('coordinator', 'agent', 'security', 'auditor', 'admin')", name="role"),
    Index("ix_people_deputy_id", "deputy_id"),
)

# Which queues a coordinator looks after; the other roles see every queue without a row here.
person_queues = Table(
    "person_queues",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("queue", String(40), primary_key=True),
    Index("ix_person_queues_queue", "queue"),
)

# Invitations and resets: random, kept as SHA-256 only, used once, over after a day.
one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    UniqueConstraint("token_hash", name="uq_one_time_tokens_token_hash"),
    CheckConstraint("purpose in ('invite', 'reset')", name="purpose"),
    Index("ix_one_time_tokens_person_id", "person_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", Utc),
)

# Who is signed in. A row ends on sign-out, disable and change of role; it is never used again.
web_sessions = Table(
    "web_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("form_token", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("factor", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    # When password or code were last given: what weighs more asks for them anew.
    Column("confirmed_at", Utc, nullable=False),
    Column("network", String(64), nullable=False, server_default=""),
    Column("client", String(200), nullable=False, server_default=""),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    UniqueConstraint("token_hash", name="uq_web_sessions_token_hash"),
    Index(
        "ix_web_sessions_person_id",
        "person_id",
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
)

# How often something was tried within a window of time: sign-ins by account and by network, exports.
throttles = Table(
    "throttles",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("window_start", Utc, primary_key=True),
    Column("count", Integer, nullable=False),
    Index("ix_throttles_window_start", "window_start"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(80), nullable=False),
    # The address of a list with its filters, from our root on.
    Column("address", String(1000), nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("person_id", "name", name="uq_saved_views_name"),
)
