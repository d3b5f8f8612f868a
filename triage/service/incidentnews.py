"""Tells agents and leads by letter of an incident that was found, in the transaction that makes it."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from triage.core.incidentnews import Told, incident_values
from triage.core.letternames import INCIDENT_FOUND
from triage.db import colleagues
from triage.db.tickets import TicketRow
from triage.errors import LetterError
from triage.service import colleagueletters
from triage.service.means import Means

log = structlog.get_logger()


def tell(
    connection: Connection,
    means: Means,
    number: int,
    title: str,
    provinces: Sequence[str],
    opening: Sequence[TicketRow],
    since: datetime,
) -> int:
    """Write a letter to everybody who is to hear of an incident; gives how many.

    The letters are there with the incident or not at all, so nobody hears twice. A letter that cannot be
    filled keeps no incident from being found.
    """
    addresses = _addresses(connection, means)
    if not addresses:
        return 0
    names = {one.queue: means.rules.treasuries.queue_name(one.queue) or "" for one in opening}
    told = [Told(one.code, one.queue, one.subject) for one in opening]
    values = incident_values(told, title, provinces, since, names, means.zone, means.rules.office)
    try:
        letter = means.renderer.render(INCIDENT_FOUND, values)
    except LetterError as error:
        log.error("incident_letter_failed", incident=number, error=str(error))  # noqa: TRY400 - it says all
        return 0
    now = means.clock.now()
    return sum(
        colleagueletters.put(
            connection, means, INCIDENT_FOUND, one, letter, seed=f"{number}/{one.casefold()}", now=now
        )
        for one in addresses
    )


def _addresses(connection: Connection, means: Means) -> list[str]:
    """Give whom to write to, each address once: who works on all tickets and is here, and who is named."""
    if means.incident_leads is None:
        return []
    here = (one.email for one in colleagues.workers_here(connection, means.clock.now()))
    return list({one.casefold(): one for one in (*here, *means.incident_leads) if one}.values())
