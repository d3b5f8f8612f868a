"""Pages the security officers about security matters at once, at any hour, and never in a storm.

What cannot wait is noted in the transaction that makes its ticket, once a ticket. A page is one transaction
too: it takes all that is untold, writes a letter to each officer and what the webhook is told. After it there
is quiet for a while, and what comes meanwhile is told together. The webhook is told outside of any
transaction; whatever dies meanwhile, it is told again with the same id.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from triage.core.history import PAGED
from triage.core.letternames import SECURITY_PAGE
from triage.core.paging import PATIENCE, page_document, page_values
from triage.db import history, pages
from triage.db.engine import Database
from triage.db.storedjson import to_json
from triage.errors import TriageError
from triage.ports import Pager
from triage.service import colleagueletters
from triage.service.means import Means

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watch:
    """How pages go out: how long it is quiet after one, and the webhook, if there is one."""

    quiet: timedelta = timedelta(minutes=15)
    webhook: Pager | None = None


def unreached(connection: Connection) -> str | None:
    """Say, where there is no webhook, that a page would reach nobody; None where it would reach somebody."""
    if pages.any_officer(connection):
        return None
    return (
        "Security matters would reach nobody: no security officer with an address may sign in, and [paging] "
        "webhook is not set."
    )


def check_reach(connection: Connection) -> None:
    """Demand somebody whom a page reaches by letter."""
    if told := unreached(connection):
        raise TriageError(
            f"{told} Give one an address (triage users address NAME ADDRESS), add one (triage users add), or "
            "set [paging] enabled = false where nobody is to be told."
        )


def page_due(database: Database, means: Means, watch: Watch) -> bool:
    """Make a page of all that is untold, unless there was one just now; tells whether it did."""
    with database.read() as connection:
        if not pages.any_untold(connection) or not _is_quiet_over(connection, means, watch):
            return False
    with database.write() as connection:
        pages.hold(connection)
        # Another process may have been faster; then what is left waits until it is quiet no longer.
        if not pages.any_untold(connection) or not _is_quiet_over(connection, means, watch):
            return False
        _page(connection, means, watch)
    return True


def tell_webhook(database: Database, means: Means, watch: Watch) -> bool:
    """Tell the webhook of one page that it has not got; tells whether it took one."""
    if watch.webhook is None:
        return False
    with database.write() as connection:
        now = means.clock.now()
        page = pages.take(connection, now)
    if page is None:
        return False
    try:
        watch.webhook(f"page-{page.id}", page.body.encode())
    except TriageError as error:
        over = now - page.at > PATIENCE
        log.warning("page_not_told", page=page.id, error=str(error), given_up=over)
        with database.write() as connection:
            pages.settle(connection, page.id, pages.FAILED if over else pages.QUEUED, str(error))
        return False
    with database.write() as connection:
        pages.settle(connection, page.id, pages.SENT)
    return True


def page_regularly(database: Database, means: Means, watch: Watch) -> None:
    """Page as a scheduled job: trouble is logged, and the next seconds try again."""
    try:
        page_due(database, means, watch)
        while tell_webhook(database, means, watch):
            pass
    except TriageError as error:
        log.error("paging_failed", error=str(error))  # noqa: TRY400 - the sentence says all


def _is_quiet_over(connection: Connection, means: Means, watch: Watch) -> bool:
    last = pages.last_at(connection)
    return last is None or means.clock.now() - last >= watch.quiet


def _page(connection: Connection, means: Means, watch: Watch) -> None:
    now, rules = means.clock.now(), means.rules
    page_id, told = pages.add(connection, now, pages.QUEUED if watch.webhook else pages.NOBODY)
    alerts = pages.first_of(connection, told)
    pages.say(connection, page_id, to_json(page_document(alerts, len(told), now)))
    names = {one.id: one.name_vi for one in rules.categories}
    values = page_values(alerts, len(told), names, means.zone, rules.office)
    officers = pages.officers(connection, now)
    reached = [
        one.name
        for one in officers
        if colleagueletters.write(
            connection, means, SECURITY_PAGE, one.email, values, seed=f"{page_id}/{one.id}", now=now
        )
    ]
    for number in told:
        history.add_event(connection, number, now, PAGED, told=reached)
    if not reached and watch.webhook is None:
        log.error("nobody_to_page", page=page_id, tickets=len(told))
    log.info("security_paged", page=page_id, tickets=len(told), officers=len(reached))
