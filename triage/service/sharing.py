"""How nodes share out the mailboxes: who reads fewer than another asks for one and gets it between rounds.

A lease goes from one living node to another only at the wish of the one that gets it, which has opened the
mailbox before: so no mailbox is given to a node that cannot reach it. Whoever gives it lays it down first, by
the thread that reads, so that two do not read at once; if they did, each mail would still be stored once. A
node that reads a mailbox and cannot reach it any more offers it: then any other may ask, however many it has.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from triage.db.nodes import LeaseRow
from triage.errors import MailboxError, MailboxLoginError, TriageError

log = structlog.get_logger()

FAIR = 1
"""So many mailboxes more than another a node may have."""

PAUSE_SECONDS = 300.0
"""How long a mailbox is not asked for that could not be opened, or was left because it could not be reached.

Trying again at once might lock the account, or let the mailbox go to and fro.
"""

LOST_SECONDS = 10.0
"""A mailbox that cannot be reached for so long, without a break, is offered to other nodes."""


@dataclass
class Share:
    """What a node knows of the leases of mailboxes; used by its pulse and by the threads that read."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wanted: dict[str, int] = field(default_factory=dict)
    _laid_down: set[str] = field(default_factory=set)
    _askable: frozenset[str] = frozenset()
    _asking: bool = False
    _asked: frozenset[str] = frozenset()
    _news: set[str] = field(default_factory=set)

    def see(self, me: int, mailboxes: Iterable[str], known: Iterable[LeaseRow]) -> None:
        """Take in who holds what: what others ask of this node, and what it might ask of others."""
        rows = [one for one in known if one.name in set(mailboxes)]
        wanted = {
            one.name: one.wanted_by
            for one in rows
            if one.node_id == me and one.wanted_by is not None and not one.offered
        }
        with self._lock:
            askable = frozenset() if self._asking else _askable(me, rows)
            # Whoever no longer wants a lease is no reason to leave its mailbox alone: its reader looks again.
            self._news |= (wanted.keys() ^ self._wanted.keys()) | (askable - self._askable)
            self._wanted, self._askable = wanted, askable
            self._asked = frozenset(one.name for one in rows if one.wanted_by == me and not one.offered)
            self._laid_down &= wanted.keys()

    def news(self) -> set[str]:
        """Give, once, the leases about which something has changed."""
        with self._lock:
            news, self._news = self._news, set()
        return news

    def laid_down(self) -> dict[str, int]:
        """Give the leases that are to go, with the nodes that have asked for them."""
        with self._lock:
            return {lease: self._wanted[lease] for lease in self._laid_down}

    def lay_down(self, lease: str) -> bool:
        """Leave a mailbox alone that another node has asked for; said by the thread that reads it."""
        with self._lock:
            if lease in self._wanted:
                self._laid_down.add(lease)
            return lease in self._wanted

    def has_asked(self, lease: str) -> bool:
        """Whether this node waits for a lease that it has asked for."""
        with self._lock:
            return lease in self._asked

    @contextmanager
    def asking(self, lease: str) -> Iterator[bool]:
        """Say whether this mailbox may be asked for now; of the threads of a node one asks at a time."""
        with self._lock:
            may = lease in self._askable
            if may:
                # What comes of it is seen by the next look; until then nobody else asks.
                self._asking, self._askable, self._asked = True, frozenset(), frozenset({lease})
        try:
            yield may
        finally:
            if may:
                with self._lock:
                    self._asking = False


def _askable(me: int, rows: Iterable[LeaseRow]) -> frozenset[str]:
    """Give what this node might ask for; nothing while a wish of its own is still open.

    That is what others offer, and what those have that have too many.
    """
    rows = list(rows)
    if any(one.wanted_by == me and not one.offered for one in rows):
        return frozenset()
    offered = frozenset(one.name for one in rows if one.offered and one.node_id != me)
    numbers = Counter(one.node_id for one in rows)
    most = numbers[me] + FAIR
    return offered | {one.name for one in rows if one.wanted_by is None and numbers[one.node_id] > most}


