"""How the service itself runs: stages, nodes, what each has leased, alarms."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from triage.db.schema.base import Id, Utc, metadata
from triage.db.schema.conditions import IN_FORCE

# When each stage last came to the end of a round: what a health check asks for.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("stage", String(20), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("error", Text),
)

# Each process that works on this database beside others; once it has ended it may write nothing any more.
nodes = Table(
    "nodes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("host", String(255), nullable=False),
    # What tells others on the same machine whether the process is still there.
    Column("place", String(200), nullable=False),
    # It goes up as long as the process can say that it is there. Nobody's clock is compared with another's.
    Column("beats", Id, nullable=False, server_default="0"),
    Column("started_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(80)),
    UniqueConstraint("name"),
    Index("ix_nodes_alive", "name", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# What one node at a time does: each mailbox, the clockwork. Who has less than others asks for one of theirs.
leases = Table(
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("node_id", ForeignKey("nodes.id"), nullable=False),
    Column("taken_at", Utc, nullable=False),
    Column("wanted_by", ForeignKey("nodes.id", ondelete="SET NULL")),
)

# How each alarm stands: since when it is raised, whether it was told, until when it is quiet.
alarms = Table(
    "alarms",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("raised_at", Utc),
    Column("told_at", Utc),
    Column("quiet_until", Utc),
    Column("sentence", Text, nullable=False, server_default=""),
)
