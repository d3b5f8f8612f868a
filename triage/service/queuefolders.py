"""Keeps the folders of queues on the mail server in step with the tickets (docs/adr/0026).

What should stand in a folder follows from the database, what does is noted there once the server has it, and
each round makes the two equal. A crash leaves at most copies that nobody noted: the next round knows them
again by date, size and content and notes them, or takes them away by our keyword. So none is double or lost.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import true

from triage.core.decision import Verdict
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.queuefolders import Copy, as_sent, plan
from triage.core.standins import About, Why, stand_in
from triage.core.veil import shows_all
from triage.crashpoints import crash_point
from triage.db import decisions, mails, queuecopies, tickets
from triage.db.engine import Database
from triage.db.mails import ClaimedMail
from triage.db.tickets import TicketRow
from triage.errors import MailboxError, TriageError
from triage.ports import QueueFolders, Seen, Shown
from triage.service.means import Means

log = structlog.get_logger()

STAGE = "folders"
"""The name of its stage, in heartbeats and alarms."""

LOOK_EVERY = timedelta(hours=1)
"""How often a folder is looked at in which nothing is to be done: other clients may have been at work."""

MOST_IN_ROUND = 200
"""Copies that one round puts on the server."""

NOTED_AT_ONCE = 20

STAND_IN_AFTER, STAND_IN_TIMES = timedelta(hours=1), 3
"""For so long, and so many times, a mail is offered to a server that refuses it; then one in our words."""

PATIENCE = 5
"""So many mails may be refused in one round before the rest is left for the next."""

_BELIEVED = frozenset({Verdict.TRUSTED.value, Verdict.ORDINARY.value})


@dataclass
class _Round:
    """What is left of one round: copies that may still be put, and what went wrong."""

    now: datetime
    room: int = MOST_IN_ROUND
    left: bool = False
    refused: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=lambda: {"put": 0, "taken": 0, "marked": 0})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Since when, and how often, the server has not taken a mail as it came."""

    since: datetime
    times: int = 0

    def lasts(self, now: datetime) -> bool:
        """Whether it will not be taken any more: an outage is over after one more try."""
        return self.times >= STAND_IN_TIMES and now - self.since >= STAND_IN_AFTER


