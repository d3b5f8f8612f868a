"""Answers that wait for somebody who may send them; tickets by the month in which they were opened.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SORTS = "sort in ('answer', 'note')"
SORTS_NOW = "sort in ('answer', 'note', 'proposed')"
PROPOSED = sa.text("sort = 'proposed'")


def upgrade() -> None:
    _allow(SORTS_NOW)
    op.create_index(
        "ix_drafts_proposed",
        "drafts",
        ["updated_at", "id"],
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )
    op.create_index("ix_tickets_opened", "tickets", ["opened_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_opened", table_name="tickets")
    op.drop_index("ix_drafts_proposed", table_name="drafts")
    # Their writers may go on where they have begun nothing else; only then is there room.
    op.execute(
        "UPDATE drafts SET sort = 'answer' WHERE sort = 'proposed' AND NOT EXISTS "
        "(SELECT 1 FROM drafts begun WHERE begun.ticket_id = drafts.ticket_id "
        "AND begun.person_id = drafts.person_id AND begun.sort = 'answer')"
    )
    op.execute("DELETE FROM drafts WHERE sort = 'proposed'")
    _allow(SORTS)


def _allow(sorts: str) -> None:
    with op.batch_alter_table("drafts") as batch:
        batch.drop_constraint(op.f("ck_drafts_sort"), type_="check")
        batch.create_check_constraint(op.f("ck_drafts_sort"), sorts)
