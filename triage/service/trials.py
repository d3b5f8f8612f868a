"""Tries mails apart that may do harm to whoever reads them, for no longer than one turn may take."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from triage.db.mails import ClaimedMail
from triage.service.means import Means

LONGEST_SECONDS = 120.0
"""Once trials took so long, no further one is begun in this turn: other mails wait too."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is wrong with whom by the number of the mail, and which mails there was no time for."""

    deadly: dict[int, str] = field(default_factory=dict)
    left: frozenset[int] = frozenset()


def try_apart(
    means: Means, suspects: Sequence[ClaimedMail], at_work: Callable[[], None], ending: Callable[[], bool]
) -> Tried:
    """Try mails one by one, at least one of them. Raises RulesError where none can be tried.

    ``at_work`` hears of each verdict; once ``ending`` says so, no further trial is begun. A mail whose bytes
    are lost needs none.
    """
    raws = {mail.id: raw for mail in suspects if (raw := mail.readable())}
    deadly: dict[int, str] = {}
    left = set(raws)
    if not raws:
        return Tried()
    ends = time.monotonic() + LONGEST_SECONDS
    with closing(means.trial(list(raws.values()))) as verdicts:
        for mail_id, told in zip(raws, verdicts, strict=False):
            left.remove(mail_id)
            if told:
                deadly[mail_id] = told
            at_work()
            if time.monotonic() >= ends or ending():
                break
    return Tried(deadly, frozenset(left))