@dataclass
class Keeper:
    """Keeps the folders; used by one thread. Mails of closed tickets are shown for ``closed_days``."""

    folders: QueueFolders
    database: Database
    means: Callable[[], Means]
    closed_days: int
    got_on: Callable[[], object] = lambda: None
    _looked: dict[str, datetime] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    """Places at which the connection broke: the others come first."""
    refusals: dict[int, Refusal] = field(default_factory=dict)
    """Mails that the server would not take; the others come first."""

    def round(self) -> bool:
        """Do what is to be done now, within bounds; say whether anything is left. Raises MailboxError.

        Where nothing is to be done nobody connects. A folder that is refused keeps no other from its turn.
        """
        now = self.means().clock.now()
        places = self._due(now)
        if not places:
            return False
        this = _Round(now)
        self.folders.open()
        crash_point("folders:opened")
        try:
            for place in places:
                self._guarded(place, this)
        finally:
            self.folders.close()
        if any(this.done.values()):
            log.info("queue_folders_kept", places=len(places), **this.done)
        if this.refused:
            raise MailboxError(this.refused[0])
        return this.left

    def _due(self, now: datetime) -> list[str]:
        with self.database.read() as connection:
            known = queuecopies.places(connection)
            behind = queuecopies.out_of_step(connection, now, self.since(now))
        # A clock that was set back must not put the next look off.
        old = (place for place in known if abs(now - self._looked.get(place, now - LOOK_EVERY)) >= LOOK_EVERY)
        return sorted({*behind, *old}, key=lambda place: (place in self._broken, place))

    def since(self, now: datetime) -> datetime:
        """Give the moment since when a ticket must have been closed to be shown."""
        return now - timedelta(days=self.closed_days)

    def _guarded(self, place: str, this: _Round) -> None:
        refused_before = len(this.refused)
        try:
            self._keep(place, this)
        except MailboxError as error:
            if not self.folders.alive:
                self._broken.add(place)
                raise
            this.refused.append(str(error))
        if len(this.refused) == refused_before:
            self._broken.discard(place)
            self._looked[place] = this.now

    def _keep(self, place: str, this: _Round) -> None:
        with self.database.read() as connection:
            wanted = queuecopies.wanted_in(connection, place, this.now, self.since(this.now))
            noted = queuecopies.noted_in(connection, place)
        marks = {mail_id: one.marks for mail_id, one in wanted.items()}
        shown = self.folders.enter(place)
        crash_point("folders:entered")
        todo = plan(marks, noted, shown.uidvalidity, shown.uids)
        self._take_gone(place, todo.gone, shown, this)
        self._mark(place, todo.changed, marks, this)
        unknown = self.folders.look(todo.unknown) if todo.unknown else {}
        filling = _Filling(self, place, shown, dict(unknown), this)
        if filling.fill(todo.missing):
            # Ours, and nothing is noted or wanted of them.
            self._take([uid for uid, one in filling.unknown.items() if one.ours], this)
        crash_point("folders:done")

    def _take_gone(self, place: str, gone: Sequence[Copy], shown: Shown, this: _Round) -> None:
        """Take away what should not stand there; UIDs of another numbering say nothing any more."""
        if not gone:
            return
        by_uid = {one.uid: one for one in gone if one.uidvalidity == shown.uidvalidity}
        seen = self.folders.look(by_uid)
        # A restored server may have given a UID to another message, which is not ours to take.
        ours = [
            uid
            for uid, one in seen.items()
            if one.ours or one.received_at == _second(by_uid[uid].received_at)
        ]
        self._take(ours, this)
        with self.database.write() as connection:
            queuecopies.forget(connection, place, [one.mail_id for one in gone])
        crash_point("folders:forgotten")
        self.got_on()

    def _mark(self, place: str, changed: Iterable[Copy], wanted: Mapping[int, str], this: _Round) -> None:
        by_marks: dict[str, list[Copy]] = {}
        for one in changed:
            by_marks.setdefault(wanted[one.mail_id], []).append(one)
        for marks, some in sorted(by_marks.items()):
            self.folders.mark([one.uid for one in some], marks)
            crash_point("folders:marked")
            with self.database.write() as connection:
                queuecopies.mark(connection, place, [one.mail_id for one in some], marks)
            this.done["marked"] += len(some)
            self.got_on()

    def _take(self, uids: Sequence[int], this: _Round) -> None:
        if uids:
            self.folders.take(uids)
            crash_point("folders:taken")
            this.done["taken"] += len(uids)


