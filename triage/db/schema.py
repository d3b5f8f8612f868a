"""Every table, once. Alembic's migrations build them; a test holds the two equal."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. A naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC, whatever zone the server session has."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_json(document: Any) -> str:  # noqa: ANN401 - JSON holds anything
    """Write JSON as it is stored: readable Vietnamese, stable order."""
    return _ENCODER.encode(document)


# What the partial indexes hold. A query that shall use one must say it in these very words: neither database
# recognises them in a parameter, nor SQLite in another spelling ("acting = 1").
WAITING = text("state = 'waiting'")
ACTING = text("acting")
FRESH = text("state = 'queued' and attempts = 0")
TRIED = text("state in ('queued', 'sending') and attempts > 0")
LISTED = text("removed_at is null")
IN_FORCE = text("ended_at is null")
OPEN = text("status <> 'closed'")
UNREAD = text("read_at is null")
PROPOSED = text("sort = 'proposed'")
OF_A_UNIT = text("unit_id is not null")
SOLVED = text("outcome = 'solved'")
CORRECTING = text("verb in ('categorised', 'rerouted', 'released', 'confirmed_impostor', 'undone')")
UNTOLD = text("page_id is null")
HELD = text("status = 'held'")
IMPOSTORS = text("outcome = 'impostor'")
REPORTS = text("kind = 'impersonation_report'")
ANSWERS = text("verb in ('answered', 'recalled', 'reopened')")
ACTS = text(
    "verb in ('assigned', 'answered', 'recalled', 'closed', 'held', 'released', 'confirmed_impostor')"
)
UNCOMPARED = text("not compared")
ONGOING = text("state = 'open'")
STANDING = text("left_at is null")
DUE = text("state = 'due'")
OUTSIDE = text("object_name is not null")

# SQLite numbers rows only where the key is an INTEGER; 64 bits it gives anyway.
Id = BigInteger().with_variant(Integer, "sqlite")

mails = Table(
    "mails",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailbox", String(400), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("stored_at", Utc, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(12), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(40)),
    Column("next_try_at", Utc),
    Column("error", Text),
    Column("mail_key", String(80)),
    Column("message_id", String(1000), nullable=False, server_default=""),
    Column("from_name", Text, nullable=False, server_default=""),
    Column("from_address", String(400), nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("kind", String(24)),
    Column("ticket_id", ForeignKey("tickets.id")),
    # When the raw bytes were erased, and SHA-256 of what they were: a copy that turns up can be recognised.
    Column("erased_at", Utc),
    Column("erased_digest", String(64)),
    UniqueConstraint("mailbox", "uidvalidity", "uid", name="uq_mails_uid"),
    CheckConstraint("state in ('waiting', 'processed', 'stuck')", name="state"),
    Index("ix_mails_message_id", "message_id"),
    Index("ix_mails_ticket_id", "ticket_id"),
    Index("ix_mails_from_address", "from_address", "id"),
    Index("ix_mails_reports", "id", sqlite_where=REPORTS, postgresql_where=REPORTS),
    Index(
        "ix_mails_waiting",
        "received_at",
        "id",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    ),
    Index(
        "ix_mails_stuck", "id", sqlite_where=text("state = 'stuck'"), postgresql_where=text("state = 'stuck'")
    ),
)

# Apart from mails, so that no list or search ever reads past megabytes of raw bytes. On PostgreSQL it has a
# partition for the mails of each month (docs/adr/0030); a mail that is erased may have no row any more.
raw_mails = Table(
    "raw_mails",
    metadata,
    Column("mail_id", ForeignKey("mails.id", ondelete="CASCADE"), primary_key=True),
    Column("codec", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
    # Where the content lies outside the database (docs/adr/0031): the name of its object, and SHA-256 of the
    # bytes as they were received. Then ``content`` is empty.
    Column("object_name", String(200)),
    Column("digest", String(64)),
    Index("ix_raw_mails_object", "object_name", sqlite_where=OUTSIDE, postgresql_where=OUTSIDE),
)

# Objects of the storage that no mail has any more, until the storage has removed them.
unwanted_objects = Table(
    "unwanted_objects",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("since_at", Utc, nullable=False),
)

# What this database has written into its storage, so that no copy takes the storage for its own. One row.
storage_owner = Table(
    "storage_owner",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False),
    Column("claimed_at", Utc, nullable=False),
    CheckConstraint("id = 1", name="one"),
)

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

decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id"), nullable=False),
    Column("mail_key", String(80), nullable=False),
    Column("acting", Boolean, nullable=False),
    Column("rules_digest", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("decided_at", Utc, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("document", JSON, nullable=False),
    Index("ix_decisions_mail_id", "mail_id"),
    # Two deliveries of one mail race to act on it; the database lets one of them win.
    Index(
        "uq_decisions_acting",
        "mail_key",
        unique=True,
        sqlite_where=ACTING,
        postgresql_where=ACTING,
    ),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(15), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("treasury", String(8)),
    Column("status", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("requester_address", String(400), nullable=False),
    Column("category", String(40), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("assignee", String(200)),
    Column("opened_at", Utc, nullable=False),
    Column("due_at", Utc),
    Column("updated_at", Utc, nullable=False),
    Column("closed_at", Utc),
    # Goes up with every change, so that an act can tell that somebody else was faster.
    Column("version", Integer, nullable=False, server_default="0"),
    # The first line of what its first mail says, secrets hidden: what a list shows under the subject.
    Column("excerpt", String(200), nullable=False, server_default=""),
    Column("unit_name", String(200), nullable=False, server_default=""),
    # When the first answer of a person went out, and what a closed ticket came to.
    Column("answered_at", Utc),
    Column("outcome", String(24)),
    Column("snoozed_until", Utc),
    # No foreign key: SQLite could add one only by copying the table, which others refer to.
    Column("merged_into", Id),
    # The unit of the directory that its first mail was found to come from; no foreign key, as above.
    Column("unit_id", Id),
    # From when its working time is counted since it was opened again; empty: since it was opened.
    Column("clock_from", Utc),
    # Since when its working time stands still, and how many working seconds it stood still before; empty
    # where it never did. The first counts only while the ticket waits, or rests, or was closed meanwhile.
    Column("paused_at", Utc),
    Column("paused_seconds", Integer),
    # Which parts its first mail lacked, by name and comma, and which of them no later mail has brought; NULL
    # where that was not noted.
    Column("missing", String(40)),
    Column("lacking", String(40)),
    UniqueConstraint("code", name="uq_tickets_code"),
    Index("ix_tickets_queue", "queue", "status", "due_at"),
    Index("ix_tickets_requester", "requester_address", "id"),
    # What a queue and the desk of the centre open on: what is not closed, the oldest deadline first.
    Index("ix_tickets_open", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_open_queue", "queue", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_open_assignee", "assignee", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_tickets_held", "id", sqlite_where=HELD, postgresql_where=HELD),
    Index("ix_tickets_impostors", "id", sqlite_where=IMPOSTORS, postgresql_where=IMPOSTORS),
    Index("ix_tickets_updated", "updated_at", "id"),
    Index("ix_tickets_opened", "opened_at"),
    # Whose answers may be of use again: solved tickets of a category, the newest first.
    Index("ix_tickets_solved", "category", "id", sqlite_where=SOLVED, postgresql_where=SOLVED),
    Index("ix_tickets_unit", "unit_id", "id", sqlite_where=OF_A_UNIT, postgresql_where=OF_A_UNIT),
    Index(
        "ix_tickets_snoozed",
        "snoozed_until",
        sqlite_where=text("status = 'snoozed'"),
        postgresql_where=text("status = 'snoozed'"),
    ),
)

ticket_parties = Table(
    "ticket_parties",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("address", String(400), primary_key=True),
    # "writer" wrote or is answered, and may write on; "told" got a copy or wrote what was sent on.
    Column("role", String(10), nullable=False, server_default="writer"),
)

WRITER = "writer"
TOLD = "told"
WRITES = ticket_parties.c.role == WRITER

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("verb", String(40), nullable=False),
    Column("mail_id", ForeignKey("mails.id")),
    Column("data", JSON, nullable=False),
    Index("ix_ticket_events_ticket_id", "ticket_id", "id"),
    # What reports count: how often a ticket was answered and opened again, and what people did in a month.
    Index(
        "ix_ticket_events_answers",
        "ticket_id",
        "verb",
        "at",
        sqlite_where=ANSWERS,
        postgresql_where=ANSWERS,
    ),
    Index("ix_ticket_events_acts", "at", "verb", "actor", sqlite_where=ACTS, postgresql_where=ACTS),
    # Where people may have decided otherwise than the rules did.
    Index("ix_ticket_events_correcting", "at", "id", sqlite_where=CORRECTING, postgresql_where=CORRECTING),
)

# Tickets that the centre has given to a province to work on: a row for each stay there.
handovers = Table(
    "handovers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("queue", String(40), nullable=False),
    Column("handed_at", Utc, nullable=False),
    Column("handed_by", String(200), nullable=False),
    Column("taken_at", Utc),
    Column("taken_by", String(200)),
    # When the first answer went out while the ticket was there.
    Column("answered_at", Utc),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    Column("ending", String(12)),
    Column("reason", String(16), nullable=False, server_default=""),
    CheckConstraint("ending in ('back', 'fetched', 'moved')", name="ending"),
    Index(
        "uq_handovers_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
    Index("ix_handovers_handed", "handed_at", "queue"),
    Index("ix_handovers_ended", "ended_at", "queue"),
)

# Who sees to the mails of a day that name no treasury.
duties = Table(
    "duties",
    metadata,
    # The local date.
    Column("day", Date, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("set_by", String(200), nullable=False),
)

# One row a local day. The row is updated in the transaction that opens the ticket, so a rollback takes
# the number back and the day has no gap that somebody could take for a lost ticket.
day_counters = Table(
    "day_counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mail_id", ForeignKey("mails.id")),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("letter", String(60), nullable=False),
    Column("recipient", String(400), nullable=False),
    Column("counted_as", String(400), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", String(255), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("doubts", Integer, nullable=False, server_default="0"),
    Column("claimed_by", String(40)),
    Column("next_try_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("response", Text),
    # A letter that a person wrote may be taken back until then; nobody sends it before.
    Column("held_until", Utc),
    # Since when the mail server has been saying "not now" to this letter.
    Column("deferred_since", Utc),
    UniqueConstraint("message_id", name="uq_outbox_message_id"),
    UniqueConstraint("mail_id", "letter", name="uq_outbox_mail_letter"),
    CheckConstraint("state in ('queued', 'sending', 'sent', 'failed', 'recalled')", name="state"),
    Index("ix_outbox_ticket_id", "ticket_id"),
    # What the caps on automatic letters count by: folded address, and domain.
    Index("ix_outbox_counted_as", "counted_as", "created_at"),
    Index("ix_outbox_domain", "domain", "created_at"),
    Index(
        "ix_outbox_fresh",
        "id",
        sqlite_where=FRESH,
        postgresql_where=FRESH,
    ),
    Index(
        "ix_outbox_tried",
        "next_try_at",
        "id",
        sqlite_where=TRIED,
        postgresql_where=TRIED,
    ),
    Index(
        "ix_outbox_failed",
        "id",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
)

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

# Tickets whose data must stay, whatever a person asks or a term says, until somebody ends the hold.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    Column("end_reason", Text, nullable=False, server_default=""),
    Index(
        "uq_legal_holds_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
)

# Acts of erasure: when, by whom, why, how much; of whom, the rows that were erased no longer say.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("mails", Integer, nullable=False, server_default="0"),
    Column("tickets", Integer, nullable=False, server_default="0"),
    Column("letters", Integer, nullable=False, server_default="0"),
)

# Who may sign in. Nobody is ever deleted: what they did stays theirs.
people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    # The login, lower case; it stands as assignee and actor wherever somebody acts.
    Column("name", String(64), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("email", String(400), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default="vi"),
    Column("password_hash", String(400)),
    Column("totp_secret", String(64)),
    # The last time step whose code was used (RFC 6238 5.2: a code works once).
    Column("totp_step", BigInteger),
    Column("oidc_issuer", String(400)),
    Column("oidc_subject", String(255)),
    Column("preferences", JSON, nullable=False, server_default="{}"),
    Column("created_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("away_from", Utc),
    Column("away_until", Utc),
    Column("deputy_id", ForeignKey("people.id")),
    # Whether answers of a coordinator leave without anybody's approval.
    Column("may_answer", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("name", name="uq_people_name"),
    UniqueConstraint("oidc_issuer", "oidc_subject", name="uq_people_oidc"),
    CheckConstraint("role in ('coordinator', 'agent', 'security', 'auditor', 'admin')", name="role"),
    Index("ix_people_deputy_id", "deputy_id"),
)

# Which queues a coordinator looks after; the other roles see every queue without a row here.
person_queues = Table(
    "person_queues",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("queue", String(40), primary_key=True),
    Index("ix_person_queues_queue", "queue"),
)

# Of which days a coordinator has had the digest, or had nothing to be told: each day once, whoever sends it.
digests = Table(
    "digests",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    # The local date.
    Column("day", Date, primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_digests_day", "day"),
)

# Of which tickets a coordinator was told by mail, or had the mail sent on: each once, whoever does it.
forwards = Table(
    "forwards",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("at", Utc, nullable=False),
)

# Which steps were told of a ticket that stays unanswered: each once, whoever tells it. Opened again, its
# clock starts anew (``started_at``), and so do the steps.
escalations = Table(
    "escalations",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("started_at", Utc, primary_key=True),
    Column("step", String(12), primary_key=True),
    Column("at", Utc, nullable=False),
    CheckConstraint("step in ('warning', 'overdue', 'late')", name="step"),
)

# Pages to the security officers: what the webhook is told, the very bytes each time, and how far that is.
security_pages = Table(
    "security_pages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Utc),
    Column("error", Text),
    CheckConstraint("state in ('waiting', 'sent', 'failed', 'none')", name="state"),
    Index("ix_security_pages_waiting", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
)

# Tickets that the security officers are paged about, each once; without a page it is still to be told.
security_alerts = Table(
    "security_alerts",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("reason", String(12), nullable=False),
    Column("raised_at", Utc, nullable=False),
    Column("page_id", ForeignKey("security_pages.id")),
    CheckConstraint("reason in ('held', 'report', 'category')", name="reason"),
    Index("ix_security_alerts_untold", "raised_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
)

# Invitations and resets: random, kept as SHA-256 only, used once, over after a day.
one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    UniqueConstraint("token_hash", name="uq_one_time_tokens_token_hash"),
    CheckConstraint("purpose in ('invite', 'reset')", name="purpose"),
    Index("ix_one_time_tokens_person_id", "person_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", Utc),
)

# Who is signed in. A row ends on sign-out, disable and change of role; it is never used again.
web_sessions = Table(
    "web_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("form_token", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("factor", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    # When password or code were last given: what weighs more asks for them anew.
    Column("confirmed_at", Utc, nullable=False),
    Column("network", String(64), nullable=False, server_default=""),
    Column("client", String(200), nullable=False, server_default=""),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    UniqueConstraint("token_hash", name="uq_web_sessions_token_hash"),
    Index(
        "ix_web_sessions_person_id",
        "person_id",
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    ),
)

# What programs ask the API by: random, kept as SHA-256 only, of a person, never more than he may himself.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(80), nullable=False),
    # Its first letters, by which its owner knows it again.
    Column("hint", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    Column("network", String(64), nullable=False, server_default=""),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    Index("ix_api_tokens_person_id", "person_id", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# Programs that are told what happens to tickets, in the rights of a person.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("address", String(1000), nullable=False),
    # The key that messages are signed with; no hash, since it is needed each time.
    Column("secret", String(120), nullable=False),
    Column("events", JSON, nullable=False),
    # How often in a row it did not take a message, and before when nothing is tried.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", Utc),
    # Since when it is switched off: what happens from then on it is not told.
    Column("paused_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("ended_at", Utc),
    Column("ended_why", String(24)),
    Index("ix_webhooks_person_id", "person_id", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
)

# What a webhook is to be told. A trigger of ticket_events writes each row in the transaction of its event, so
# that none is lost, with an id that stays the same at every try.
webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("event_id", ForeignKey("ticket_events.id"), nullable=False),
    Column("message_id", String(40), nullable=False),
    Column("state", String(12), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("response", String(200), nullable=False, server_default=""),
    UniqueConstraint("message_id", name="uq_webhook_messages_message_id"),
    CheckConstraint("state in ('waiting', 'delivered', 'failed')", name="state"),
    Index("ix_webhook_messages_webhook_id", "webhook_id", "id"),
    Index("ix_webhook_messages_waiting", "next_try_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
)

# How often something was tried within a window of time: sign-ins by account and by network, exports.
throttles = Table(
    "throttles",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("window_start", Utc, primary_key=True),
    Column("count", Integer, nullable=False),
    Index("ix_throttles_window_start", "window_start"),
)

# Every view and every change by a person, each row bound to the one before. Triggers refuse to change or
# delete a row. ``data`` is text, since the hash is that of its very letters.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(60), nullable=False),
    Column("object", String(200), nullable=False, server_default=""),
    Column("network", String(64), nullable=False, server_default=""),
    Column("data", Text, nullable=False, server_default="{}"),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("previous", name="uq_audit_previous"),
    Index("ix_audit_object", "object", "id"),
    Index("ix_audit_actor", "actor", "id"),
)

# How many tickets stand in each queue and status. Triggers write every change of tickets into
# ticket_count_changes, which no two transactions fight over; a job adds them up into ticket_counts.
ticket_counts = Table(
    "ticket_counts",
    metadata,
    Column("queue", String(40), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("flagged", Boolean, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

ticket_count_changes = Table(
    "ticket_count_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("queue", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("change", Integer, nullable=False),
)

# Tickets that have to do with each other; each pair stands once in each direction.
ticket_links = Table(
    "ticket_links",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("other_id", ForeignKey("tickets.id"), primary_key=True),
    Column("sort", String(12), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(200), nullable=False),
    CheckConstraint("sort in ('related', 'merged', 'split')", name="sort"),
)

# What somebody is writing, kept here and not in the browser.
drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("sort", String(8), nullable=False),
    Column("body", Text, nullable=False),
    # The version of the ticket that the writer had before him.
    Column("ticket_version", Integer, nullable=False),
    Column("updated_at", Utc, nullable=False),
    UniqueConstraint("ticket_id", "person_id", "sort", name="uq_drafts_ticket_person"),
    CheckConstraint("sort in ('answer', 'note', 'proposed')", name="sort"),
    # What waits for approval, the oldest first.
    Index("ix_drafts_proposed", "updated_at", "id", sqlite_where=PROPOSED, postgresql_where=PROPOSED),
)

# Acts that were done, by the key that their form carried: the same form sent twice acts once.
acts = Table(
    "acts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Utc, nullable=False),
    # What was done, and what it takes to undo it.
    Column("action", String(40), nullable=False),
    Column("result", JSON, nullable=False),
    Column("undone_at", Utc),
    Index("ix_acts_at", "at"),
)

# Who looks at a ticket, and whether he writes: advice, no lock.
presence = Table(
    "presence",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("seen_at", Utc, nullable=False),
    Column("writing_at", Utc),
    Index("ix_presence_seen_at", "seen_at"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(80), nullable=False),
    # The address of a list with its filters, from our root on.
    Column("address", String(1000), nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("person_id", "name", name="uq_saved_views_name"),
)

# What somebody should know: that he was mentioned, that a ticket came into or left his queue.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("sort", String(16), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    Column("read_at", Utc),
    # The incident that it is about, of which the ticket is one; no foreign key, as above.
    Column("incident_id", Id),
    Index("ix_notices_unread", "person_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
)

# What each new ticket tells of an error, as a signature to compare by: kept for a month.
sightings = Table(
    "sightings",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    # The queue of the provincial treasury; none where the ticket is no province's.
    Column("province", String(40)),
    Column("signature", LargeBinary, nullable=False),
    Column("compared", Boolean, nullable=False, server_default=text("false")),
    Index("ix_sightings_at", "at"),
    Index("ix_sightings_uncompared", "ticket_id", sqlite_where=UNCOMPARED, postgresql_where=UNCOMPARED),
)

# One error that several provinces told of within half an hour.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(12), nullable=False, server_default="open"),
    # What the mails have in common, as its page and chips name it, and the words that most of them share.
    Column("title", String(200), nullable=False),
    Column("words", JSON, nullable=False),
    Column("category", String(40), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("found_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(200)),
    # What its tickets are closed with, where it was ended so.
    Column("outcome", String(24)),
    CheckConstraint("state in ('open', 'closed', 'dissolved')", name="state"),
    Index("ix_incidents_open", "id", sqlite_where=ONGOING, postgresql_where=ONGOING),
)

# Which tickets belong to an incident; a row stays when its ticket leaves, so that nobody proposes it again.
incident_tickets = Table(
    "incident_tickets",
    metadata,
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    # One of those by which the incident was found: what comes later is compared with these.
    Column("founder", Boolean, nullable=False),
    Column("joined_at", Utc, nullable=False),
    Column("joined_by", String(200), nullable=False),
    Column("left_at", Utc),
    Column("left_by", String(200)),
    # Whether the end of the incident has closed the ticket, or found it closed.
    Column("settled", Boolean, nullable=False, server_default=text("false")),
    Index(
        "uq_incident_tickets_ticket_id",
        "ticket_id",
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    ),
)

# Answers to all tickets of an incident: proposed by somebody, sent once somebody who may has approved.
incident_answers = Table(
    "incident_answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("writer", String(200), nullable=False),
    Column("written_at", Utc, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Utc),
    # What each ticket is closed with by it; none where the tickets wait for the units.
    Column("outcome", String(24)),
    CheckConstraint("state in ('proposed', 'approved', 'dropped')", name="state"),
    Index("ix_incident_answers_incident_id", "incident_id", "id"),
)

# To which tickets an answer goes: each once, whoever asks again.
incident_letters = Table(
    "incident_letters",
    metadata,
    Column("answer_id", ForeignKey("incident_answers.id"), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("state", String(12), nullable=False, server_default="due"),
    # Why a ticket was passed over.
    Column("why", String(24)),
    CheckConstraint("state in ('due', 'written', 'skipped')", name="state"),
    Index("ix_incident_letters_ticket_id", "ticket_id"),
    Index("ix_incident_letters_due", "answer_id", "ticket_id", sqlite_where=DUE, postgresql_where=DUE),
)

# The words of each mail, letter, note and ticket as they were written, secrets hidden: what a hit shows. What
# they are found by stands beside, in search_words, by the same number.
search_entries = Table(
    "search_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    # Of tickets, mails, outbox or ticket_events, as the kind says.
    Column("source_id", BigInteger, nullable=False),
    Column("at", Utc, nullable=False),
    Column("has_files", Boolean, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("kind", "source_id", name="uq_search_entries_source"),
    CheckConstraint("kind in ('ticket', 'mail', 'letter', 'note')", name="kind"),
    Index("ix_search_entries_ticket_id", "ticket_id", "id"),
    Index("ix_search_entries_at", "at", "id"),
)

# Tickets whose words are still to be written, the newest first: those of before there was a search, and
# those that triage db reindex names.
search_backlog = Table(
    "search_backlog",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
)

SEARCH_WORDS = "search_words"


def in_models(name: str | None, sort: str, parents: Any) -> bool:  # noqa: ANN401 - as Alembic asks
    """Whether the models describe a thing of the database.

    The full-text index is each database's own, and so are the partitions of raw mail.
    """
    del parents
    return not (sort == "table" and (name or "").startswith((SEARCH_WORDS, "raw_mails_")))
