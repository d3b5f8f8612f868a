"""Senders that are allowed, blocked or watched, and campaigns of impostors."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import LISTED

# Whom an agent allows, blocks or watches. A row is never deleted, so that one can see who trusted whom when.
sender_list = Table(
    "sender_list",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entry", String(400), nullable=False),
    Column("sort", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("removed_at", Utc),
    Column("removed_by", String(200)),
    Column("removed_reason", Text, nullable=False, server_default=""),
    CheckConstraint("sort in ('allow', 'block', 'watch')", name="sort"),
    CheckConstraint("kind in ('address', 'domain', 'phone')", name="kind"),
    Index(
        "uq_sender_list_entry",
        "entry",
        "sort",
        unique=True,
        sqlite_where=LISTED,
        postgresql_where=LISTED,
    ),
)

# What a later entry of the watch list finds an old mail by: addresses, domains and numbers that it holds.
mail_marks = Table(
    "mail_marks",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(400), primary_key=True),
    Index("ix_mail_marks_mark", "mark", "mail_id"),
)

# Mails of impostors and reports of them that belong together. The id is the number that people know one by.
campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(120), nullable=False, server_default=""),
    Column("created_at", Utc, nullable=False),
    # The campaign that its mails now belong to, and who brought the two together; nobody where a mail did.
    Column("merged_into", ForeignKey("campaigns.id")),
    Column("merged_by", String(200)),
)

# Each mail of an impostor, or report of one, with the campaign that it belongs to; none while it is alone.
campaign_mails = Table(
    "campaign_mails",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("campaign_id", ForeignKey("campaigns.id")),
    # The campaign that it came to first: by that one it finds back when others are parted from it.
    Column("first_id", ForeignKey("campaigns.id")),
    Column("joined_at", Utc, nullable=False),
    # The mails that it belongs to, and by which signs.
    Column("reasons", JSON, nullable=False),
    Column("words", JSON, nullable=False),
    Column("names", JSON, nullable=False),
    Column("wording", Text, nullable=False, server_default=""),
    # A person said that it belongs to no campaign; that stays so.
    Column("apart_at", Utc),
    Column("apart_by", String(200)),
    CheckConstraint("role in ('wrote', 'reported')", name="role"),
    Index("ix_campaign_mails_campaign_id", "campaign_id", "mail_id"),
)

# What a mail of an impostor is known by. Hashes of its wording stand here too, to be looked up by.
campaign_signs = Table(
    "campaign_signs",
    metadata,
    Column("mail_id", ForeignKey("campaign_mails.mail_id", ondelete="CASCADE"), primary_key=True),
    Column("sort", String(10), primary_key=True),
    Column("value", String(320), primary_key=True),
    Column("weight", String(10), nullable=False),
    Index("ix_campaign_signs_value", "value", "sort", "mail_id"),
)

# What happened to a campaign: joined to another, named, parted, told to coordinators.
campaign_events = Table(
    "campaign_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("verb", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_campaign_events_campaign_id", "campaign_id", "id"),
)
