"""How nodes share out the mailboxes: a lease each, and whoever has fewer asks for one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from support.office import Office, open_office
from support.places import BOXES, Site, end_node, site_on

from triage.db.schema import leases, nodes
from triage.service.nodes import SILENCE_SECONDS
from triage.service.sharing import PAUSE_SECONDS


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        yield office


@pytest.fixture
def site(office: Office) -> Iterator[Site]:
    with site_on(office) as site:
        yield site


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
    end_node(office, "node-1")
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
