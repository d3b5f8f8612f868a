"""Rows that have served their turn: keys of forms, sessions, invitations, tries, read notices."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_

from triage.core.leftovers import Leftover
from triage.core.letternames import DIGESTS
from triage.db.schema import acts, digests, notices, one_time_tokens, outbox, throttles, web_sessions


def remove(connection: Connection, sort: Leftover, before: datetime) -> int:
    """Delete what was over before a moment; gives how many rows."""
    table, is_over = _is_over(sort, before)
    return connection.execute(delete(table).where(is_over)).rowcount


def _is_over(sort: Leftover, before: datetime) -> tuple[Table, ColumnElement[bool]]:
    if sort is Leftover.DIGEST_LETTERS:
        done = outbox.c.state.in_(["sent", "failed", "recalled"])
        return outbox, and_(outbox.c.letter.in_(DIGESTS), outbox.c.created_at < before, done)
    return _over_by_time(sort, before)


_Timed = Literal[
    Leftover.ACTS,
    Leftover.TRIES,
    Leftover.SESSIONS,
    Leftover.INVITATIONS,
    Leftover.NOTICES,
    Leftover.DIGESTS,
]


def _over_by_time(sort: _Timed, before: datetime) -> tuple[Table, ColumnElement[bool]]:
    match sort:
        case Leftover.ACTS:
            return acts, acts.c.at < before
        case Leftover.TRIES:
            return throttles, throttles.c.window_start < before
        case Leftover.SESSIONS:
            ended = or_(web_sessions.c.ended_at < before, web_sessions.c.expires_at < before)
            return web_sessions, ended
        case Leftover.INVITATIONS:
            over = or_(one_time_tokens.c.used_at < before, one_time_tokens.c.expires_at < before)
            return one_time_tokens, over
        case Leftover.NOTICES:
            return notices, notices.c.read_at < before
        case Leftover.DIGESTS:
            return digests, digests.c.at < before
