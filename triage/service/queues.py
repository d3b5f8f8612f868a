"""The queues that there are, and what somebody may have meant who names one that there is not."""

import difflib

from triage.core.decision import SECURITY, UNROUTED
from triage.core.rules import Rulebook
from triage.core.text import fold
from triage.errors import RefusedActError

MOST_NEAR = 3


def all_queues(rules: Rulebook) -> tuple[str, ...]:
    """Give every queue that a ticket can be in."""
    return (*rules.treasuries.queues, UNROUTED, SECURITY)


def demand_queue(rules: Rulebook, queue: str) -> None:
    """Raise RefusedActError, naming what is near, unless there is such a queue."""
    if queue in all_queues(rules):
        return
    near = [_named(rules, one) for one in near_queues(rules, queue)]
    hint = f"did you mean {' or '.join(near)}?" if near else "rules/treasuries.toml names them."
    raise RefusedActError("no_queue", f"There is no queue {queue!r}; {hint}", queue=queue)


def near_queues(rules: Rulebook, text: str) -> tuple[str, ...]:
    """Give the queues whose treasury has this text in its name, else those that are written like it."""
    wanted = fold(text)
    if wanted.strip():
        named = [one for one in all_queues(rules) if wanted in fold(rules.treasuries.queue_name(one) or "")]
        if named:
            return tuple(named[:MOST_NEAR])
    return tuple(difflib.get_close_matches(text, all_queues(rules), n=MOST_NEAR))


def _named(rules: Rulebook, queue: str) -> str:
    name = rules.treasuries.queue_name(queue)
    return f"{queue} ({name})" if name else queue
