"""The codes of tickets, counted by the local day."""

from datetime import date

from sqlalchemy import Connection

from triage.core.tickets import LAST_ORDINAL, TicketCode
from triage.db.schema import day_counters
from triage.db.upsert import Upsert
from triage.errors import CodesExhaustedError

_COUNT = Upsert(
    day_counters,
    lambda insert: (
        insert.values(last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": day_counters.c.last + 1})
        .returning(day_counters.c.last)
    ),
)


def next_code(connection: Connection, day: date) -> TicketCode:
    """Take the next code of a local day.

    The counter's row stays locked until the transaction ends, and a rollback gives the number back, so codes
    are unique under concurrent writers and a day has no gap. Raises CodesExhaustedError after 999,999.
    """
    ordinal = connection.execute(_COUNT.on(connection), {"day": day}).scalar_one()
    if ordinal > LAST_ORDINAL:
        raise CodesExhaustedError(
            f"{day:%d/%m/%Y} has had its {LAST_ORDINAL:,} tickets, all that six digits can count; "
            "the mail is kept."
        )
    return TicketCode(day, ordinal)
