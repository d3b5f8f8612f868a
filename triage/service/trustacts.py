"""What a form decides about a doubted sender: each act once for its key, on a ticket that the person sees."""

from collections.abc import Callable

from triage.db.engine import Database
from triage.service import trust
from triage.service.errands import Doing, Errand, run
from triage.service.means import Means
from triage.service.trust import Confirmed, Released

Kept = dict[str, object]


def release(database: Database, means: Means, errand: Errand, tell: Callable[[Released], str]) -> Kept:
    """End the hold on a ticket; ``tell`` words what came of it."""

    def act(do: Doing) -> Kept:
        weighed = trust.weigh(do.connection, means, do.ticket)
        return {"told": tell(trust.let_go(do.connection, means, weighed, actor=do.actor))}

    return run(database, means.clock, errand, "release", act)


def confirm_impostor(
    database: Database,
    means: Means,
    errand: Errand,
    tell: Callable[[Confirmed], str],
    *,
    reason: str,
    sure: bool,
) -> Kept:
    """Close a ticket as an impostor's; ``tell`` words what came of it."""

    def act(do: Doing) -> Kept:
        found = trust.recognise(do.connection, means, do.ticket, reason=reason, sure=sure)
        done = trust.condemn(do.connection, means, do.ticket, found, reason=reason, actor=do.actor)
        return {"told": tell(done), "watched": list(done.watched), "spared": list(done.spared)}

    return run(database, means.clock, errand, "confirm", act)
