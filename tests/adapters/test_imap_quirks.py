"""Servers that lack something, answer oddly, hang up or fall silent."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from support.imaprounds import brought, mails, opened, refused, settings
from support.scripted_imap import DROP, HANG, ScriptedImap, StoredMail

from triage.adapters import imap_wait
from triage.adapters.imap import ImapMailbox
from triage.errors import MailboxError, MailboxLoginError

BARE = "IMAP4rev1"


@pytest.mark.parametrize("word", ["NO [SERVERBUG] corrupted", "BAD cannot parse"])
@pytest.mark.parametrize("culprit", [1, 250, 500])
def test_one_message_that_is_refused_leaves_the_others_alone(word: str, culprit: int) -> None:
    with ScriptedImap(mails(*range(1, 501))) as server:
        server.tell(_fetch_of(culprit), f"{{tag}} {word}")
        box = opened(server)
        batches = list(box.fetch(box.waiting()))
        box.close()
    assert sorted(brought(batches)) == [uid for uid in range(1, 501) if uid != culprit]
    assert list(refused(batches)) == [culprit]
    assert word.split(" ", 1)[1] in refused(batches)[culprit]


def _fetch_of(uid: int) -> str:
    return rf"^UID FETCH (?:\d+,)*{uid}(?:,\d+)* .*BODY"


def test_a_message_that_is_left_out_of_the_answer_is_not_taken_for_gone() -> None:
    with ScriptedImap(mails(1, 2)) as server:
        server.tell(r"^UID FETCH 1,2 .*SIZE", "* 1 FETCH (UID 1 RFC822.SIZE 14)\r\n{tag} OK done")
        box = opened(server)
        batches = list(box.fetch([1, 2]))
        box.close()
    assert brought(batches) == [1]
    assert list(refused(batches)) == [2]


def test_a_message_without_content_is_not_taken_for_an_empty_one() -> None:
    with ScriptedImap(mails(1)) as server:
        server.tell(r"BODY", "* 1 FETCH (UID 1 BODY[] NIL)\r\n{tag} OK done")
        box = opened(server)
        batches = list(box.fetch([1]))
        box.close()
    assert list(refused(batches)) == [1]


def test_sizes_that_are_refused_make_each_message_travel_alone() -> None:
    with ScriptedImap(mails(1, 2, 3)) as server:
        server.tell(r"SIZE", "{tag} NO not now")
        box = opened(server)
        batches = list(box.fetch([1, 2, 3]))
        box.close()
    assert [brought([batch]) for batch in batches] == [[1], [2], [3]]


def test_news_of_other_messages_inside_a_fetch_confuses_nothing() -> None:
    with ScriptedImap(mails(1, 2, 3)) as server:
        server.extra_before_fetch = [
            b"* 2 FETCH (FLAGS (\\Seen))",
            b"* 3 FETCH (UID 3 FLAGS (\\Flagged))",
            b"* 9 EXISTS",
            b"* OK [ALERT] the disk is getting full",
        ]
        box = opened(server)
        batches = list(box.fetch([1, 2]))
        box.close()
    assert brought(batches) == [1, 2]
    assert batches[0].mails[1].raw == mails(2)[2]


@pytest.mark.parametrize(
    ("internal_date", "expected"),
    [
        ("22-Nov-2026 08:00:00 +0700", datetime(2026, 11, 22, 1, 0, tzinfo=UTC)),
        (" 2-Feb-2026 00:30:00 +0545", datetime(2026, 2, 1, 18, 45, tzinfo=UTC)),
        ("01-Jan-2026 00:00:00 -1200", datetime(2026, 1, 1, 12, 0, tzinfo=UTC)),
    ],
)
def test_internaldate_is_converted_to_utc(internal_date: str, expected: datetime) -> None:
    with ScriptedImap(mails(1)) as server:
        server.folders["INBOX"][1].internal_date = internal_date
        box = opened(server)
        (batch,) = box.fetch([1])
        box.close()
    assert batch.mails[0].received_at == expected


@pytest.mark.parametrize("nonsense", ["yesterday", "", "31-Feb-2026 99:00:00 +0000"])
def test_an_internaldate_that_makes_no_sense_becomes_the_present(nonsense: str) -> None:
    with ScriptedImap(mails(1)) as server:
        server.folders["INBOX"][1].internal_date = nonsense
        box = opened(server)
        before = datetime.now(UTC)
        (batch,) = box.fetch([1])
        box.close()
    assert before <= batch.mails[0].received_at <= before + timedelta(minutes=5)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_connection_that_breaks_at_any_command_is_an_error_and_the_next_open_mends_it(number: int) -> None:
    with ScriptedImap(mails(1, 2, 3)) as server:
        server.drop_at(number)
        box = ImapMailbox(settings(server))
        with pytest.raises(MailboxError, match=f"127.0.0.1:{server.port}"):
            _one_round(box)
        _one_round(box)
        box.close()
    assert len(server.folders["Processed"]) == 3
    assert not server.folders["INBOX"]


def _one_round(box: ImapMailbox) -> None:
    box.open()
    uids = [uid for uid in box.waiting() if uid in {1, 2, 3}]
    for batch in box.fetch(uids):
        box.settle([each.uid for each in batch.mails])
    box.wait(0.2)


@pytest.mark.parametrize(
    "command",
    ["^CAPABILITY", "^LOGIN", "^SELECT", "^UID SEARCH", "^UID FETCH", "^UID MOVE", "^NOOP", "^IDLE"],
)
def test_a_server_that_takes_a_command_and_never_answers_is_given_up(command: str) -> None:
    with ScriptedImap(mails(1)) as server:
        server.tell(command, HANG)
        box = ImapMailbox(settings(server, timeout_seconds=0.2))
        with pytest.raises(MailboxError, match="no answer in time"):
            _one_round(box)
        box.close()


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    with ScriptedImap(greeting=None) as server, pytest.raises(MailboxError, match="no answer in time"):
        ImapMailbox(settings(server, timeout_seconds=0.2)).open()


def test_a_server_that_is_not_there_is_named() -> None:
    with ScriptedImap() as server:
        pass
    with pytest.raises(MailboxError, match=f"127.0.0.1:{server.port}"):
        ImapMailbox(settings(server)).open()


def test_a_server_that_sends_us_away_is_an_error() -> None:
    with (
        ScriptedImap(greeting="* BYE too many connections") as server,
        pytest.raises(MailboxError, match="too many connections") as caught,
    ):
        ImapMailbox(settings(server)).open()
    assert not isinstance(caught.value, MailboxLoginError)


def test_a_message_that_kills_the_connection_is_found_and_left_out() -> None:
    with ScriptedImap(mails(1, 2, 3, 4)) as server:
        server.tell(_fetch_of(2), DROP)
        box = ImapMailbox(settings(server))
        stored: set[int] = set()
        told: dict[int, str] = {}
        for _poll in range(4):
            try:
                box.open()
                for batch in box.fetch([uid for uid in box.waiting() if uid not in stored]):
                    stored.update(brought([batch]))
                    told |= refused([batch])
            except MailboxError:
                pass
        box.close()
    assert stored == {1, 3, 4}
    assert list(told) == [2]


def test_a_lost_connection_condemns_no_healthy_message() -> None:
    with ScriptedImap(mails(1, 2, 3)) as server:
        server.tell(r"BODY", DROP, times=1)
        box = opened(server)
        with pytest.raises(MailboxError):
            list(box.fetch([1, 2, 3]))
        box.open()
        assert sorted(brought(list(box.fetch([1, 2, 3])))) == [1, 2, 3]
        box.close()


def test_a_folder_that_is_renumbered_in_mid_session_is_opened_anew() -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server)
        box.waiting()
        server.uidvalidity = 8
        with pytest.raises(MailboxError, match="renumbered"):
            box.waiting()
        assert box.open() == 8
        assert box.waiting() == [1]
        box.close()


def test_a_session_that_the_server_has_forgotten_is_replaced_by_a_new_one() -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server)
        server.tell(r"^SELECT", "{tag} NO User is authenticated but not connected.", times=1)
        assert box.open() == 7
        assert server.connections == 2
        box.close()


def test_small_talk_during_idle_is_no_mail() -> None:
    with ScriptedImap(mails(1)) as server:
        server.during_idle = [b"* OK Still here", b"* 1 FETCH (FLAGS (\\Seen))"]
        box = opened(server)
        box.waiting()
        assert not box.wait(0.3)
        box.close()
    assert server.commands.count("IDLE") <= 2


@pytest.mark.parametrize("talk", [b"* OK Still here", b"* 2 EXISTS", b"* 2 RECENT"])
def test_whatever_is_said_during_idle_a_new_mail_is_noticed(talk: bytes) -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server)
        box.waiting()
        server.during_idle = [talk]
        mail = StoredMail(b"Subject: new\r\n\r\n")
        late = threading.Timer(0.1, server.folders["INBOX"].__setitem__, (2, mail))
        late.start()
        # Longer than any test may take: words that are overheard make this one fail.
        assert box.wait(600.0)
        late.join()
        box.close()


def test_gibberish_during_idle_costs_the_connection_and_no_more() -> None:
    with ScriptedImap(mails(1)) as server:
        server.during_idle = [b"* 1 ((("]
        box = opened(server)
        box.waiting()
        with pytest.raises(MailboxError, match="lost during IDLE"):
            box.wait(0.5)
        box.open()
        assert box.waiting() == [1]
        box.close()


def test_idle_is_begun_anew_before_a_server_may_hang_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # RFC 2177: a server may end a connection that has been in IDLE for half an hour.
    assert imap_wait.IDLE_SECONDS < 29 * 60
    monkeypatch.setattr(imap_wait, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(imap_wait, "BREATH_SECONDS", 0.0)
    with ScriptedImap(mails(1)) as server:
        box = opened(server)
        box.waiting()
        ends = threading.Event()
        server.at_idle = lambda: ends.set() if server.commands.count("IDLE") == 3 else None
        waiting = threading.Thread(target=box.wait, args=(600.0,))
        waiting.start()
        assert ends.wait(20)
        box.interrupt()
        waiting.join(20)
        box.close()
    assert server.connections == 1


def test_where_idle_is_refused_waiting_is_sleeping() -> None:
    with ScriptedImap(mails(1)) as server:
        server.tell(r"^IDLE", "{tag} NO not today")
        box = opened(server)
        box.waiting()
        assert not box.wait(0.5)
        box.open()
        box.waiting()
        assert not box.wait(0.5)
        box.close()
    assert server.commands.count("IDLE") == 1


def test_without_idle_nothing_but_polite_questions_is_sent() -> None:
    with ScriptedImap(mails(1), capabilities=BARE) as server:
        box = opened(server)
        box.waiting()
        assert not box.wait(0.05)
        box.close()
    assert "IDLE" not in server.commands


def test_no_command_line_is_longer_than_servers_must_take() -> None:
    uids = range(4_000_000_000, 4_000_002_000, 2)
    with ScriptedImap(mails(*uids)) as server:
        box = opened(server, batch_count=10_000)
        assert brought(list(box.fetch(box.waiting()))) == list(uids)
        box.settle(uids)
        box.close()
    assert max(map(len, server.commands)) < 8_000


def test_a_hundred_thousand_waiting_mails_are_asked_for_in_pages() -> None:
    with ScriptedImap() as server:
        server.tell(r"^SELECT", "* 120000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK [READ-WRITE] done")
        server.tell(r"^UID SEARCH 100001:\*", "* SEARCH 5 6\r\n{tag} OK done")
        server.tell(r"^UID SEARCH 50001:100000", "* SEARCH 3 4 5\r\n{tag} OK done")
        server.tell(r"^UID SEARCH 1:50000", "* SEARCH 1 2\r\n{tag} OK done")
        box = opened(server)
        assert box.waiting() == [1, 2, 3, 4, 5, 6]
        box.close()
    pages = [match[1] for command in server.commands if (match := re.match(r"UID SEARCH (\S+)", command))]
    assert pages == ["100001:*", "50001:100000", "1:50000"]
