"""Rows that have served their turn: keys of forms, sessions, invitations, tries, tokens, read notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, or_, select

from triage.core.leftovers import Leftover
from triage.core.letternames import QUOTING
from triage.db.schema import (
    acts,
    api_tokens,
    digests,
    incident_tickets,
    leases,
    nodes,
    notices,
    one_time_tokens,
    outbox,
    sightings,
    throttles,
    web_sessions,
    webhook_messages,
)


def remove(connection: Connection, sort: Leftover, before: datetime) -> int:
    """Delete what was over before a moment; gives how many rows."""
    table, is_over = _is_over(sort, before)
    return connection.execute(delete(table).where(is_over)).rowcount


_ENDS: Mapping[Leftover, tuple[Table, tuple[Column[Any], ...]]] = {
    Leftover.ACTS: (acts, (acts.c.at,)),
    Leftover.TRIES: (throttles, (throttles.c.window_start,)),
    Leftover.SESSIONS: (web_sessions, (web_sessions.c.ended_at, web_sessions.c.expires_at)),
    Leftover.INVITATIONS: (one_time_tokens, (one_time_tokens.c.used_at, one_time_tokens.c.expires_at)),
    Leftover.NOTICES: (notices, (notices.c.read_at,)),
    Leftover.DIGESTS: (digests, (digests.c.at,)),
    Leftover.TOKENS: (api_tokens, (api_tokens.c.ended_at, api_tokens.c.expires_at)),
    Leftover.WEBHOOK_MESSAGES: (webhook_messages, (webhook_messages.c.done_at,)),
}
"""By which moments a row is over: the first that has come counts."""


def _is_over(sort: Leftover, before: datetime) -> tuple[Table, ColumnElement[bool]]:
    if sort is Leftover.DIGEST_LETTERS:
        done = outbox.c.state.in_(["sent", "failed", "recalled"])
        return outbox, and_(outbox.c.letter.in_(QUOTING), outbox.c.created_at < before, done)
    if sort is Leftover.SIGHTINGS:
        kept = select(incident_tickets.c.ticket_id)
        return sightings, and_(sightings.c.at < before, sightings.c.ticket_id.not_in(kept))
    if sort is Leftover.NODES:
        return nodes, and_(nodes.c.ended_at < before, nodes.c.id.not_in(select(leases.c.node_id)))
    table, ends = _ENDS[sort]
    return table, or_(*(end < before for end in ends))
