"""The ticket that has waited longest and that nobody has; whoever takes it locks it first."""

from collections.abc import Collection

from sqlalchemy import Connection, or_, select
from sqlalchemy.sql.elements import ColumnElement

from triage.db.handovers import at_province
from triage.db.queues import TO_DO
from triage.db.schema import OPEN, tickets
from triage.db.tickets import TicketRow


def lock_free(
    connection: Connection, visible: ColumnElement[bool], queues: Collection[str] = ()
) -> TicketRow | None:
    """Give the open ticket with the oldest deadline that nobody has, in these queues where any are named.

    What stands at a province waits for somebody there. Nobody else gets the same one: on PostgreSQL a ticket
    that another transaction holds is passed over, and on SQLite the other transaction waits. Tickets without
    a deadline come last, by a question of their own, as in the lists.
    """
    free = or_(tickets.c.assignee.is_(None), tickets.c.assignee == "")
    columns = (tickets.c[name] for name in TicketRow.__dataclass_fields__)
    query = select(*columns).where(OPEN, tickets.c.status.in_(TO_DO), free, visible, ~at_province())
    if queues:
        query = query.where(tickets.c.queue.in_(queues))
    for due, order in (
        (tickets.c.due_at.is_not(None), (tickets.c.due_at, tickets.c.id)),
        (tickets.c.due_at.is_(None), (tickets.c.id,)),
    ):
        first = query.where(due).order_by(*order).limit(1).with_for_update(skip_locked=True)
        row = connection.execute(first).first()
        if row is not None:
            return TicketRow(*tuple(row))
    return None
