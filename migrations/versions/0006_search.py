"""Full-text search: the words of messages, and the index that finds them.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

# SQLite numbers rows only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SOURCES = (("mails", "mail"), ("outbox", "letter"), ("ticket_events", "note"))
"""Tables whose rows may move to another ticket, and what their entries are called."""


def upgrade() -> None:
    _entries()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_words()
    else:
        _postgres_words()
    op.execute("INSERT INTO search_backlog (ticket_id) SELECT id FROM tickets")


def _entries() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('ticket', 'mail', 'letter', 'note')", name=op.f("ck_search_entries_kind")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_search_entries_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("kind", "source_id", name="uq_search_entries_source"),
    )
    op.create_index("ix_search_entries_ticket_id", "search_entries", ["ticket_id", "id"])
    op.create_table(
        "search_backlog",
        sa.Column("ticket_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_search_backlog_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_search_backlog")),
    )


def _sqlite_words() -> None:
    # The text comes folded and cut into words, so the tokenizer has nothing to do but to find the blanks.
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(subject, sender, recipients, files, body, toned, "
        "tokenize = 'unicode61 remove_diacritics 0')"
    )
    for table, kind in SOURCES:
        op.execute(
            f"CREATE TRIGGER {table}_found_elsewhere AFTER UPDATE OF ticket_id ON {table} "  # noqa: S608 - words of ours alone
            "WHEN OLD.ticket_id IS NOT NULL AND NEW.ticket_id IS NOT NULL AND OLD.ticket_id <> NEW.ticket_id "
            "BEGIN UPDATE search_entries SET ticket_id = NEW.ticket_id "
            f"WHERE kind = '{kind}' AND source_id = NEW.id; END"
        )


def _postgres_words() -> None:
    op.execute(
        "CREATE TABLE search_words (entry_id bigint PRIMARY KEY "
        "REFERENCES search_entries (id) ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")
    op.execute(
        "CREATE FUNCTION move_search_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE search_entries SET ticket_id = NEW.ticket_id "
        "WHERE kind = TG_ARGV[0] AND source_id = NEW.id; RETURN NULL; END $$"
    )
    for table, kind in SOURCES:
        op.execute(
            f"CREATE TRIGGER {table}_found_elsewhere AFTER UPDATE OF ticket_id ON {table} FOR EACH ROW "
            "WHEN (OLD.ticket_id IS NOT NULL AND NEW.ticket_id IS NOT NULL "
            f"AND OLD.ticket_id <> NEW.ticket_id) EXECUTE FUNCTION move_search_entry('{kind}')"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, _ in SOURCES:
        op.execute(f"DROP TRIGGER {table}_found_elsewhere" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION move_search_entry()")
    op.execute("DROP TABLE search_words")
    op.drop_table("search_backlog")
    op.drop_table("search_entries")
