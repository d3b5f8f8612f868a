"""Several processes on one PostgreSQL: one leads; whoever is silent is ended, and writes nothing more."""

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select
from support.catcher import SmtpCatcher
from support.meanwhile import until_somebody_waits
from support.office import OUR_ADDRESS, RULES, Office, open_office, request
from support.postgres import postgres

from triage.adapters.letters import LetterRenderer
from triage.adapters.smtp import SmtpSender, SmtpSettings
from triage.db import claims, nodes, outbox
from triage.db.engine import Database
from triage.db.schema import leases, mails, tickets
from triage.errors import DatabaseError, FencedError, SmtpError
from triage.ports import Delivered, RenderedLetter
from triage.service import hand
from triage.service.nodes import SILENCE_SECONDS, HeardSender, Member, has_gone, place_of
from triage.service.process import process_batch


@dataclass
class Watch:
    """A clock of one machine."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Fleet:
    """Nodes on one database, each with a machine of its own."""

    url: str
    members: list[Member] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)

    def enter(self, watch: Watch | None = None) -> Member:
        name = f"node-{len(self.members)}"
        self.watches.append(watch or Watch(1000.0 * len(self.members)))
        member = Member(Database(self.url, name), name, self.watches[-1])
        self.members.append(member)
        member.enter()
        return member

    def pass_by(self, *looking: Member, seconds: float = SILENCE_SECONDS) -> None:
        """Let time go by on every machine, while some nodes say that they are there."""
        for _ in range(5):
            for watch in self.watches:
                watch.seconds += seconds / 4
            for member in looking:
                member.look()

    def close(self) -> None:
        for member in self.members:
            member.leave()
            member.database.close()


@pytest.fixture
def office(postgres_url: str) -> Iterator[Office]:
    with open_office(postgres_url) as office:
        yield office


@pytest.fixture
def fleet(office: Office) -> Iterator[Fleet]:
    fleet = Fleet(office.database.url.render_as_string(hide_password=False))
    yield fleet
    fleet.close()


def alive(office: Office) -> list[str]:
    return sorted(numbers(office))


def numbers(office: Office) -> dict[str, int]:
    with office.database.read() as connection:
        return {one.name: one.id for one in nodes.alive(connection)}


def test_one_leads_and_whoever_leaves_gives_the_lease_to_the_next(office: Office, fleet: Fleet) -> None:
    first, second = fleet.enter(), fleet.enter()
    assert (first.leads, second.leads) == (True, False)
    fleet.pass_by(first, second)
    assert (first.leads, second.leads) == (True, False)
    first.leave()
    second.look()
    assert (first.leads, second.leads) == (False, True)
    assert alive(office) == ["node-1"]
    with office.database.read() as connection:
        assert [one.leases for one in nodes.listed(connection, 9)] == [("lead",), ()]


def test_a_silent_node_is_ended_and_changes_nothing_when_it_wakes_up(office: Office, fleet: Fleet) -> None:
    first, second = fleet.enter(), fleet.enter()
    # Two nodes of this very process would be known to be alive by their place.
    fleet.pass_by(second)
    assert second.leads
    assert alive(office) == ["node-1"]
    with pytest.raises(FencedError), first.database.write() as connection:
        connection.execute(tickets.update().values(subject="x"))
    with pytest.raises(FencedError):
        first.look()
    with pytest.raises(FencedError):
        first.demand()
    assert not first.is_heard()
    assert not first.leads
    again = fleet.enter()
    assert not again.leads


def test_who_speaks_is_not_ended_however_far_its_clock_is_off(office: Office, fleet: Fleet) -> None:
    first, second = fleet.enter(Watch(0.0)), fleet.enter(Watch(1e9))
    for _ in range(4):
        fleet.pass_by(first, second)
    assert first.leads
    assert alive(office) == ["node-0", "node-1"]


def test_what_a_silent_node_has_under_way_is_undone(office: Office, fleet: Fleet) -> None:
    office.store(request("[0010#DVC] Lỗi"))
    first, second = fleet.enter(), fleet.enter()

    def sleep_in_the_middle() -> None:
        with first.database.write() as connection:
            connection.execute(mails.update().values(error="written by a node that slept"))
            fleet.pass_by(second)

    with pytest.raises(DatabaseError):
        sleep_in_the_middle()
    assert second.leads
    with office.database.read() as connection:
        assert connection.scalars(select(mails.c.error)).all() == [None]


def test_a_process_of_this_machine_that_has_gone_is_ended_at_once(office: Office, fleet: Fleet) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    place = place_of(child.pid)
    assert place
    assert not has_gone(place)
    with office.database.write() as connection:
        gone = nodes.enter(connection, "child", "here", place)
        assert nodes.hold(connection, "lead", gone)
    assert not fleet.enter().leads
    child.kill()
    while place_of(child.pid):  # also as long as nobody has asked how it ended
        time.sleep(0.01)
    assert has_gone(place)
    second = fleet.enter()
    assert second.leads
    child.communicate()
    assert has_gone(place)
    assert not has_gone(place_of(os.getpid()))
    assert not has_gone(place.replace("pid:", "other:"))
    assert not has_gone("")


def test_an_outage_of_the_database_is_nobodys_silence() -> None:
    with postgres() as server:
        url = server.url(server.create())
        with open_office(url) as office:
            fleet = Fleet(url)
            first, second = fleet.enter(), fleet.enter()
            fleet.pass_by(second, seconds=SILENCE_SECONDS / 2)
            server.die()
            with pytest.raises(DatabaseError):
                fleet.pass_by(second)
            server.revive()
            fleet.pass_by(second, seconds=0)
            assert alive(office) == ["node-0", "node-1"]
            first.look()
            assert first.leads
            fleet.close()


def test_a_pause_in_which_nobody_was_answered_is_nobodys_silence(office: Office, fleet: Fleet) -> None:
    # A database, or a watcher, that stands still for a while and breaks nothing off.
    first, second = fleet.enter(), fleet.enter()
    fleet.pass_by(first, second)
    for watch in fleet.watches:
        watch.seconds += 60
    second.look()
    first.look()
    fleet.pass_by(first, second)
    assert alive(office) == ["node-0", "node-1"]
    assert first.leads


def test_what_a_node_still_had_under_way_when_it_left_is_not_written(office: Office, fleet: Fleet) -> None:
    office.store(request())
    first, second = fleet.enter(), fleet.enter()
    fleet.pass_by(second)
    assert second.leads
    for member in (first, second):
        member.leave()
        with pytest.raises(FencedError), member.database.write() as connection:
            connection.execute(mails.update().values(error="written after the end"))
    with office.database.read() as connection:
        assert connection.scalars(select(mails.c.error)).all() == [None]


def test_a_node_that_cannot_be_ended_keeps_no_other_from_being_ended(office: Office, fleet: Fleet) -> None:
    fleet.enter()
    fleet.enter()
    third = fleet.enter()
    # A session under another name is not known for the node's: it goes on, and with it its transaction.
    with office.database.write() as connection:
        nodes.demand(connection, numbers(office)["node-0"])
        fleet.pass_by(third)
        assert alive(office) == ["node-0", "node-2"]
        assert not third.leads
        assert third.is_heard()
    third.look()
    assert alive(office) == ["node-2"]
    assert third.leads


def test_of_two_that_want_a_lease_at_once_one_gets_it_and_the_other_is_told(
    office: Office, fleet: Fleet
) -> None:
    fleet.enter().leave()
    with office.database.write() as connection:
        one, other = (nodes.enter(connection, name, "here", "") for name in ("one", "other"))
    told: list[bool] = []

    def want() -> None:
        with office.database.write() as connection:
            told.append(nodes.hold(connection, "lead", other))

    wanting = threading.Thread(target=want)
    with office.database.write() as connection:
        connection.execute(select(leases).with_for_update())
        wanting.start()
        until_somebody_waits(office)
        assert nodes.hold(connection, "lead", one)
    wanting.join()
    assert told == [False]


def test_a_node_says_that_it_is_there_while_pages_hold_every_connection(fleet: Fleet) -> None:
    member = fleet.enter()
    with ExitStack() as pages:
        for _ in range(15):
            pages.enter_context(member.database.read())
        member.look()
    assert member.is_heard()


def test_a_lease_that_the_database_has_lost_is_lost(office: Office, fleet: Fleet) -> None:
    # A standby took over that had not heard of the end of a node, nor of who leads since then.
    first, second = fleet.enter(), fleet.enter()
    assert first.leads
    with office.database.write() as connection:
        connection.execute(leases.update().values(node_id=numbers(office)["node-1"]))
    fleet.pass_by(first, second)
    assert (first.leads, second.leads) == (False, True)


def test_a_node_that_nobody_hears_sends_nothing(fleet: Fleet, catcher: SmtpCatcher) -> None:
    member = fleet.enter()
    sender = HeardSender(SmtpSender(SmtpSettings("127.0.0.1", catcher.port, OUR_ADDRESS, tls="none")), member)
    letter = b"From: a@vst.gov.vn\r\nTo: b@x.example\r\nSubject: x\r\n\r\nx\r\n"
    assert isinstance(sender.send("b@x.example", letter), Delivered)
    fleet.watches[0].seconds += SILENCE_SECONDS
    with pytest.raises(SmtpError):
        sender.send("b@x.example", letter)
    member.look()
    assert isinstance(sender.send("b@x.example", letter), Delivered)
    assert len(catcher.messages) == 2
    sender.close()


def claim(database: Database, worker: str, office: Office) -> list[int]:
    with database.write() as connection:
        return claims.claim(connection, worker, office.clock.now(), count=2, size=10**6, ignore_delay=False)


def test_mails_that_another_node_has_taken_are_left_to_it_until_it_is_ended(
    office: Office, fleet: Fleet
) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi {n}", number=n) for n in range(3)))
    first, second = fleet.enter(), fleet.enter()
    taken = claim(first.database, first.name, office)
    assert len(taken) == 2
    assert claim(first.database, first.name, office) == taken
    assert len(claim(second.database, second.name, office)) == 1
    fleet.pass_by(second)
    assert claim(second.database, second.name, office) == taken
    with office.database.read() as connection:
        query = select(mails.c.crashes).where(mails.c.id.in_(taken))
        assert connection.scalars(query).all() == [1, 1]


def test_a_letter_that_another_node_has_under_way_is_left_to_it_until_it_is_ended(
    office: Office, fleet: Fleet
) -> None:
    office.store(request("[0010#DVC] Lỗi"))
    office.process()
    first, second = fleet.enter(), fleet.enter()
    now = office.clock.now()

    def taken(member: Member) -> int | None:
        with member.database.write() as connection:
            letter = outbox.take_next(connection, member.name, now)
        return letter.doubts if letter else None

    assert taken(first) == 0
    assert taken(second) is None
    fleet.pass_by(second)
    assert taken(second) == 1


def test_a_reply_waits_for_the_mail_that_it_answers_and_that_another_node_is_working_on(
    office: Office, fleet: Fleet
) -> None:
    first, second = fleet.enter(), fleet.enter()
    question = request("[0010#DVC] Lỗi ký số", number=1)
    office.store(question, request("[0010#DVC] Việc khác", number=2))
    taken = claim(first.database, first.name, office)
    reply = request("Re: Lỗi ký số", number=3, in_reply_to="<mail-1@thcs-hoamai.example>")
    office.store(reply)
    done = process_batch(office.means, second.database, second.name)
    assert done is not None
    assert not done.outcomes
    with first.database.write() as connection:
        for one in taken:
            claims.put_back(connection, one, office.clock.now())
    assert process_batch(office.means, first.database, first.name)
    office.clock.forward(seconds=5)
    done = process_batch(office.means, second.database, second.name)
    assert done is not None
    assert dict(done.outcomes) == {"append": 1}


def test_a_reply_waits_for_a_mail_that_a_node_left_behind_when_it_was_ended(
    office: Office, fleet: Fleet
) -> None:
    first, second = fleet.enter(), fleet.enter()
    office.store(request("[0010#DVC] Lỗi ký số", number=1))
    claim(first.database, first.name, office)
    office.store(request("Re: Lỗi ký số", number=2, in_reply_to="<mail-1@thcs-hoamai.example>"))

    def ends_first_meanwhile(*_: object) -> None:
        fleet.pass_by(second)

    means = replace(office.means, verify=ends_first_meanwhile)
    done = process_batch(means, second.database, second.name)
    assert second.leads
    assert done is not None
    assert dict(done.outcomes) == {"open_ticket": 1}  # what was left behind; the reply waits
    office.clock.forward(seconds=5)
    done = process_batch(office.means, second.database, second.name)
    assert done is not None
    assert dict(done.outcomes) == {"append": 1}


class OutOfFiles(LetterRenderer):
    """Letters of a machine that has no file handle left."""

    def render(self, letter: str, values: Mapping[str, Any]) -> RenderedLetter:
        raise OSError(errno.EMFILE, f"Too many open files for {len(values)} values", letter)


def test_what_one_node_cannot_work_on_another_takes(office: Office, fleet: Fleet) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi {n}", number=n) for n in range(3)))
    first, second = fleet.enter(), fleet.enter()
    broken = replace(office.means, renderer=OutOfFiles(RULES / "letters"))
    with pytest.raises(OSError, match="Too many"):
        process_batch(broken, first.database, first.name)
    done = process_batch(office.means, second.database, second.name)
    assert done is not None
    assert sum(done.outcomes.values()) == 3


def test_two_nodes_share_the_work_and_do_nothing_twice(
    office: Office, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "BATCH_COUNT", 2 * hand.PORTION)
    office.store(*(request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@x.example") for n in range(120)))
    members = [fleet.enter(), fleet.enter()]
    done = [0, 0]
    while sum(done) < 120:
        for place, one in enumerate(members):
            batch = process_batch(office.means, one.database, one.name)
            done[place] += sum(batch.outcomes.values()) if batch else 0
    assert sum(done) == 120
    assert all(done)
    with office.database.read() as connection:
        assert len(connection.scalars(select(tickets.c.code)).all()) == 120
