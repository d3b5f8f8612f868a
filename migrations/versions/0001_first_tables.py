"""First tables.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_counters",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_counters")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("stage", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=15), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("treasury", sa.String(length=8), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("requester_address", sa.String(length=400), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("code", name="uq_tickets_code"),
    )
    op.create_index("ix_tickets_queue", "tickets", ["queue", "status", "due_at"], unique=False)
    op.create_index("ix_tickets_requester", "tickets", ["requester_address", "id"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", sa.String(length=400), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("mail_key", sa.String(length=80), nullable=True),
        sa.Column("message_id", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("from_name", sa.Text(), server_default="", nullable=False),
        sa.Column("from_address", sa.String(length=400), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=True),
        sa.Column("ticket_id", ID, nullable=True),
        sa.CheckConstraint("state in ('waiting', 'processed', 'stuck')", name=op.f("ck_mails_state")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_mails_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid", name="uq_mails_uid"),
    )
    op.create_index("ix_mails_from_address", "mails", ["from_address", "id"], unique=False)
    op.create_index("ix_mails_message_id", "mails", ["message_id"], unique=False)
    op.create_index(
        "ix_mails_stuck",
        "mails",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'stuck'"),
        postgresql_where=sa.text("state = 'stuck'"),
    )
    op.create_index("ix_mails_ticket_id", "mails", ["ticket_id"], unique=False)
    op.create_index(
        "ix_mails_waiting",
        "mails",
        ["received_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "sender_list",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry", sa.String(length=400), nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint("kind in ('address', 'domain', 'phone')", name=op.f("ck_sender_list_kind")),
        sa.CheckConstraint("sort in ('allow', 'block', 'watch')", name=op.f("ck_sender_list_sort")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_sender_list_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_list")),
    )
    op.create_index(
        "uq_sender_list_entry",
        "sender_list",
        ["entry", "sort"],
        unique=True,
        sqlite_where=sa.text("removed_at is null"),
        postgresql_where=sa.text("removed_at is null"),
    )
    op.create_table(
        "ticket_parties",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_parties_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "address", name=op.f("pk_ticket_parties")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("mail_key", sa.String(length=80), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_decisions_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_mail_id", "decisions", ["mail_id"], unique=False)
    op.create_index(
        "uq_decisions_acting",
        "decisions",
        ["mail_key"],
        unique=True,
        sqlite_where=sa.text("acting"),
        postgresql_where=sa.text("acting"),
    )
    op.create_table(
        "mail_marks",
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("mark", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mails.id"], name=op.f("fk_mail_marks_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", "mark", name=op.f("pk_mail_marks")),
    )
    op.create_index("ix_mail_marks_mark", "mail_marks", ["mark", "mail_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("mail_id", ID, nullable=True),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("letter", sa.String(length=60), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("counted_as", sa.String(length=400), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('queued', 'sending', 'sent', 'failed')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_outbox_mail_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_outbox_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("mail_id", "letter", name="uq_outbox_mail_letter"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_counted_as", "outbox", ["counted_as", "created_at"], unique=False)
    op.create_index("ix_outbox_domain", "outbox", ["domain", "created_at"], unique=False)
    op.create_index(
        "ix_outbox_failed",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_outbox_fresh",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued' and attempts = 0"),
        postgresql_where=sa.text("state = 'queued' and attempts = 0"),
    )
    op.create_index("ix_outbox_ticket_id", "outbox", ["ticket_id"], unique=False)
    op.create_index(
        "ix_outbox_tried",
        "outbox",
        ["next_try_at", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('queued', 'sending') and attempts > 0"),
        postgresql_where=sa.text("state in ('queued', 'sending') and attempts > 0"),
    )
    op.create_table(
        "raw_mails",
        sa.Column("mail_id", ID, nullable=False),
        sa.Column("codec", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mails.id"], name=op.f("fk_raw_mails_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_raw_mails")),
    )
    op.create_table(
        "ticket_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("mail_id", ID, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_ticket_events_mail_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ticket_events_ticket_id", table_name="ticket_events")
    op.drop_table("ticket_events")
    op.drop_table("raw_mails")
    op.drop_index(
        "ix_outbox_tried",
        table_name="outbox",
        sqlite_where=sa.text("state in ('queued', 'sending') and attempts > 0"),
        postgresql_where=sa.text("state in ('queued', 'sending') and attempts > 0"),
    )
    op.drop_index("ix_outbox_ticket_id", table_name="outbox")
    op.drop_index(
        "ix_outbox_fresh",
        table_name="outbox",
        sqlite_where=sa.text("state = 'queued' and attempts = 0"),
        postgresql_where=sa.text("state = 'queued' and attempts = 0"),
    )
    op.drop_index(
        "ix_outbox_failed",
        table_name="outbox",
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.drop_index("ix_outbox_domain", table_name="outbox")
    op.drop_index("ix_outbox_counted_as", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_mail_marks_mark", table_name="mail_marks")
    op.drop_table("mail_marks")
    op.drop_index(
        "uq_decisions_acting",
        table_name="decisions",
        sqlite_where=sa.text("acting"),
        postgresql_where=sa.text("acting"),
    )
    op.drop_index("ix_decisions_mail_id", table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("ticket_parties")
    op.drop_index(
        "uq_sender_list_entry",
        table_name="sender_list",
        sqlite_where=sa.text("removed_at is null"),
        postgresql_where=sa.text("removed_at is null"),
    )
    op.drop_table("sender_list")
    op.drop_index(
        "ix_mails_waiting",
        table_name="mails",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_mails_ticket_id", table_name="mails")
    op.drop_index(
        "ix_mails_stuck",
        table_name="mails",
        sqlite_where=sa.text("state = 'stuck'"),
        postgresql_where=sa.text("state = 'stuck'"),
    )
    op.drop_index("ix_mails_message_id", table_name="mails")
    op.drop_index("ix_mails_from_address", table_name="mails")
    op.drop_table("mails")
    op.drop_index("ix_tickets_requester", table_name="tickets")
    op.drop_index("ix_tickets_queue", table_name="tickets")
    op.drop_table("tickets")
    op.drop_table("heartbeats")
    op.drop_table("day_counters")