@dataclass
class _Filling:
    """Puts into one folder what is missing there; ``unknown`` shrinks by what is known again."""

    keeper: Keeper
    place: str
    shown: Shown
    unknown: dict[int, Seen]
    this: _Round
    _alike: dict[tuple[datetime, int], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for uid, seen in sorted(self.unknown.items()):
            self._alike.setdefault((seen.received_at, seen.size), []).append(uid)

    def fill(self, missing: Iterable[int]) -> bool:
        """Put, and note, some at a time, as many as this round may; say whether that was all."""
        waiting = sorted(missing, key=lambda mail_id: (mail_id in self.keeper.refusals, mail_id))
        now = waiting[: self.this.room]
        self.this.room -= len(now)
        self.this.left |= len(now) < len(waiting)
        for start in range(0, len(now), NOTED_AT_ONCE):
            if len(self.this.refused) >= PATIENCE:
                return False
            self._fill(now[start : start + NOTED_AT_ONCE])
        return len(now) == len(waiting)

    def _fill(self, some: Sequence[int]) -> None:
        standing: list[Copy] = []
        untold: list[Copy] = []
        for mail_id in some:
            forms = self._forms(mail_id)
            if forms is None:
                continue
            copy = Copy(mail_id, self.shown.uidvalidity, 0, forms.marks, forms.received_at)
            uid = self._known_again(forms) or self._put(forms)
            if uid is None:
                untold.append(copy)
            elif uid:
                standing.append(replace(copy, uid=uid))
        standing += self._told_apart(untold, {one.uid for one in standing})
        if not standing:
            return
        with self.keeper.database.write() as connection:
            queuecopies.note(connection, self.place, standing)
        crash_point("folders:noted")
        self.keeper.got_on()

    def _known_again(self, forms: "_Forms") -> int:
        """Give the UID of a copy that an earlier round put there and could not note; 0 where none is."""
        if not self.unknown:
            return 0
        for raw in forms.all():
            for uid in self._alike.get((forms.received_at, len(raw)), ()):
                if uid in self.unknown and self.keeper.folders.content(uid, len(raw)) == raw:
                    del self.unknown[uid]
                    # Its ticket may have gone on since it was put there.
                    self.keeper.folders.mark([uid], forms.marks)
                    return uid
        return 0

    def _put(self, forms: "_Forms") -> int | None:
        """Put a copy; give its UID, None where it is not told, 0 where the server refuses it for now."""
        keeper, mail_id = self.keeper, forms.about.mail_id
        refusal = keeper.refusals.get(mail_id, Refusal(self.this.now))
        raw = list(forms.all())[-1 if refusal.lasts(self.this.now) else 0]
        try:
            uid = keeper.folders.put(raw, forms.received_at, forms.marks)
        except MailboxError as error:
            if "OVERQUOTA" not in str(error).upper():
                keeper.refusals[mail_id] = replace(refusal, times=refusal.times + 1)
            if not keeper.folders.alive:
                raise
            self.this.refused.append(f"Mail {mail_id} could not be copied to {self.place}: {error}")
            return 0
        keeper.refusals.pop(mail_id, None)
        crash_point("folders:put")
        self.this.done["put"] += 1
        return uid

    def _told_apart(self, untold: Sequence[Copy], told: set[int]) -> list[Copy]:
        """Find copies whose UID the server did not tell: UIDs ascend as messages come (RFC 3501, 2.3.1.1).

        Where others have put something there meanwhile the next round knows ours again by content.
        """
        if not untold:
            return []
        again = self.keeper.folders.enter(self.place)
        new = sorted(again.uids - self.shown.uids - told)
        self.shown = Shown(again.uidvalidity, self.shown.uids | told | set(new))
        if len(new) != len(untold) or again.uidvalidity != untold[0].uidvalidity:
            self.this.left = True
            return []
        return [replace(copy, uid=uid) for copy, uid in zip(untold, new, strict=True)]

    def _forms(self, mail_id: int) -> "_Forms | None":
        """Read a mail as late as can be; None where it should not stand here any more."""
        keeper, now = self.keeper, self.keeper.means().clock.now()
        with keeper.database.read() as connection:
            found = queuecopies.wanted_in(connection, self.place, now, keeper.since(now), mail_id)
            if mail_id not in found:
                return None
            [stored] = mails.contents(connection, [mail_id])
            document = decisions.latest_documents(connection, [mail_id]).get(mail_id, {})
            ticket = tickets.find_by_id(connection, found[mail_id].ticket_id, visible=true())
        verdicts = {(document.get("sender") or {}).get("verdict"), ticket.verdict if ticket else None}
        raw = stored.readable()
        mail = read_mail(raw) if raw else None
        about = _about(keeper.means(), stored, ticket)
        forms = _Forms(found[mail_id].marks, about.received_at.astimezone(UTC), about, mail, Why.REFUSED)
        if not verdicts <= _BELIEVED:
            return replace(forms, why=Why.DOUBTED)
        if raw is None or mail is None:
            return replace(forms, why=Why.UNREADABLE)
        if not shows_all(mail):
            return replace(forms, why=Why.SECRET)
        # IMAP carries no NUL (RFC 3501, 9: CHAR8).
        return forms if b"\0" in raw else replace(forms, raw=as_sent(raw))


def _about(means: Means, stored: ClaimedMail, ticket: TicketRow | None) -> About:
    return About(
        mail_id=stored.id,
        code=ticket.code if ticket else "",
        received_at=_second(stored.received_at).astimezone(means.zone),
        ours=means.from_address,
        office=means.rules.office.name,
    )


@dataclass(frozen=True, slots=True)
class _Forms:
    """In which forms a mail may stand in a folder; ``raw`` only where it may be shown as it came."""

    marks: str
    received_at: datetime
    about: About
    mail: Mail | None
    why: Why
    raw: bytes | None = None

    def all(self) -> Iterator[bytes]:
        """Give the forms, the best one first."""
        if self.raw is not None:
            yield self.raw
        yield stand_in(self.about, self.why, self.mail)


def keep_all(keeper: Keeper) -> list[str]:
    """Do all that is to be done, for a pass that ends by itself; give what went wrong, a sentence each."""
    try:
        while keeper.round():
            pass
    except TriageError as error:
        return [str(error)]
    return []


def _second(moment: datetime) -> datetime:
    """Give a moment as IMAP keeps it."""
    return moment.replace(microsecond=0)
