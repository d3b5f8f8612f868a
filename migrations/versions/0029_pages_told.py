"""What happens to a ticket is told to the open pages of every node at once (PostgreSQL).

Revision ID: 0029
Revises: 0027
"""

from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

TELL = """
CREATE FUNCTION tell_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('triage', 'pages');
    RETURN NULL;
END $$
"""
ON_EVENTS = """
CREATE TRIGGER tell_pages AFTER INSERT ON ticket_events
FOR EACH STATEMENT EXECUTE FUNCTION tell_pages()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(TELL)
        op.execute(ON_EVENTS)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER tell_pages ON ticket_events")
        op.execute("DROP FUNCTION tell_pages()")
