"""The loss meter: every UID that the server gave away is a stored mail or has one outcome that is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.imaprounds import settings
from support.office import Office, open_office, request
from support.scripted_imap import ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox
from triage.core.alarms import Notice, Pace
from triage.db import heartbeats, mails, missed
from triage.service.alarms import Watchman
from triage.service.health import STAGES, check_health
from triage.service.receive import receive, receive_round
from triage.service.reconcile import EVERY, Reconciled, outcomes, reconcile


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@pytest.fixture
def server() -> Iterator[ScriptedImap]:
    with ScriptedImap({uid: request(number=uid) for uid in (1, 2, 3)}) as server:
        server.uid_next = 4
        yield server


def counted(office: Office, server: ScriptedImap) -> Reconciled:
    box = ImapMailbox(settings(server))
    try:
        return reconcile(box, office.database, office.clock)
    finally:
        box.close()


def received(office: Office, server: ScriptedImap) -> None:
    box = ImapMailbox(settings(server))
    receive(box, office.database, office.clock)
    box.close()


def told(office: Office) -> dict[tuple[int, int], str]:
    return {(row.first_uid, row.last_uid): row.outcome for row in outcomes(office.database, 100)}


def test_where_all_is_stored_there_is_no_gap(office: Office, server: ScriptedImap) -> None:
    received(office, server)
    assert counted(office, server) == Reconciled(0, 0, (), None)


def test_a_mail_that_waits_is_no_alarm_until_it_waits_for_long(office: Office, server: ScriptedImap) -> None:
    found = counted(office, server)
    assert {row.outcome for row in found.gaps} == {"waiting"}
    assert found.complaint is None
    office.clock.forward(minutes=11)
    assert "are still not stored: 1, 2, 3" in (counted(office, server).complaint or "")
    received(office, server)
    assert counted(office, server).gaps == ()


def test_a_mail_that_the_server_keeps_back_is_told_until_it_is_handed_out(
    office: Office, server: ScriptedImap
) -> None:
    server.tell(r"UID FETCH (?:\d+[,:])*[23](?:[,:]\d+)* .*BODY", "{tag} NO cannot read this one", times=3)
    received(office, server)
    withheld = {uids for uids, outcome in told(office).items() if outcome == "withheld"}
    assert withheld
    assert "does not hand out" in (counted(office, server).complaint or "")
    received(office, server)
    assert counted(office, server).gaps == ()


def test_a_mail_that_somebody_marked_as_deleted_before_us_is_told(
    office: Office, server: ScriptedImap
) -> None:
    server.folders["INBOX"][2].flags.add("\\Deleted")
    received(office, server)
    assert "marked as deleted, before they were stored, 2" in (counted(office, server).complaint or "")
    assert told(office) == {(2, 2): "deleted"}


def test_what_came_and_went_between_two_rounds_is_told_as_never_seen(
    office: Office, server: ScriptedImap
) -> None:
    received(office, server)
    counted(office, server)
    server.folders["INBOX"][6] = StoredMail(request(number=6))
    server.uid_next = 9
    received(office, server)
    assert counted(office, server).complaint is None
    assert told(office) == {(4, 5): "unseen", (7, 8): "unseen"}
    assert len(counted(office, server).gaps) == 2


@pytest.mark.parametrize(("gone", "outcome"), [("1:4", "vanished"), ("1:3", "unseen")])
def test_what_the_server_says_to_have_gone_is_told_as_vanished_and_not_as_never_seen(
    office: Office, gone: str, outcome: str
) -> None:
    with ScriptedImap({1: request(number=1)}, capabilities="IMAP4rev1 MOVE ENABLE QRESYNC") as server:
        server.uid_next, server.modseq = 2, 10
        box = ImapMailbox(settings(server))
        receive(box, office.database, office.clock)
        reconcile(box, office.database, office.clock)
        server.tell("CHANGEDSINCE", f"* VANISHED (EARLIER) {gone}\r\n{{tag}} OK done")
        server.uid_next, server.modseq = 5, 12
        assert reconcile(box, office.database, office.clock).complaint is None
        box.close()
    # The server gave 2, 3 and 4 away since the first count: all of a run must have gone to be told so.
    assert told(office) == {(2, 4): outcome}


def test_a_mail_that_vanished_before_it_was_fetched_is_told(office: Office, server: ScriptedImap) -> None:
    box = ImapMailbox(settings(server))
    box.open()
    box.waiting()
    server.tell(r"UID SEARCH UNDELETED", "* SEARCH 1 2 3 4\r\n{tag} OK done", times=1)
    receive(box, office.database, office.clock)
    box.close()
    assert told(office) == {(4, 4): "vanished"}


def test_a_message_under_the_uid_of_another_is_neither_taken_for_it_nor_moved_away(
    office: Office, server: ScriptedImap
) -> None:
    received(office, server)
    # A server that was restored from a backup gives the same UIDs away once more.
    other = StoredMail(
        request("[3110#DVC] Việc khác hẳn", number=77), internal_date="23-Nov-2026 09:00:00 +0700"
    )
    server.folders["INBOX"][2] = other
    box = ImapMailbox(settings(server))
    done = receive(box, office.database, office.clock)
    assert done.replaced == (2,)
    assert "another message under UID 2" in (done.complaint or "")
    assert server.folders["INBOX"] == {2: other}
    assert told(office) == {(2, 2): "replaced"}
    # Moved out and back it has a UID of its own.
    server.folders["INBOX"] = {5: other}
    server.uid_next = 6
    assert receive(box, office.database, office.clock).stored == 1
    box.close()
    assert counted(office, server).complaint is None


def test_a_gap_is_an_alarm_of_its_own_told_once_and_once_when_it_has_closed(
    office: Office, server: ScriptedImap
) -> None:
    told: list[tuple[str, str, str]] = []

    def herald(notice: Notice) -> None:
        told.append((notice.alarm.name, notice.tell.value, notice.sentence))

    server.folders["INBOX"][2].flags.add("\\Deleted")
    watch = Watchman(
        office.database, office.clock, {"receive": 60}, Pace(timedelta(minutes=5), timedelta()), [herald]
    )
    box = ImapMailbox(settings(server))
    for minute in range(40):
        if minute == 20:
            server.folders["INBOX"][2].flags.clear()
        receive_round(box, office.database, office.clock)
        with office.database.write() as connection:
            for stage in STAGES:
                heartbeats.beat(connection, stage, office.clock.now(), None)
        watch.look()
        office.clock.forward(minutes=1)
    box.close()
    # Nobody processes what is stored here, so that it waits for long.
    told = [one for one in told if one[0] != "mails-waiting"]
    assert [(name, state) for name, state, _sentence in told] == [("loss", "raised"), ("loss", "well")]
    assert "marked as deleted, before they were stored, 2" in told[0][2]
    with office.database.read() as connection:
        assert len(mails.ids(connection)) == 3


def test_after_a_renumbering_counting_starts_anew(office: Office, server: ScriptedImap) -> None:
    received(office, server)
    counted(office, server)
    server.uidvalidity = 8
    server.folders["INBOX"] = {40: StoredMail(request(number=1))}
    server.uid_next = 41
    received(office, server)
    assert counted(office, server).gaps == ()


def test_a_running_service_counts_every_hour_and_tells_the_health_check(
    office: Office, server: ScriptedImap
) -> None:
    server.folders["INBOX"][2].flags.add("\\Deleted")
    box = ImapMailbox(settings(server))
    for _ in range(3):
        receive_round(box, office.database, office.clock)
    with office.database.read() as connection:
        first = missed.last_counted(connection, box.name)
    assert first is not None
    [alarm] = [check for check in check_health(office.database, office.clock) if check.name == "loss"]
    assert "marked as deleted" in alarm.sentence
    server.folders["INBOX"].clear()
    office.clock.forward(seconds=EVERY.total_seconds())
    receive_round(box, office.database, office.clock)
    box.close()
    assert [check for check in check_health(office.database, office.clock) if check.name == "loss"] == []
    with office.database.read() as connection:
        assert len(mails.ids(connection)) == 2
