"""Looks what is wrong, tells it once and that it is well again once, and remembers what has been told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from triage.core.alarms import Alarm, Notice, Pace, Standing, alarms_for, step
from triage.core.boxes import parts_of
from triage.core.privacy import mask
from triage.db import alarms, backlog, heartbeats, pages, rawmails
from triage.db.backlog import Backlog
from triage.db.engine import Database
from triage.errors import TriageError
from triage.ports import Clock, Herald
from triage.service.auditing import VERIFIED
from triage.service.health import Receivers, check_health, check_stage
from triage.service.paging import unreached

log = structlog.get_logger()

UNREMOVED = timedelta(days=1)
"""How long an object of an erased mail may stay in the storage."""

LONG = timedelta(minutes=30)
"""How long a mail, or a letter, may wait."""


@dataclass
class Watchman:
    """Looks regularly; works in one thread. What stands is kept here too, for when the database is gone."""

    database: Database
    clock: Clock
    receivers: Receivers
    pace: Pace
    heralds: Sequence[Herald]
    more: Sequence[str] = ()
    """Stages beside those of which the health check tells: their trouble is an alarm and no more."""
    by_letter: bool = False
    """Whether security officers are paged, and by letter alone: then one of them must have an address."""
    _standings: dict[str, Standing] | None = field(default=None)
    _unkept: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Look once. An alarm that nobody could be told of is told at the next look."""
        wrong = self.wrong()
        known = self._known()
        for alarm in self._alarms():
            # With the database gone nothing else can be known, so nothing else ends or begins.
            if alarm.name == "database" or "database" not in wrong:
                self._step(known, alarm, wrong.get(alarm.name))
        self._keep(known)

    def wrong(self) -> dict[str, str]:
        """Give what is wrong by the name of its alarm, each in one sentence."""
        checks = check_health(self.database, self.clock, self.receivers)
        found = {check.name: check.sentence for check in checks if not check.ok}
        if "database" in found:
            return found
        try:
            return found | dict(self._records())
        except TriageError as error:
            return {"database": str(error)}

    def _records(self) -> Iterator[tuple[str, str]]:
        with self.database.read() as connection:
            stuck, failed = backlog.stuck(connection), backlog.failed_letters(connection)
            mails, letters = backlog.waiting(connection), backlog.waiting_letters(connection)
            untaken = pages.untaken(connection)
            unpaged = unreached(connection) if self.by_letter else None
            beats = heartbeats.beats(connection)
            objects = rawmails.oldest_unwanted(connection)
        _, broken = beats.get(VERIFIED, (None, None))
        if stuck.number:
            yield "mails-stuck", f"{stuck.number} mails are stuck."
        if failed.number:
            yield "letters-failed", f"{failed.number} letters failed for good."
        if self._long(mails):
            yield (
                "mails-waiting",
                f"{mails.number} mails wait, the oldest since {mails.since:%Y-%m-%d %H:%M} UTC.",
            )
        if self._long(letters):
            yield (
                "letters-waiting",
                f"{letters.number} letters wait, the oldest since {letters.since:%Y-%m-%d %H:%M} UTC.",
            )
        if untaken:
            since = f"{untaken.since:%Y-%m-%d %H:%M} UTC"
            many = f"has not taken {untaken.number} pages, the oldest of {since}"
            yield "paging", f"The webhook for security matters {many}: {untaken.error}"
        if unpaged:
            yield "nobody-to-page", unpaged
        yield from self._unremoved(*objects)
        for stage in self.more:
            check = check_stage(stage, beats.get(stage), self.clock.now())
            if not check.ok:
                yield stage, check.sentence
        if broken:
            yield "audit", f"The chain of the audit is broken ({broken})."

    def _unremoved(self, objects: int, since: datetime | None) -> Iterator[tuple[str, str]]:
        if since and self.clock.now() - since > UNREMOVED:
            many = f"{objects} objects wait to be removed"
            yield "storage", f"{many}, the oldest since {since:%Y-%m-%d %H:%M} UTC."

    def _long(self, some: Backlog) -> bool:
        return some.since is not None and self.clock.now() - some.since > LONG

    def _known(self) -> dict[str, Standing]:
        if self._standings is None:
            try:
                with self.database.read() as connection:
                    known = alarms.standings(connection)
            except TriageError:
                # Asked again at the next look; what is found meanwhile is told rather than lost.
                return {}
            there_are = {alarm.name for alarm in self._alarms()}
            # Alarms of a mailbox that is read no longer would stand for ever.
            self._unkept |= {name for name in known if ":" in name and name not in there_are}
            self._standings = {name: one for name, one in known.items() if name not in self._unkept}
        return self._standings

    def _alarms(self) -> tuple[Alarm, ...]:
        return alarms_for([parts_of(stage)[1] for stage in self.receivers])

    def _step(self, known: dict[str, Standing], alarm: Alarm, wrong: str | None) -> None:
        old = known.get(alarm.name)
        done = step(old, wrong, self.clock.now(), self.pace)
        new = done.after
        if done.tell is not None:
            sentence = mask(wrong or (old.sentence if old else ""))
            log.warning("alarm", alarm=alarm.name, tell=done.tell.value, sentence=sentence)
            if not self._told(Notice(alarm, done.tell, sentence)):
                new = done.before
        if new == old:
            return
        if new is None:
            del known[alarm.name]
        else:
            known[alarm.name] = new
        self._unkept.add(alarm.name)

    def _told(self, notice: Notice) -> bool:
        """Tell all heralds; enough that one of them arrives. Where there is none the log is told alone."""
        arrived = not self.heralds
        for herald in self.heralds:
            try:
                herald(notice)
                arrived = True
            except TriageError as error:
                log.warning("alarm_not_told", alarm=notice.alarm.name, error=str(error))
        return arrived

    def _keep(self, known: dict[str, Standing]) -> None:
        if not self._unkept:
            return
        self._standings = known
        try:
            with self.database.write() as connection:
                for name in self._unkept:
                    alarms.keep(connection, name, known.get(name))
        except TriageError as error:
            log.warning("alarms_not_kept", error=str(error))
            return
        self._unkept.clear()