class Sharer(Protocol):
    """A node, as whoever reads a mailbox for it needs it."""

    share: Share

    def holds(self, lease: str) -> bool:
        """Whether the node has a lease."""
        ...

    def ask(self, lease: str) -> None:
        """Ask whoever has a lease to leave it."""
        ...

    def offer(self, lease: str, *, offered: bool) -> bool:
        """Tell others that this node would leave a lease, or keep it after all; says whether that is new."""
        ...

    def seconds(self) -> float:
        """Give the clock of this machine."""
        ...


class Openable(Protocol):
    """A mailbox, as far as it is opened here to see whether this node can."""

    def open(self) -> int:
        """Connect, sign in, select the folder. Raises MailboxError."""
        ...

    def close(self) -> None:
        """Sign out; never raises."""
        ...


@dataclass
class Seat:
    """The place of a node at one mailbox; for the thread that reads it."""

    node: Sharer
    lease: str
    mailbox: Openable
    _not_before: float = 0.0
    _is_open: bool = True
    _lost_at: float | None = None
    _offered: bool = False
    """Whether an offer may stand: that is, whether there may be one to withdraw."""

    def reading(self, act: Callable[[], bool]) -> bool:
        """Do a round, and offer the mailbox to others where it could not be reached for a while."""
        began = self.node.seconds()
        # Any other outcome ends the time out of reach, trouble with the database or the bucket too.
        lost_at, self._lost_at = self._lost_at, None
        try:
            done = act()
        except MailboxError as error:
            self._lost(began if lost_at is None else lost_at, error)
            raise
        if self._offered:
            self._offer(offered=False)
        return done

    def waiting(self, rest: Callable[[float], object], seconds: float) -> object:
        """Wait for mail; where that fails, the mailbox is out of reach from now on."""
        try:
            return rest(seconds)
        except MailboxError as error:
            self._lost(self.node.seconds(), error)
            raise

    def _lost(self, at: float, error: MailboxError) -> None:
        self._lost_at = at
        # After a refused login its stage tries nothing for minutes: another may read all that time.
        if isinstance(error, MailboxLoginError) or self.node.seconds() - at >= LOST_SECONDS:
            self._offer(offered=True)

    def _offer(self, *, offered: bool) -> None:
        """Offer, after each failure anew: whoever took up the offer before may have died since."""
        # Said before it is tried: a commit whose answer was lost may stand, and is to be withdrawn.
        self._offered = True
        try:
            new = self.node.offer(self.lease, offered=offered)
        except TriageError as error:
            log.warning("mailbox_not_offered", lease=self.lease, error=str(error))
            return
        self._offered = offered
        if new:
            log.info("mailbox_offered" if offered else "mailbox_kept", lease=self.lease)

    def stands_by(self) -> bool:
        """Say, between two rounds, whether another node reads the mailbox; ask for it where that is fair."""
        if self.node.holds(self.lease):
            self._is_open = True
            goes = self.node.share.lay_down(self.lease)
            if goes and (self._offered or self._lost_at is not None):
                # Whoever gets it shall have time to read; it may be opened from here and fail again.
                self._not_before = self.node.seconds() + PAUSE_SECONDS
            return goes
        # An offer ends with the lease.
        self._lost_at, self._offered = None, False
        if not (self._asks() or self.node.share.has_asked(self.lease)) and self._is_open:
            # Whoever reads it now needs the connections that the server allows an account.
            self._is_open = False
            self.mailbox.close()
        return True

    def _asks(self) -> bool:
        if self.node.seconds() < self._not_before:
            return False
        with self.node.share.asking(self.lease) as may:
            if may:
                self._ask()
        return may

    def _ask(self) -> None:
        self._is_open = True
        try:
            self.mailbox.open()
            self.node.ask(self.lease)
        except TriageError as error:
            self._not_before = self.node.seconds() + PAUSE_SECONDS
            log.warning("mailbox_not_asked_for", lease=self.lease, error=str(error))
        else:
            log.info("mailbox_asked_for", lease=self.lease)
