"""What stands on the mail server: what was missed there, and the copies in the folders of queues."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint

from triage.db.schema.base import Id, Utc, metadata

# Copies of mails that stand in the folders of queues on the server (docs/adr/0026): which, where, how marked.
queue_copies = Table(
    "queue_copies",
    metadata,
    Column("mail_id", ForeignKey("mails.id"), primary_key=True),
    # The code of the queue, "/Closed" behind it for closed tickets.
    Column("place", String(60), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("marks", String(20), nullable=False),
    # One message is the copy of one mail.
    UniqueConstraint("place", "uidvalidity", "uid", name="uq_queue_copies_uid"),
)

# What the server has or had beside the stored mails: one row a UID, or a run of UIDs that nobody ever saw.
missed_uids = Table(
    "missed_uids",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailbox", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("first_uid", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("error", Text),
    Column("first_seen_at", Utc, nullable=False),
    Column("last_seen_at", Utc, nullable=False),
    UniqueConstraint("mailbox", "uidvalidity", "first_uid", name="uq_missed_uids_uid"),
    CheckConstraint(
        "outcome in ('waiting', 'withheld', 'vanished', 'deleted', 'replaced', 'unseen')", name="outcome"
    ),
    CheckConstraint("first_uid <= last_uid", name="run"),
)

# When each mailbox was last compared with what is stored.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("mailbox", String(400), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("checked_to", BigInteger, nullable=False),
    Column("at", Utc, nullable=False),
    Column("on_server", BigInteger, nullable=False),
    Column("complaint", Text),
)
