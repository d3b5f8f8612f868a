"""The desk: people and their sessions, the audit, counters, drafts, links.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("ended_at is null")
OPEN = sa.text("status <> 'closed'")
SNOOZED = sa.text("status = 'snoozed'")
UNREAD = sa.text("read_at is null")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LETTER_STATES = "state in ('queued', 'sending', 'sent', 'failed')"
LETTER_STATES_NOW = "state in ('queued', 'sending', 'sent', 'failed', 'recalled')"


def upgrade() -> None:
    _people()
    _sessions()
    _audit()
    _tickets()
    _letters()
    _work()
    _counters()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=400), server_default="", nullable=False),
        sa.Column("language", sa.String(length=8), server_default="vi", nullable=False),
        sa.Column("password_hash", sa.String(length=400), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("oidc_issuer", sa.String(length=400), nullable=True),
        sa.Column("oidc_subject", sa.String(length=255), nullable=True),
        sa.Column("preferences", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("away_from", MOMENT, nullable=True),
        sa.Column("away_until", MOMENT, nullable=True),
        sa.Column("deputy_id", ID, nullable=True),
        sa.CheckConstraint(
            "role in ('coordinator', 'agent', 'security', 'auditor', 'admin')", name=op.f("ck_people_role")
        ),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_people_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("name", name="uq_people_name"),
        sa.UniqueConstraint("oidc_issuer", "oidc_subject", name="uq_people_oidc"),
    )
    op.create_index("ix_people_deputy_id", "people", ["deputy_id"])
    op.create_table(
        "person_queues",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_queues_person_id")),
        sa.PrimaryKeyConstraint("person_id", "queue", name=op.f("pk_person_queues")),
    )
    op.create_index("ix_person_queues_queue", "person_queues", ["queue"])


def _sessions() -> None:
    op.create_table(
        "one_time_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint("purpose in ('invite', 'reset')", name=op.f("ck_one_time_tokens_purpose")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_one_time_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("token_hash", name="uq_one_time_tokens_token_hash"),
    )
    op.create_index("ix_one_time_tokens_person_id", "one_time_tokens", ["person_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "web_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("factor", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("network", sa.String(length=64), server_default="", nullable=False),
        sa.Column("client", sa.String(length=200), server_default="", nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_web_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
        sa.UniqueConstraint("token_hash", name="uq_web_sessions_token_hash"),
    )
    op.create_index(
        "ix_web_sessions_person_id",
        "web_sessions",
        ["person_id"],
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_throttles")),
    )
    op.create_index("ix_throttles_window_start", "throttles", ["window_start"])


AUDIT_KEPT = "the audit is only ever added to"


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=200), server_default="", nullable=False),
        sa.Column("network", sa.String(length=64), server_default="", nullable=False),
        sa.Column("data", sa.Text(), server_default="{}", nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("previous", name="uq_audit_previous"),
    )
    op.create_index("ix_audit_object", "audit", ["object", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{AUDIT_KEPT}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{AUDIT_KEPT}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
    )


def _tickets() -> None:
    # Column by column: SQLite would copy the table for anything more, and may not drop what others refer to.
    op.add_column("tickets", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("excerpt", sa.String(length=200), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("unit_name", sa.String(length=200), server_default="", nullable=False))
    op.add_column("tickets", sa.Column("answered_at", MOMENT, nullable=True))
    op.add_column("tickets", sa.Column("outcome", sa.String(length=24), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_until", MOMENT, nullable=True))
    op.add_column("tickets", sa.Column("merged_into", ID, nullable=True))
    for name, columns, where in (
        ("ix_tickets_open", ["due_at", "id"], OPEN),
        ("ix_tickets_open_queue", ["queue", "due_at", "id"], OPEN),
        ("ix_tickets_open_assignee", ["assignee", "due_at", "id"], OPEN),
        ("ix_tickets_snoozed", ["snoozed_until"], SNOOZED),
    ):
        op.create_index(name, "tickets", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_tickets_updated", "tickets", ["updated_at", "id"])


def _letters() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("held_until", MOMENT, nullable=True))
        batch.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_state"), LETTER_STATES_NOW)


def _work() -> None:
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.CheckConstraint("sort in ('related', 'merged', 'split')", name=op.f("ck_ticket_links_sort")),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_ticket_links_other_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_links_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", "sort", name=op.f("pk_ticket_links")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("sort in ('answer', 'note')", name=op.f("ck_drafts_sort")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_drafts_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("ticket_id", "person_id", "sort", name="uq_drafts_ticket_person"),
    )
    op.create_table(
        "acts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_acts_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_acts")),
    )
    op.create_index("ix_acts_at", "acts", ["at"])
    op.create_table(
        "presence",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("writing_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presence_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_presence_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    op.create_table(
        "saved_views",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("person_id", "name", name="uq_saved_views_name"),
    )
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("sort", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notices_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["person_id", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )


DOUBTED = "({row}.verdict in ('suspicious', 'impersonation'))"
"""Whether a ticket counts as flagged; ``row`` is NEW or OLD."""


def _counters() -> None:
    op.create_table(
        "ticket_counts",
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "status", "flagged", name=op.f("pk_ticket_counts")),
    )
    op.create_table(
        "ticket_count_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_count_changes")),
    )
    op.execute(
        "INSERT INTO ticket_counts (queue, status, flagged, count) "  # noqa: S608 - words of ours alone
        f"SELECT queue, status, {DOUBTED.format(row='tickets')}, count(*) FROM tickets GROUP BY 1, 2, 3"
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if sqlite else _postgres_triggers():
        op.execute(statement)


def _counted(row: str, change: int) -> str:
    return (
        "INSERT INTO ticket_count_changes (queue, status, flagged, change) "  # noqa: S608 - same
        f"VALUES ({row}.queue, {row}.status, {DOUBTED.format(row=row)}, {change});"
    )


def _sqlite_triggers() -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER tickets_counted_in AFTER INSERT ON tickets BEGIN {_counted('NEW', 1)} END",
        f"CREATE TRIGGER tickets_counted_out AFTER DELETE ON tickets BEGIN {_counted('OLD', -1)} END",
        (
            "CREATE TRIGGER tickets_counted_anew AFTER UPDATE OF queue, status, verdict ON tickets "
            "WHEN OLD.queue <> NEW.queue OR OLD.status <> NEW.status OR OLD.verdict <> NEW.verdict "
            f"BEGIN {_counted('OLD', -1)} {_counted('NEW', 1)} END"
        ),
    )


def _postgres_triggers() -> tuple[str, ...]:
    return (
        (
            "CREATE FUNCTION count_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {_counted('OLD', -1)} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {_counted('NEW', 1)} END IF; RETURN NULL; END $$"
        ),
        (
            "CREATE TRIGGER tickets_counted AFTER INSERT OR DELETE ON tickets "
            "FOR EACH ROW EXECUTE FUNCTION count_ticket()"
        ),
        (
            "CREATE TRIGGER tickets_counted_anew AFTER UPDATE OF queue, status, verdict ON tickets "
            "FOR EACH ROW "
            "WHEN (OLD.queue <> NEW.queue OR OLD.status <> NEW.status OR OLD.verdict <> NEW.verdict) "
            "EXECUTE FUNCTION count_ticket()"
        ),
    )


TRIGGERS = {
    "sqlite": ("tickets_counted_in", "tickets_counted_out", "tickets_counted_anew"),
    "postgresql": ("tickets_counted", "tickets_counted_anew"),
}
INDEXES = (
    "ix_tickets_updated",
    "ix_tickets_snoozed",
    "ix_tickets_open_assignee",
    "ix_tickets_open_queue",
    "ix_tickets_open",
)
COLUMNS = ("merged_into", "snoozed_until", "outcome", "answered_at", "unit_name", "excerpt", "version")
TABLES = (
    "ticket_count_changes",
    "ticket_counts",
    "notices",
    "saved_views",
    "presence",
    "acts",
    "drafts",
    "ticket_links",
)
PEOPLE = (
    "audit",
    "throttles",
    "web_sessions",
    "recovery_codes",
    "one_time_tokens",
    "person_queues",
    "people",
)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for trigger in TRIGGERS[dialect]:
        op.execute(f"DROP TRIGGER {trigger}" + ("" if dialect == "sqlite" else " ON tickets"))
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM outbox WHERE state = 'recalled'")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch.create_check_constraint(op.f("ck_outbox_state"), LETTER_STATES)
        batch.drop_column("held_until")
    for index in INDEXES:
        op.drop_index(index, table_name="tickets")
    for column in COLUMNS:
        op.drop_column("tickets", column)
    for table in PEOPLE:
        op.drop_table(table)
    if dialect == "postgresql":
        op.execute("DROP FUNCTION count_ticket()")
        op.execute("DROP FUNCTION audit_is_kept()")
