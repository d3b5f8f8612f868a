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


class Trials:
    """The trials of one turn: however often mails are to be tried in it, they have one limit of time."""

    def __init__(self, means: Means, at_work: Callable[[], None], ending: Callable[[], bool]) -> None:
        self._means, self._at_work, self._ending = means, at_work, ending
        self._ends: float | None = None

    def try_apart(self, suspects: Sequence[ClaimedMail]) -> Tried:
        """Try mails one by one, at least one of them a turn. Raises RulesError where none can be tried.

        ``at_work`` hears of each verdict; once ``ending`` says so, no further trial is begun. A mail whose
        bytes are lost needs none.
        """
        raws = {mail.id: raw for mail in suspects if (raw := mail.readable())}
        deadly: dict[int, str] = {}
        left = set(raws)
        if not raws or self._are_over():
            return Tried(left=frozenset(left))
        self._ends = self._ends or time.monotonic() + LONGEST_SECONDS
        with closing(self._means.trial(list(raws.values()))) as verdicts:
            for mail_id, told in zip(raws, verdicts, strict=False):
                left.remove(mail_id)
                if told:
                    deadly[mail_id] = told
                self._at_work()
                if self._are_over():
                    break
        return Tried(deadly, frozenset(left))

    def _are_over(self) -> bool:
        return self._ends is not None and (time.monotonic() >= self._ends or self._ending())
