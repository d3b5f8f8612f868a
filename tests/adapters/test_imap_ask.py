"""The second connection beside IDLE: what it hears, when it is quiet, and what its troubles cost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.dovecot import DovecotServer
from support.imaprounds import mails, opened, settings
from support.imapserver import ImapAccount
from support.scripted_imap import DROP, ScriptedImap, StoredMail

from triage.adapters.imap import ImapMailbox, ImapSettings
from triage.adapters.imap_ask import ACTIVE_SECONDS, AGAIN_SECONDS, PROMPT_SECONDS, PROMPT_TIMES, Asker
from triage.adapters.imap_gate import Gate
from triage.adapters.imap_login import connect

LONG = 600.0
"""Longer than any test may take: a wait that nothing ends makes it fail."""


class Watch:
    """A clock that a test sets."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def asking(of: ImapSettings, watch: Watch) -> Iterator[Asker]:
    def beside() -> tuple[Gate, int]:
        gate = connect(of)
        return gate, gate.select(of.folder, readonly=True).exists

    asker = Asker(beside, 0.1, watch)
    yield asker
    asker.close()


def asks(asker: Asker) -> bool:
    return asker.interval is not None


def test_a_question_hears_of_a_mail_once_and_of_nothing_else(any_imap: ImapAccount) -> None:
    any_imap.append(b"Subject: 1\r\n\r\n")
    with asking(any_imap.settings(), Watch()) as asker:
        asker.begin()
        assert not asker.has_heard()
        any_imap.append(b"Subject: 2\r\n\r\n")
        assert asker.has_heard()
        assert not asker.has_heard()
        with any_imap.client("INBOX") as other:
            other.add_flags([1], ["\\Seen"])
            other.delete_messages([2])
            other.expunge()
        assert not asker.has_heard()
        any_imap.append(b"Subject: 3\r\n\r\n")
        assert asker.has_heard()
        any_imap.append(b"Subject: 4\r\n\r\n")
        # What came while the first connection was at work is none of the next wait's news.
        asker.begin()
        assert not asker.has_heard()


def test_looking_from_beside_leaves_a_mail_as_it_is(any_imap: ImapAccount) -> None:
    with asking(any_imap.settings(), Watch()) as asker:
        asker.begin()
        any_imap.append(b"Subject: 1\r\n\r\n")
        assert asker.has_heard()
    with any_imap.client("INBOX") as other:
        (uid,) = other.search()
        assert b"\\Seen" not in other.get_flags([uid])[uid]


@pytest.mark.dovecot
def test_a_real_server_without_idle_is_asked(dovecot: object) -> None:
    del dovecot  # skips this test where there is no Dovecot
    with DovecotServer(extra="imap_capability = IMAP4rev1 UIDPLUS") as server:
        account = server.account()
        box = ImapMailbox(account.settings(ask_seconds=0.1))
        box.open()
        box.waiting()
        for number in (1, 2):
            account.append(b"Subject: %d\r\n\r\n" % number)
            assert box.wait(LONG)
            box.open()
            box.settle(box.waiting())
        box.close()


def test_a_mail_that_idle_never_tells_of_ends_the_wait() -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server, ask_seconds=0.1)
        box.waiting()
        assert not box.wait(0.0)
        # The first question of the second connection lays the mail into the folder.
        server.at_examined_noop = lambda: server.folders["INBOX"].update(
            {2: StoredMail(b"Subject: new\r\n\r\n")}
        )
        assert box.wait(LONG)
        assert box.waiting() == [1, 2]
        assert server.connections == 2
        box.close()
    assert any(command.startswith("EXAMINE") for command in server.commands)


@pytest.mark.parametrize("answer", ["{tag} NO [LIMIT] too many connections", DROP])
def test_where_no_second_connection_can_be_had_idle_goes_on(answer: str) -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server, ask_seconds=0.1)
        box.waiting()
        server.tell(r"^LOGIN", answer)
        for _ in range(3):
            assert not box.wait(0.01)
        box.open()
        assert box.waiting() == [1]
        box.close()
    # Once; after that it is left alone for a while.
    assert server.connections == 2


def test_a_second_connection_that_breaks_is_made_anew_only_after_a_while() -> None:
    watch = Watch()
    with ScriptedImap(mails(1)) as server, asking(settings(server), watch) as asker:
        asker.begin()
        server.tell("^NOOP", DROP, times=1)
        assert not asker.has_heard()
        asker.begin()
        assert not asks(asker)
        assert server.connections == 1
        watch.seconds += AGAIN_SECONDS
        asker.begin()
        assert asks(asker)
        assert server.connections == 2


def test_a_server_that_is_as_fast_by_itself_is_asked_no_more_for_an_hour() -> None:
    watch = Watch()
    with ScriptedImap(mails(1)) as server, asking(settings(server), watch) as asker:
        asker.begin()
        for question in (*[False] * (PROMPT_TIMES - 1), True, *[False] * (PROMPT_TIMES - 1)):
            asker.was_first(question=question)
        assert asks(asker)
        asker.was_first(question=False)
        assert not asks(asker)
        asker.begin()
        watch.seconds += PROMPT_SECONDS
        asker.mail_came()
        asker.begin()
        assert asks(asker)
    assert server.commands.count("LOGOUT") == 2


def test_where_no_mail_comes_for_long_nothing_is_asked() -> None:
    watch = Watch()
    with ScriptedImap(mails(1)) as server, asking(settings(server), watch) as asker:
        asker.begin()
        watch.seconds += ACTIVE_SECONDS
        assert not asks(asker)
        assert not asker.has_heard()
        asker.begin()
        watch.seconds += AGAIN_SECONDS
        asker.begin()
        assert server.connections == 1
        asker.mail_came()
        asker.begin()
        assert asks(asker)
    assert server.commands.count("NOOP") == 0


def test_nothing_is_asked_where_it_is_turned_off() -> None:
    with ScriptedImap(mails(1)) as server:
        box = opened(server)
        box.waiting()
        assert not box.wait(0.01)
        box.close()
    assert server.connections == 1
