"""Every table, once, by subject. Alembic's migrations build them; a test holds the two equal.

All are imported from here, so that the metadata knows every one of them whoever asks. No module in here bears
the name of a table: ``schema.tickets`` is always the table.
"""

from typing import Any

from triage.db.schema.audittrail import audit
from triage.db.schema.base import Utc, metadata
from triage.db.schema.conditions import (
    ACTING,
    ACTS,
    ANSWERS,
    CORRECTING,
    DUE,
    FRESH,
    HELD,
    IMPOSTORS,
    IN_FORCE,
    LISTED,
    OF_A_UNIT,
    ONGOING,
    OPEN,
    OUTSIDE,
    PROPOSED,
    REPORTS,
    SOLVED,
    STANDING,
    TRIED,
    UNCOMPARED,
    UNREAD,
    UNTOLD,
    WAITING,
)
from triage.db.schema.erasure import erasures, legal_holds
from triage.db.schema.impostor import (
    campaign_events,
    campaign_mails,
    campaign_signs,
    campaigns,
    mail_marks,
    sender_list,
)
from triage.db.schema.incident import (
    incident_answers,
    incident_letters,
    incident_tickets,
    incidents,
    sightings,
)
from triage.db.schema.letter import outbox
from triage.db.schema.mail import decisions, mails, raw_mails, storage_owner, unwanted_objects
from triage.db.schema.mailbox import missed_uids, queue_copies, reconciliations
from triage.db.schema.operation import alarms, heartbeats, leases, nodes
from triage.db.schema.person import (
    one_time_tokens,
    people,
    person_queues,
    recovery_codes,
    saved_views,
    throttles,
    web_sessions,
)
from triage.db.schema.program import api_tokens, webhook_messages, webhooks
from triage.db.schema.search import SEARCH_WORDS, search_backlog, search_entries
from triage.db.schema.telling import digests, escalations, forwards, notices, security_alerts, security_pages
from triage.db.schema.ticket import (
    TOLD,
    WRITER,
    WRITES,
    day_counters,
    ticket_count_changes,
    ticket_counts,
    ticket_events,
    ticket_links,
    ticket_parties,
    tickets,
)
from triage.db.schema.unit import unit_proposals, unit_senders, units
from triage.db.schema.work import acts, drafts, duties, handovers, presence

__all__ = [
    "ACTING",
    "ACTS",
    "ANSWERS",
    "CORRECTING",
    "DUE",
    "FRESH",
    "HELD",
    "IMPOSTORS",
    "IN_FORCE",
    "LISTED",
    "OF_A_UNIT",
    "ONGOING",
    "OPEN",
    "OUTSIDE",
    "PROPOSED",
    "REPORTS",
    "SEARCH_WORDS",
    "SOLVED",
    "STANDING",
    "TOLD",
    "TRIED",
    "UNCOMPARED",
    "UNREAD",
    "UNTOLD",
    "WAITING",
    "WRITER",
    "WRITES",
    "Utc",
    "acts",
    "alarms",
    "api_tokens",
    "audit",
    "campaign_events",
    "campaign_mails",
    "campaign_signs",
    "campaigns",
    "day_counters",
    "decisions",
    "digests",
    "drafts",
    "duties",
    "erasures",
    "escalations",
    "forwards",
    "handovers",
    "heartbeats",
    "in_models",
    "incident_answers",
    "incident_letters",
    "incident_tickets",
    "incidents",
    "leases",
    "legal_holds",
    "mail_marks",
    "mails",
    "metadata",
    "missed_uids",
    "nodes",
    "notices",
    "one_time_tokens",
    "outbox",
    "people",
    "person_queues",
    "presence",
    "queue_copies",
    "raw_mails",
    "reconciliations",
    "recovery_codes",
    "saved_views",
    "search_backlog",
    "search_entries",
    "security_alerts",
    "security_pages",
    "sender_list",
    "sightings",
    "storage_owner",
    "throttles",
    "ticket_count_changes",
    "ticket_counts",
    "ticket_events",
    "ticket_links",
    "ticket_parties",
    "tickets",
    "unit_proposals",
    "unit_senders",
    "units",
    "unwanted_objects",
    "web_sessions",
    "webhook_messages",
    "webhooks",
]


def in_models(name: str | None, sort: str, parents: Any) -> bool:  # noqa: ANN401 - as Alembic asks
    """Whether the models describe a thing of the database.

    The full-text index is each database's own, and so are the partitions of raw mail.
    """
    del parents
    return not (sort == "table" and (name or "").startswith((SEARCH_WORDS, "raw_mails_")))
