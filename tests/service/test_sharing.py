"""How nodes share out the mailboxes: a lease each, and whoever has fewer asks for one."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from support.office import Office, open_office

from triage.db.engine import Database
from triage.db.schema import leases, nodes
from triage.errors import MailboxError, StorageError
from triage.service.nodes import SILENCE_SECONDS, Member
from triage.service.sharing import LOST_SECONDS, PAUSE_SECONDS, Seat

BOXES = ("receive", "receive:a", "receive:b")


@dataclass
class Box:
    """A mailbox that can be opened, or cannot."""

    broken: bool = False
    told: list[str] = field(default_factory=list)

    def open(self) -> int:
        self.told.append("open")
        if self.broken:
            raise MailboxError("There is no way to that server.")
        return 1

    def close(self) -> None:
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

    def read(self, name: str) -> None:
        """Do a round at a mailbox that this node has, as its stage does."""

        def act() -> bool:
            if self.boxes[name].broken:
                raise MailboxError("There is no way to that server.")
            return True

        with suppress(MailboxError):
            self.seats[name].reading(act)

    def close(self) -> None:
        self.member.leave()
        self.member.database.close()


@dataclass
class Site:
    url: str
    places: list[Place] = field(default_factory=list)

    def enter(self, mailboxes: tuple[str, ...] = BOXES) -> Place:
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


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        yield office


@pytest.fixture
def site(office: Office) -> Iterator[Site]:
    site = Site(office.database.url.render_as_string(hide_password=False))
    yield site
    for place in site.places:
        place.close()


def test_who_comes_first_reads_all_and_leaves_some_to_the_next(site: Site) -> None:
    first = site.enter()
    assert first.reads() == set(BOXES)
    second = site.enter()
    shared = site.settle(first, second)
    assert sorted(map(len, shared)) == [1, 2]
    assert set.union(*shared) == set(BOXES)
    assert first.member.leads
    third = site.enter()
    assert sorted(map(len, site.settle(first, second, third))) == [1, 1, 1]
    assert site.settle(first, second, third) == [place.reads() for place in (first, second, third)]


def test_one_mailbox_stays_where_it_is(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    assert site.settle(first, second) == [{"receive"}, set()]
    assert "open" not in second.boxes["receive"].told


def test_whoever_leaves_or_dies_leaves_his_mailboxes_to_the_others(site: Site) -> None:
    first, second = site.enter(), site.enter()
    site.settle(first, second)
    second.member.leave()
    assert site.settle(first) == [set(BOXES)]
    third = site.enter()
    site.settle(first, third)
    assert third.reads()
    for _ in range(5):
        for place in (first, third):
            place.now += SILENCE_SECONDS / 4
        third.member.look()
    assert third.reads() == set(BOXES)
    assert third.member.leads


def test_a_node_asks_for_no_mailbox_that_it_cannot_open(site: Site) -> None:
    first, second = site.enter(), site.enter()
    for box in second.boxes.values():
        box.broken = True
    assert site.settle(first, second) == [set(BOXES), set()]
    tries = sum(box.told.count("open") for box in second.boxes.values())
    assert tries == len(BOXES)
    for box in second.boxes.values():
        box.broken = False
    assert site.settle(first, second) == [set(BOXES), set()]
    second.now += PAUSE_SECONDS
    assert second.member.name
    for place in (first, second):
        place.now = second.now
    assert len(site.settle(first, second)[1]) == 1


def test_a_mailbox_goes_only_once_its_reader_has_laid_it_down(site: Site) -> None:
    first, second = site.enter(), site.enter()
    second.reads()
    for _ in range(4):
        first.member.look()
        second.member.look()
    assert not any(map(second.member.holds, BOXES))
    wanted = first.member.share.news()
    assert len(wanted) == 1
    assert first.reads() == set(BOXES) - wanted
    first.member.look()
    second.member.look()
    assert second.reads() == wanted
    assert second.member.share.news()


def test_a_mailbox_that_was_asked_for_by_one_that_died_is_read_again(site: Site, office: Office) -> None:
    first, second = site.enter(), site.enter()
    second.reads()
    first.member.look()
    wanted = first.member.share.news()
    assert first.reads() == set(BOXES) - wanted
    with office.database.write() as connection:
        connection.execute(nodes.update().where(nodes.c.name == "node-1").values(ended_at=office.clock.now()))
    first.member.look()
    first.member.look()
    assert first.reads() == set(BOXES)
    assert wanted <= first.member.share.news() | first.member.held


def test_connections_of_a_mailbox_that_another_reads_are_given_back(site: Site) -> None:
    first, second = site.enter(), site.enter()
    site.settle(first, second)
    [gone] = second.reads()
    assert first.boxes[gone].told == ["close"]
    assert second.boxes[gone].told[-1] == "open"


def test_a_node_with_fewer_mailboxes_in_its_settings_takes_none_that_it_does_not_know(site: Site) -> None:
    old = site.enter(("receive",))
    new = site.enter()
    assert site.settle(old, new) == [{"receive"}, {"receive:a", "receive:b"}]
    old.member.leave()
    assert site.settle(new) == [set(BOXES)]


def test_a_node_that_is_tidied_away_leaves_no_wish(site: Site, office: Office) -> None:
    site.enter()
    second = site.enter()
    second.reads()
    second.member.leave()
    with office.database.write() as connection:
        connection.execute(nodes.delete().where(nodes.c.name == "node-1"))
    with office.database.read() as connection:
        assert set(connection.scalars(select(leases.c.wanted_by))) == {None}


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


def test_a_mailbox_that_its_node_cannot_reach_goes_to_one_that_can(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    assert site.settle(first, second) == [{"receive"}, set()]
    lose(first, "receive")
    assert site.settle(first, second) == [set(), {"receive"}]
    second.read("receive")
    assert second.boxes["receive"].told == ["close", "open"]


def test_it_goes_also_to_a_node_that_has_more_mailboxes_than_the_other(site: Site) -> None:
    first, second = site.enter(), site.enter()
    few, many = sorted((first, second), key=lambda place: len(site.settle(first, second) and place.reads()))
    [lost] = few.reads()
    lose(few, lost)
    few.boxes["receive:b"].broken = few.boxes["receive"].broken = few.boxes["receive:a"].broken = True
    assert many.reads() | {lost} == set(BOXES)
    site.settle(few, many)
    assert many.reads() == set(BOXES)
    for _ in range(3):
        pass_time(PAUSE_SECONDS, few, many)
        assert site.settle(few, many)[1] == set(BOXES)  # who can reach nothing asks for nothing


def test_a_short_failure_offers_nothing(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    first.boxes["receive"].broken = True
    first.read("receive")
    pass_time(LOST_SECONDS / 2, first)
    first.read("receive")
    first.boxes["receive"].broken = False
    first.read("receive")
    lose(first, "receive")
    first.boxes["receive"].broken = False
    first.read("receive")
    assert site.settle(first, second) == [{"receive"}, set()]
    assert "open" not in second.boxes["receive"].told


def test_a_server_that_nobody_can_reach_leaves_its_mailbox_where_it_is(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    second.boxes["receive"].broken = True
    lose(first, "receive")
    for tries in range(1, 4):
        assert site.settle(first, second) == [{"receive"}, set()]
        assert second.boxes["receive"].told.count("open") == tries
        pass_time(PAUSE_SECONDS, first, second)
        first.read("receive")
    second.boxes["receive"].broken = False
    assert site.settle(first, second) == [set(), {"receive"}]


def test_who_left_a_mailbox_does_not_ask_for_it_at_once_where_it_opens_and_cannot_be_read(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    lose(first, "receive")
    assert site.settle(first, second) == [set(), {"receive"}]
    first.boxes["receive"].broken = False
    lose(second, "receive")
    assert site.settle(first, second) == [set(), {"receive"}]
    pass_time(PAUSE_SECONDS, first, second)
    assert site.settle(first, second) == [{"receive"}, set()]


def test_an_unreachable_mailbox_keeps_no_other_from_being_shared_out(site: Site) -> None:
    first = site.enter()
    first.reads()
    lose(first, "receive")
    second = site.enter()
    second.boxes["receive"].broken = True
    for _ in range(3):
        site.settle(first, second)
        pass_time(1, first, second)
    assert len(second.reads()) == 1


def test_trouble_that_is_not_the_mailbox_s_offers_nothing(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)

    def act() -> bool:
        first.now += LOST_SECONDS
        raise StorageError("The bucket does not answer.")

    for _ in range(3):
        with suppress(StorageError):
            first.seats["receive"].reading(act)
    assert site.settle(first, second) == [{"receive"}, set()]
