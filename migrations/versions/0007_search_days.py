"""The day of each message beside its words, so that PostgreSQL can be asked for the newest ones.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # its table of words is read from the newest row back as it is
    op.execute("DROP INDEX ix_search_words_words")
    op.execute("ALTER TABLE search_words ADD COLUMN day integer")
    op.execute(
        "UPDATE search_words SET day = floor(extract(epoch FROM search_entries.at) / 86400) "
        "FROM search_entries WHERE search_entries.id = search_words.entry_id"
    )
    op.execute("ALTER TABLE search_words ALTER COLUMN day SET NOT NULL")
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words, (ARRAY[day]))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP INDEX ix_search_words_words")
    op.execute("ALTER TABLE search_words DROP COLUMN day")
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")
