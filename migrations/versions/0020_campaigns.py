"""Campaigns of impostors: their mails, what these are known by, what happened to each campaign.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTIAL = (
    ("ix_mails_reports", "mails", "kind = 'impersonation_report'"),
    ("ix_tickets_held", "tickets", "status = 'held'"),
    ("ix_tickets_impostors", "tickets", "outcome = 'impostor'"),
)


def upgrade() -> None:
    for name, table, rows in PARTIAL:
        where = sa.text(rows)
        op.create_index(name, table, ["id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "campaigns",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(120), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "merged_into",
            ID,
            sa.ForeignKey("campaigns.id", name=op.f("fk_campaigns_merged_into_campaigns")),
        ),
        sa.Column("merged_by", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    _create_mails()
    _create_signs()
    op.create_table(
        "campaign_events",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "campaign_id",
            ID,
            sa.ForeignKey("campaigns.id", name=op.f("fk_campaign_events_campaign_id_campaigns")),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_events")),
    )
    op.create_index("ix_campaign_events_campaign_id", "campaign_events", ["campaign_id", "id"])


def downgrade() -> None:
    for table in ("campaign_events", "campaign_signs", "campaign_mails", "campaigns"):
        op.drop_table(table)
    for name, table, _ in PARTIAL:
        op.drop_index(name, table_name=table)


def _create_mails() -> None:
    op.create_table(
        "campaign_mails",
        sa.Column(
            "mail_id",
            ID,
            sa.ForeignKey("mails.id", name=op.f("fk_campaign_mails_mail_id_mails"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column(
            "campaign_id",
            ID,
            sa.ForeignKey("campaigns.id", name=op.f("fk_campaign_mails_campaign_id_campaigns")),
        ),
        sa.Column(
            "first_id", ID, sa.ForeignKey("campaigns.id", name=op.f("fk_campaign_mails_first_id_campaigns"))
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("wording", sa.Text(), server_default="", nullable=False),
        sa.Column("apart_at", sa.DateTime(timezone=True)),
        sa.Column("apart_by", sa.String(200)),
        sa.CheckConstraint("role in ('wrote', 'reported')", name=op.f("ck_campaign_mails_role")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_campaign_mails")),
    )
    op.create_index("ix_campaign_mails_campaign_id", "campaign_mails", ["campaign_id", "mail_id"])


def _create_signs() -> None:
    op.create_table(
        "campaign_signs",
        sa.Column(
            "mail_id",
            ID,
            sa.ForeignKey(
                "campaign_mails.mail_id",
                name=op.f("fk_campaign_signs_mail_id_campaign_mails"),
                ondelete="CASCADE",
            ),
            nullable=False,
        ),
        sa.Column("sort", sa.String(10), nullable=False),
        sa.Column("value", sa.String(320), nullable=False),
        sa.Column("weight", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("mail_id", "sort", "value", name=op.f("pk_campaign_signs")),
    )
    op.create_index("ix_campaign_signs_value", "campaign_signs", ["value", "sort", "mail_id"])
