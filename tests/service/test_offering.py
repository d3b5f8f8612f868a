"""A mailbox that its node cannot reach is offered, and goes to one that can; it stays where none can."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from structlog.testing import capture_logs
from support.office import Office, open_office
from support.places import BOXES, Site, end_node, lose, pass_time, site_on

from triage.errors import DatabaseError, MailboxError, MailboxLoginError, StorageError
from triage.service.nodes import Member
from triage.service.sharing import LOST_SECONDS, PAUSE_SECONDS


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        yield office


@pytest.fixture
def site(office: Office) -> Iterator[Site]:
    with site_on(office) as site:
        yield site


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


def test_a_time_out_of_reach_that_other_trouble_breaks_is_counted_anew(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    gone = MailboxError("There is no way to that server.")
    for trouble in (gone, StorageError("The bucket does not answer."), gone):
        first.read("receive", trouble)
        pass_time(LOST_SECONDS / 2, first)
    assert site.settle(first, second) == [{"receive"}, set()]
    pass_time(LOST_SECONDS / 2, first)
    first.read("receive", gone)
    assert site.settle(first, second) == [set(), {"receive"}]


def test_a_refused_login_is_offered_at_once(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    first.read("receive", MailboxLoginError("The server refuses the login."))
    assert site.settle(first, second) == [set(), {"receive"}]


def test_an_offer_that_one_took_up_who_died_stands_anew_after_the_next_failure(
    site: Site, office: Office
) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    lose(first, "receive")
    second.member.look()
    second.reads()
    assert second.boxes["receive"].told[-1] == "open"
    end_node(office, "node-1")
    third = site.enter(("receive",))
    assert site.settle(first, third) == [{"receive"}, set()]
    first.read("receive")
    assert site.settle(first, third) == [set(), {"receive"}]


def test_a_mailbox_that_one_wanted_who_died_since_is_offered_and_that_is_told_once(
    site: Site, office: Office
) -> None:
    first, second = site.enter(), site.enter()
    second.reads()
    first.member.look()
    [wanted] = first.member.share.news()
    with capture_logs() as told:
        lose(first, wanted)
        assert "mailbox_offered" not in [one["event"] for one in told]  # whoever asked before gets it
        end_node(office, "node-1")
        for _ in range(3):
            first.read(wanted)
    assert [one["event"] for one in told].count("mailbox_offered") == 1
    third = site.enter((wanted,))
    assert site.settle(first, third) == [set(BOXES) - {wanted}, {wanted}]


def test_an_offer_is_withdrawn_also_where_nobody_said_that_it_stands(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    with monkeypatch.context() as patched:

        def unanswered(lease: str, *, offered: bool) -> bool:
            Member.offer(first.member, lease, offered=offered)
            raise DatabaseError("The answer to the commit was lost.")

        patched.setattr(first.member, "offer", unanswered)
        lose(first, "receive")
    first.boxes["receive"].broken = False
    first.read("receive")
    assert site.settle(first, second) == [{"receive"}, set()]


def test_who_gave_up_what_it_had_offered_waits_also_where_other_trouble_came_last(site: Site) -> None:
    first, second = site.enter(("receive",)), site.enter(("receive",))
    site.settle(first, second)
    lose(first, "receive")
    first.boxes["receive"].broken = False
    first.read("receive", StorageError("The bucket does not answer."))
    assert site.settle(first, second) == [set(), {"receive"}]
    lose(second, "receive")
    assert site.settle(first, second) == [set(), {"receive"}]
