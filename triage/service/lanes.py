"""Several connections to the outgoing server at once, each with one letter under way."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from triage.db.engine import Database
from triage.ports import Clock, Sender
from triage.service.deliver import Delivery, UnderWay, deliver_batch

ENOUGH_ALONE = 3
"""Letters that one connection sends before the others help: a few are no reason to open more."""


def deliver_round(
    senders: Sequence[Sender],
    database: Database,
    clock: Clock,
    worker: str,
    sent_one: Callable[[], object] = lambda: None,
) -> Delivery | None:
    """Send letters that are due over the first of some connections, and over all of them while many wait.

    None when there was none. ``sent_one`` is called after each letter, from any thread. Each connection has
    one letter under way, so a crash leaves at most as many in doubt as there are connections. Raises
    SmtpError like ``deliver_batch``, once every connection has ended its round.
    """
    first, *others = senders
    under_way = UnderWay()
    if not others:
        return deliver_batch(first, database, clock, worker, sent_one, under_way)
    helping: list[Future[Delivery | None]] = []
    alone = 0
    lock = Lock()

    with ThreadPoolExecutor(len(others), "deliver") as pool:

        def sent() -> None:
            nonlocal alone
            sent_one()
            with lock:
                alone += 1
                if alone == ENOUGH_ALONE:
                    helping.extend(
                        pool.submit(deliver_batch, one, database, clock, worker, sent_one, under_way)
                        for one in others
                    )

        try:
            done = deliver_batch(first, database, clock, worker, sent, under_way)
        finally:
            helped = _all_of(helping)
    if not helping:
        # The rush is over; a server allows a client only so many connections.
        for one in others:
            one.close()
    return sum(helped, done) if done else done


def _all_of(helping: Iterable[Future[Delivery | None]]) -> list[Delivery]:
    """Wait for every connection; the first that failed speaks for all that did."""
    failures = [error for one in helping if (error := one.exception())]
    if failures:
        raise failures[0]
    return [found for one in helping if (found := one.result())]
