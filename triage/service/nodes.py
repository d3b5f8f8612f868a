"""This process as one of several that work on a database: it shows that it is there, and sees who is not.

Nobody's clock is compared with another's. Each node counts up a number in its row; whoever sees that number
stand still for ``SILENCE_SECONDS``, measured by its own machine, ends that node and cuts off its sessions. A
process of the same machine that has gone is ended at once. What one node at a time does is its lease: each
mailbox, and the clockwork. All others process and send whatever they claim.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Connection

from triage.db import nodes
from triage.db.engine import Database
from triage.db.nodes import NodeRow
from triage.errors import DatabaseError, FencedError, SmtpError, TriageError
from triage.ports import Sender, Submission
from triage.service.sharing import Share

log = structlog.get_logger()

BEAT_SECONDS = 2.0
LONGEST_GAP = 2 * BEAT_SECONDS
"""As so much silence counts the time between two looks, however long: it was ours, or the database's."""

SILENCE_SECONDS = 8.0
"""So long a node may say nothing; after this and two beats another does its work."""

LEAD = "lead"
"""The lease of the clockwork, and of the folders of queues."""


class Node(Protocol):
    """This process among others."""

    @property
    def leads(self) -> bool:
        """Whether this one keeps the clockwork."""
        ...

    def holds(self, lease: str) -> bool:
        """Whether this one does what a lease stands for."""
        ...

    def demand(self) -> None:
        """Raise FencedError where others have ended this node."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """The one process that works on an SQLite file."""

    leads: bool = True

    def holds(self, lease: str) -> bool:
        """Say that it does everything."""
        del lease
        return True

    def demand(self) -> None:
        """Find nobody who could end it."""


def now_seconds() -> float:
    """Give a number of seconds that goes on while the machine sleeps and that nobody can set."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def place_of(pid: int) -> str:
    """Give what tells a process apart on this machine; empty where it is dead or the system has no /proc.

    The boot, the space of process numbers, the number, and when it started (proc(5), field 22 of stat).
    """
    with suppress(OSError, IndexError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink()
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        state, *fields = stat.split()
        return "" if state in "ZX" else f"{boot} {space} {pid} {fields[18]}"
    return ""


def has_gone(place: str) -> bool:
    """Whether a place is one of this machine and its process is no more; False where that cannot be said."""
    here = place_of(os.getpid()).split()
    there = place.split()
    if not here or len(there) != len(here) or there[:2] != here[:2]:
        return False
    return place_of(int(there[2])) != place


@dataclass
class Member:
    """A node of several; ``seconds`` is the clock of this machine that silence is measured by.

    It speaks over a connection of its own: pages may hold all others, and whoever waits for one is silent.
    ``mailboxes`` are the leases of those that it could read.
    """

    database: Database
    name: str
    seconds: Callable[[], float] = now_seconds
    mailboxes: tuple[str, ...] = ()
    share: Share = field(default_factory=Share)
    _held: frozenset[str] = frozenset()
    _id: int = 0
    _ended: FencedError | None = None
    _heard_at: float = 0.0
    _looked_at: float = 0.0
    _seen: dict[int, tuple[int, float]] = field(default_factory=dict)
    """By the number of another node what it counted up to, and for how many seconds it stands there."""
    _own: Database = field(init=False)

    def __post_init__(self) -> None:
        self._own = Database(self.database.url.render_as_string(hide_password=False), self.name)

    def enter(self) -> None:
        """Begin to work: from now on every transaction that writes asks whether this node still may."""
        with self._own.unguarded() as connection:
            place = place_of(os.getpid())
            self._id = nodes.enter(connection, self.name, socket.gethostname(), place)
        self.database.guard = self.guard
        self._heard_at = self.seconds()
        self.look()

    def guard(self, connection: Connection) -> None:
        """Raise FencedError unless this transaction may write."""
        try:
            nodes.demand(connection, self._id)
        except FencedError as error:
            self._end_as(error)
            raise

    def look(self) -> None:
        """Say once that this node is there, end those that say so no longer, take the lease if it is free.

        Raises FencedError where others have ended this one, DatabaseError where nobody can be told anything.
        """
        began = self.seconds()
        try:
            with self._own.unguarded() as connection:
                if not nodes.beat(connection, self._id):
                    error = FencedError("Another node took this one for dead; it ends, to begin anew.")
                    self._end_as(error)
                    raise error
                others = [one for one in nodes.alive(connection) if one.id != self._id]
        except TriageError:
            # What was not seen meanwhile says nothing of anybody's silence.
            self._seen.clear()
            raise
        self._heard_at = began
        self.database.shared = bool(others)
        for one in self._silent(others):
            self._end(one)
        self._take_leases()

    def demand(self) -> None:
        """Raise FencedError where others have ended this node."""
        if self._ended:
            raise self._ended

    def is_heard(self) -> bool:
        """Whether others can know that this node is there: where not, they may be doing its work by now."""
        return self._ended is None and self.seconds() - self._heard_at < SILENCE_SECONDS

    def leave(self) -> None:
        """End by oneself, so that the others need not wait.

        The guard stays: what the clockwork has still under way must not be written beside the next leader's.
        """
        self._held = frozenset()
        with suppress(TriageError), self._own.unguarded() as connection:
            nodes.end(connection, self._id, self.name)
        self._own.close()

    @property
    def leads(self) -> bool:
        """Whether this one keeps the clockwork."""
        return LEAD in self._held

    @property
    def held(self) -> frozenset[str]:
        """The leases that this node has."""
        return self._held

    def holds(self, lease: str) -> bool:
        """Whether this one does what a lease stands for."""
        return lease in self._held

    def ask(self, lease: str) -> None:
        """Ask whoever reads a mailbox to leave it to this node. Raises DatabaseError, FencedError."""
        with self._own.unguarded() as connection:
            self.guard(connection)
            nodes.ask(connection, lease, self._id)

    def offer(self, lease: str, *, offered: bool) -> bool:
        """Offer a mailbox to whoever can reach it, or keep it; tells whether that is new.

        Raises DatabaseError, FencedError.
        """
        with self._own.unguarded() as connection:
            self.guard(connection)
            return nodes.offer(connection, lease, self._id, offered=offered)

    def _take_leases(self) -> None:
        """Take what nobody else holds, and give what was asked for and has been laid down.

        Who holds a lease asks too: a standby of the database that took over may know of another holder.
        """
        with self._own.unguarded() as connection:
            self.guard(connection)
            goes, mine = self.share.laid_down(), set()
            # In one order, so that no two nodes wait for each other.
            for lease in sorted((LEAD, *self.mailboxes)):
                if not nodes.hold(connection, lease, self._id):
                    continue
                if lease in goes:
                    nodes.give(connection, lease, self._id, goes[lease])
                else:
                    mine.add(lease)
            known = nodes.held(connection) if self.mailboxes else []
        for lease in sorted(mine ^ self._held):
            log.info("lease_taken" if lease in mine else "lease_lost", node=self.name, lease=lease)
        self._held = frozenset() if self._ended else frozenset(mine)
        self.share.see(self._id, self.mailboxes, known)

    def _end_as(self, error: FencedError) -> None:
        self._ended, self._held = error, frozenset()

    def _silent(self, others: Iterable[NodeRow]) -> list[NodeRow]:
        now = self.seconds()
        passed = min(now - self._looked_at, LONGEST_GAP)
        self._looked_at = now
        before, self._seen = self._seen, {}
        for one in others:
            beats, silent = before.get(one.id, (-1, 0.0))
            self._seen[one.id] = (one.beats, silent + passed if beats == one.beats else 0.0)
        return [one for one in others if self._seen[one.id][1] >= SILENCE_SECONDS or has_gone(one.place)]

    def _end(self, one: NodeRow) -> None:
        """End another; one that cannot be ended now keeps this one from nothing else, and is tried again."""
        try:
            with self._own.unguarded() as connection:
                self.guard(connection)
                nodes.cut_off(connection, one.name)
            with self._own.unguarded() as connection:
                self.guard(connection)
                ended = nodes.end(connection, one.id, self.name, one.beats)
        except DatabaseError as error:
            log.warning("node_not_ended", node=one.name, host=one.host, by=self.name, error=str(error))
            return
        if ended:
            log.warning("node_ended", node=one.name, host=one.host, by=self.name)


@dataclass
class Pulse:
    """Lets a node look regularly, in a thread of its own."""

    member: Member
    wake: Callable[[str], object]
    """Told the leases that are new here, asked for, or to be asked for: whoever does their work looks."""
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look until it is over; trouble with the database is told and leaves the node what it is."""
        while not self._over.wait(BEAT_SECONDS):
            before = self.member.held
            try:
                self.member.look()
                for lease in (self.member.held - before) | self.member.share.news():
                    self.wake(lease)
            except FencedError as error:
                log.error("node_fenced", node=self.member.name, error=str(error))  # noqa: TRY400 - says all
                return
            except TriageError as error:
                log.warning("node_not_heard", node=self.member.name, error=str(error))
            except Exception:
                # A pulse that stopped would have the others end a node that is well.
                log.exception("pulse_broken", node=self.member.name)

    def stop(self) -> None:
        """End after the look that it is in."""
        self._over.set()


@dataclass(frozen=True, slots=True)
class HeardSender:
    """Sends nothing while nobody hears of this node: another may have taken the same letter by then."""

    sender: Sender
    member: Member

    def send(self, recipient: str, raw: bytes) -> Submission:
        """Hand over one message. Raises SmtpError before anything was sent where nobody hears of us."""
        if not self.member.is_heard():
            raise SmtpError("The database has not heard of this node for a while; its letters wait.")
        return self.sender.send(recipient, raw)

    def close(self) -> None:
        """Say QUIT."""
        self.sender.close()
