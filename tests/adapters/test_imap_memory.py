"""A folder in which nothing has changed is not searched; what has come and gone is followed."""

from collections.abc import Sequence

import pytest
from support.dovecot import DovecotServer
from support.faultproxy import FaultProxy
from support.imaprounds import mails, opened
from support.imapserver import ImapAccount
from support.scripted_imap import ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox
from triage.adapters.imap_memory import Changes, Memory, State, read_changes

ABLE = "IMAP4rev1 MOVE UIDPLUS NAMESPACE ENABLE CONDSTORE QRESYNC"


def searches(lines: Sequence[str]) -> list[str]:
    return [line.partition(" ")[2] for line in lines if " UID SEARCH " in f" {line} "]


def looked(box: ImapMailbox) -> tuple[tuple[int, ...], tuple[int, ...]]:
    box.open()
    return tuple(box.waiting()), box.present().uids


@pytest.mark.dovecot
@pytest.mark.parametrize("after", ["flag", "move"])
def test_a_pass_over_a_folder_in_which_nothing_changed_searches_nothing(
    dovecot: ImapAccount, after: str
) -> None:
    for number in range(5):
        dovecot.append(b"Subject: %d\r\n\r\n" % number)
    with FaultProxy(dovecot.port) as proxy:
        box = ImapMailbox(dovecot.settings(port=proxy.port, after=after))
        all_uids = (1, 2, 3, 4, 5)
        assert looked(box) == (all_uids, all_uids)
        proxy.arm(None)
        assert looked(box) == (all_uids, all_uids)
        assert searches(proxy.lines) == []
        # Each kind of change is seen: a mail that comes, a flag, our own settling, one that goes.
        dovecot.append(b"Subject: new\r\n\r\n")
        assert looked(box) == ((*all_uids, 6), (*all_uids, 6))
        with dovecot.client("INBOX") as other:
            other.add_flags([2], ["\\Deleted"])
        assert looked(box) == ((1, 3, 4, 5, 6), (*all_uids, 6))
        box.settle([1, 3])
        left = (1, 2, 3, 4, 5, 6) if after == "flag" else (2, 4, 5, 6)
        assert looked(box) == ((4, 5, 6), left)
        with dovecot.client("INBOX") as other:
            other.delete_messages([4])
            other.uid_expunge([4])
        box.open()
        assert box.waiting() == [5, 6]
        present = box.present()
        assert present.uids == tuple(uid for uid in left if uid != 4)
        assert any(first <= 4 <= last for first, last in present.gone)
        box.close()


@pytest.mark.dovecot
def test_what_comes_and_goes_is_followed_without_a_search(dovecot: ImapAccount) -> None:
    for number in range(5):
        dovecot.append(b"Subject: %d\r\n\r\n" % number)
    with FaultProxy(dovecot.port) as proxy:
        box = ImapMailbox(dovecot.settings(port=proxy.port))
        looked(box)
        dovecot.append(b"Subject: came and went\r\n\r\n")
        dovecot.append(b"Subject: stays\r\n\r\n")
        with dovecot.client("INBOX") as other:
            other.delete_messages([2, 6])
            other.uid_expunge([2, 6])
        box.open()
        proxy.arm(None)
        present = box.present()
        assert present.uids == (1, 3, 4, 5, 7)
        assert all(any(first <= uid <= last for first, last in present.gone) for uid in (2, 6))
        assert not any(first <= 5 <= last for first, last in present.gone)
        assert searches(proxy.lines) == []
        assert box.describe().endswith("; the server has IDLE, MOVE, CONDSTORE, QRESYNC.")
        box.close()


@pytest.mark.dovecot
@pytest.mark.parametrize("offered", ["", " ENABLE CONDSTORE"])
def test_without_qresync_or_condstore_the_same_is_seen(dovecot: object, offered: str) -> None:
    del dovecot  # skips this test where there is no Dovecot
    with DovecotServer(extra=f"imap_capability = IMAP4rev1 UIDPLUS{offered}") as server:
        _see_everything(server.account())


def test_a_server_that_knows_nothing_of_it_is_searched_as_ever(any_imap: ImapAccount) -> None:
    _see_everything(any_imap)


