"""Nodes with seats at made-up mailboxes, on machines whose clocks a test sets; the database is a real one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from support.office import Office

from triage.db.engine import Database
from triage.db.schema import nodes
from triage.errors import MailboxError, TriageError
from triage.service.nodes import Member
from triage.service.sharing import LOST_SECONDS, Seat

BOXES = ("receive", "receive:a", "receive:b")


@dataclass
class Box:
    """A mailbox that can be opened, or cannot."""

    broken: bool = False
    told: list[str] = field(default_factory=list)

    def open(self) -> int:
        """Note that somebody tried, and fail where the way is broken."""
        self.told.append("open")
        if self.broken:
            raise MailboxError("There is no way to that server.")
        return 1

    def close(self) -> None:
        """Note that it was closed."""
        self.told.append("close")


@dataclass
class Place:
    """A node with a seat at each mailbox, on a machine whose clock is set by the test."""

    url: str
    name: str
    mailboxes: tuple[str, ...] = BOXES
    now: float = 0.0
    member: Member = field(init=False)
    boxes: dict[str, Box] = field(init=False)
    seats: dict[str, Seat] = field(init=False)

    def __post_init__(self) -> None:
        database = Database(self.url, self.name)
        self.member = Member(database, self.name, lambda: self.now, mailboxes=self.mailboxes)
        self.boxes = {name: Box() for name in self.mailboxes}
        self.seats = {name: Seat(self.member, name, box) for name, box in self.boxes.items()}
        self.member.enter()

    def reads(self) -> set[str]:
        """Let every thread ask whether it reads, as stages do between two rounds."""
        return {name for name, seat in self.seats.items() if not seat.stands_by()}

    def read(self, name: str, trouble: TriageError | None = None) -> None:
        """Do a round at a mailbox that this node has, as its stage does."""
        if self.boxes[name].broken:
            trouble = MailboxError("There is no way to that server.")

        def act() -> bool:
            if trouble:
                raise trouble
            return True

        with suppress(TriageError):
            self.seats[name].reading(act)

    def close(self) -> None:
        """End the node."""
        self.member.leave()
        self.member.database.close()


@dataclass
class Site:
    """The nodes on one database."""

    url: str
    places: list[Place] = field(default_factory=list)

    def enter(self, mailboxes: tuple[str, ...] = BOXES) -> Place:
        """Let one more node begin."""
        place = Place(self.url, f"node-{len(self.places)}", mailboxes)
        self.places.append(place)
        return place

    def settle(self, *places: Place) -> list[set[str]]:
        """Let nodes look and stages ask until nothing changes any more; no mailbox ever has two readers."""
        for _ in range(8):
            for place in places:
                place.member.look()
                reading = [name for one in places for name in one.reads()]
                assert len(reading) == len(set(reading))
        return [place.reads() for place in places]


@contextmanager
def site_on(office: Office) -> Iterator[Site]:
    """Give a site on the database of an office, and close all that entered it."""
    site = Site(office.database.url.render_as_string(hide_password=False))
    yield site
    for place in site.places:
        place.close()


def pass_time(seconds: float, *places: Place) -> None:
    """Let time pass for all of them; each is heard meanwhile."""
    for place in places:
        place.now += seconds


def lose(place: Place, name: str) -> None:
    """Let a node read at a mailbox whose server it cannot reach until it offers the mailbox."""
    place.boxes[name].broken = True
    place.read(name)
    pass_time(LOST_SECONDS, *[place])
    place.read(name)


def end_node(office: Office, name: str) -> None:
    """Let a node be found dead."""
    with office.database.write() as connection:
        connection.execute(nodes.update().where(nodes.c.name == name).values(ended_at=office.clock.now()))
