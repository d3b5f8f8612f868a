"""Tickets that a person changed after their mail was decided, with the decisions and the acts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from triage.core.corrections import PersonsAct
from triage.db.history import SERVICE
from triage.db.schema import CORRECTING, decisions, mails, ticket_events, tickets

AT_ONCE = 200
"""Tickets that one round of questions reads."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A ticket that a person changed: its first mail with the first and the last decision, and what was done.

    ``first`` is the decision that was acted on, ``facts`` and ``last_facts`` what each was made from.
    ``names`` are those of requester and unit.
    """

    code: str
    mail_id: int
    first: dict[str, Any]
    facts: dict[str, Any]
    last: dict[str, Any]
    last_facts: dict[str, Any]
    acts: tuple[PersonsAct, ...]
    names: tuple[str, ...]


def changed(connection: Connection, *, since: datetime | None = None, most: int | None = None) -> list[int]:
    """Give the ids of tickets that a person changed since, the newest act first; ``most`` bounds the acts."""
    query = select(ticket_events.c.ticket_id).where(CORRECTING, ticket_events.c.actor != SERVICE)
    if since is not None:
        query = query.where(ticket_events.c.at >= since)
    newest = query.order_by(ticket_events.c.at.desc(), ticket_events.c.id.desc()).limit(most)
    return list(dict.fromkeys(connection.scalars(newest)))


def corrected(connection: Connection, ids: Sequence[int]) -> list[Corrected]:
    """Give those of these tickets whose first mail the service decided, in the order of the ids.

    A mail that was erased, whoever or whatever term asked for it, is left out.
    """
    opened = _opened(connection, ids)
    acts = _acts(connection, ids)
    decided = _decided(connection, list(opened.values()))
    columns = (tickets.c.id, tickets.c.code, tickets.c.requester_name, tickets.c.unit_name)
    heads = {row.id: row for row in connection.execute(select(*columns).where(tickets.c.id.in_(ids)))}
    told: list[Corrected] = []
    for ticket_id in ids:
        found = decided.get(opened.get(ticket_id, 0), [])
        first = next((row for row in found if row.acting), None)
        if first is None or first.document.get("erased"):
            continue
        head, last = heads[ticket_id], found[-1]
        told.append(
            Corrected(
                code=head.code,
                mail_id=first.mail_id,
                first=first.document,
                facts=first.facts,
                last=last.document,
                last_facts=last.facts,
                acts=tuple(acts[ticket_id]),
                names=(head.requester_name, head.unit_name),
            )
        )
    return told


def _opened(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Give the mail by which the service opened each ticket; what a person split off is not among them."""
    query = select(ticket_events.c.ticket_id, ticket_events.c.mail_id).where(
        ticket_events.c.ticket_id.in_(ids),
        ticket_events.c.verb == "opened",
        ticket_events.c.actor == SERVICE,
        ticket_events.c.mail_id.is_not(None),
    )
    return {row.ticket_id: row.mail_id for row in connection.execute(query)}


def _acts(connection: Connection, ids: Sequence[int]) -> dict[int, list[PersonsAct]]:
    query = (
        select(*(ticket_events.c[name] for name in ("ticket_id", "at", "actor", "verb", "data")))
        .where(CORRECTING, ticket_events.c.ticket_id.in_(ids), ticket_events.c.actor != SERVICE)
        .order_by(ticket_events.c.id)
    )
    found: dict[int, list[PersonsAct]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.ticket_id].append(PersonsAct(row.at, row.actor, row.verb, row.data))
    return found


def _decided(connection: Connection, mail_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Give all decisions about mails that are still there, in their order."""
    query = (
        select(*(decisions.c[name] for name in ("mail_id", "acting", "document", "facts")))
        .join(mails, mails.c.id == decisions.c.mail_id)
        .where(decisions.c.mail_id.in_(mail_ids), mails.c.erased_at.is_(None))
        .order_by(decisions.c.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.mail_id].append(row)
    return found
