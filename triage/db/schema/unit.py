"""The directory of units that write to us."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import LISTED

# Units that write to us: who they are and which treasury they deal with. A row that was taken out stays.
units = Table(
    "units",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(20)),
    Column("name", Text, nullable=False),
    Column("treasury", String(8), nullable=False, server_default=""),
    Column("sort", String(12), nullable=False),
    Column("software", Text, nullable=False, server_default=""),
    Column("phone", String(100), nullable=False, server_default=""),
    Column("changed_at", Utc, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("removed_at", Utc),
    # The name without tones, and the moment of the change that it was written for: where that is another
    # one, as after a change by the release before, it says nothing.
    Column("folded", Text),
    Column("folded_for", Utc),
    CheckConstraint("sort in ('budget', 'connecting')", name="sort"),
    Index("uq_units_code", "code", unique=True, sqlite_where=LISTED, postgresql_where=LISTED),
    Index("ix_units_name", "name", "id", sqlite_where=LISTED, postgresql_where=LISTED),
)

# By which addresses and domains a unit is known; each belongs to one unit, a domain may belong to several.
unit_senders = Table(
    "unit_senders",
    metadata,
    Column("unit_id", ForeignKey("units.id", ondelete="CASCADE"), primary_key=True),
    Column("sender", String(400), primary_key=True),
    Index("ix_unit_senders_sender", "sender"),
)

# Entries that a registration form (935/QĐ-KBNN) proposes, for a person to accept or refuse.
unit_proposals = Table(
    "unit_proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id"), nullable=False),
    Column("sender", String(400), nullable=False, server_default=""),
    Column("form", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", String(10), nullable=False, server_default="open"),
    Column("decided_at", Utc),
    Column("decided_by", String(200)),
    Column("reason", Text, nullable=False, server_default=""),
    Column("unit_id", ForeignKey("units.id")),
    UniqueConstraint("mail_id", name="uq_unit_proposals_mail_id"),
    CheckConstraint("state in ('open', 'accepted', 'refused')", name="state"),
)