def _see_everything(account: ImapAccount) -> None:
    account.append(b"Subject: 1\r\n\r\n")
    account.append(b"Subject: 2\r\n\r\n")
    account.append(b"Subject: 3\r\n\r\n")
    box = ImapMailbox(account.settings())
    first, second, third = looked(box)[1]
    assert looked(box) == ((first, second, third), (first, second, third))
    box.settle([first])
    assert looked(box) == ((second, third), (second, third))
    with account.client("INBOX") as other:
        other.delete_messages([second])
        assert looked(box) == ((third,), (second, third))
        other.expunge()
    account.append(b"Subject: 4\r\n\r\n")
    waiting, present = looked(box)
    assert waiting == present
    assert waiting[0] == third
    assert len(waiting) == 2
    box.close()


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        (r"^ENABLE", "{tag} BAD not here"),
        (r"^UID FETCH .*CHANGEDSINCE", "{tag} BAD not today"),
        (r"^UID FETCH .*CHANGEDSINCE", "{tag} OK nothing"),
        (r"^UID FETCH .*CHANGEDSINCE", "* VANISHED (EARLIER) 1:4294967295\r\n{tag} OK done"),
        (r"^UID FETCH .*CHANGEDSINCE", "* 1 FETCH (FLAGS ())\r\n* VANISHED nonsense\r\n{tag} OK done"),
    ],
)
def test_a_server_that_refuses_or_errs_is_searched(pattern: str, answer: str) -> None:
    with ScriptedImap(mails(1, 2), capabilities=ABLE) as server:
        server.uid_next, server.modseq = 3, 10
        server.tell(pattern, answer)
        box = opened(server)
        assert looked(box) == ((1, 2), (1, 2))
        server.folders["INBOX"][3] = StoredMail(b"Subject: 3\r\n\r\n")
        server.uid_next, server.modseq = 4, 11
        assert looked(box) == ((1, 2, 3), (1, 2, 3))
        box.close()


def test_a_folder_without_mod_sequences_is_searched_each_time() -> None:
    with ScriptedImap(mails(1), capabilities=ABLE) as server:
        server.uid_next = 2
        box = opened(server)
        for _ in range(2):
            assert looked(box) == ((1,), (1,))
        box.close()
    assert len([one for one in server.commands if "SEARCH" in one]) == 4


def test_a_server_that_says_forever_that_nothing_changed_is_asked_again_after_a_while() -> None:
    seconds = [0.0]
    memory = Memory(3600, lambda: seconds[0])
    state = State(7, 2, 3, 10)
    memory.keep(state, [1, 2])
    assert memory.at(state) == (1, 2)
    assert memory.at(State(7, 2, 3, 11)) is None
    assert memory.at(None) is None
    assert memory.since(State(7, 3, 4, 12)) == 10
    assert memory.since(State(8, 3, 4, 12)) is None
    # Following changes is no asking: what was wrong before stays wrong.
    seconds[0] = 3000
    memory.keep(state, [1, 2], asked=False)
    seconds[0] = 3600
    assert memory.at(state) is None
    assert memory.since(State(7, 3, 4, 12)) is None
    # A server that comes back after hours, and without mod-sequences, says nothing that could be believed.
    assert memory.at(None) is None


def test_changes_that_do_not_come_to_as_many_as_there_are_are_not_believed() -> None:
    memory = Memory(3600)
    memory.keep(State(7, 3, 4, 10), [1, 2, 3])
    changes = Changes(frozenset({3, 4}), ((2, 2),))
    assert memory.after(changes, State(7, 3, 5, 11)) == (1, 3, 4)
    assert memory.after(changes, State(7, 4, 5, 11)) is None


def test_whatever_a_server_answers_is_read() -> None:
    fetched = [b"1 (UID 44 MODSEQ (7))", (b"2 (UID 45 X {1}", b"a"), b")", None, b"3 (FLAGS ())"]
    assert read_changes(fetched, [b"(EARLIER) 41,43:116,9:7", None]) == Changes(
        frozenset({44, 45}), ((41, 41), (43, 116), (7, 9))
    )
