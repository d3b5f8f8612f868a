"""Moving, flagging and deleting on servers that lack something or answer oddly."""

import pytest
from support.dovecot import DovecotServer
from support.imaprounds import mails, opened
from support.scripted_imap import ScriptedImap

from triage.adapters.imap import ImapMailbox
from triage.errors import MailboxError

BARE = "IMAP4rev1"


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS", BARE], ids=["uidplus", "bare"])
def test_without_move_messages_are_copied_and_marked_and_nothing_of_others_is_expunged(
    capabilities: str,
) -> None:
    with ScriptedImap(mails(1, 2, 3), capabilities=capabilities) as server:
        server.folders["INBOX"][3].flags.add("\\Deleted")
        box = opened(server)
        box.settle([1, 2])
        box.settle([1, 2])
        left = box.waiting()
        box.close()
    assert left == []
    assert [each.raw for each in server.folders["Processed"].values()] == list(mails(1, 2).values())
    assert list(server.folders["INBOX"]) == ([3] if "UIDPLUS" in capabilities else [1, 2, 3])
    assert not any(command.upper() == "EXPUNGE" for command in server.commands)


def test_deleting_without_uidplus_only_marks() -> None:
    with ScriptedImap(mails(1, 2), capabilities=BARE) as server:
        box = opened(server, after="delete")
        box.settle([1])
        assert box.waiting() == [2]
        box.close()
    assert list(server.folders["INBOX"]) == [1, 2]
    assert not any("EXPUNGE" in command for command in server.commands)


@pytest.mark.parametrize(
    ("keywords", "flag", "waiting"), [(True, "$TriageStored", [2]), (False, "\\Flagged", [1, 2])]
)
def test_flag_mode_marks_by_keyword_where_it_can(keywords: bool, flag: str, waiting: list[int]) -> None:  # noqa: FBT001 - a parameter
    with ScriptedImap(mails(1, 2), keywords=keywords) as server:
        box = opened(server, after="flag")
        box.settle([1])
        assert box.waiting() == waiting
        box.close()
    assert server.folders["INBOX"][1].flags == {flag}


def test_a_star_set_by_a_person_hides_no_mail() -> None:
    with ScriptedImap(mails(1, 2), keywords=False) as server:
        server.folders["INBOX"][2].flags.add("\\Flagged")
        box = opened(server, after="flag")
        assert box.waiting() == [1, 2]
        box.close()


@pytest.mark.parametrize(
    ("separator", "prefix", "wanted", "expected"),
    [
        ("/", "", "Processed", "Processed"),
        ("/", "", "Triage/Done", "Triage/Done"),
        (".", "", "Triage/Done", "Triage.Done"),
        (".", "INBOX.", "Done", "INBOX.Done"),
        (".", "INBOX.", "INBOX.Done", "INBOX.Done"),
        (".", "INBOX.", "INBOX/Done", "INBOX.Done"),
        ("\\\\", "", "Triage/Done", "Triage\\Done"),
    ],
)
def test_the_processed_folder_is_spelled_as_the_server_does(
    separator: str, prefix: str, wanted: str, expected: str
) -> None:
    with ScriptedImap(mails(1), separator=separator, prefix=prefix) as server:
        box = opened(server, processed_folder=wanted)
        box.settle([1])
        box.close()
    spelled = expected.replace("\\", "\\\\")
    assert len(server.folders[spelled]) == 1
    assert server.subscribed == [spelled]


def test_without_namespace_a_folder_that_is_refused_is_made_below_the_inbox() -> None:
    with ScriptedImap(mails(1), capabilities="IMAP4rev1 MOVE", separator=".", prefix="INBOX.") as server:
        box = opened(server)
        box.settle([1])
        box.close()
    assert len(server.folders["INBOX.Processed"]) == 1


def test_another_node_that_makes_the_folder_first_does_no_harm() -> None:
    with ScriptedImap(mails(1)) as server:
        server.tell(r"^LIST", '* LIST (\\Noselect) "/" ""\r\n{tag} OK done', times=1)
        server.folders["Processed"] = {}
        server.tell(r"^CREATE", "{tag} NO [ALREADYEXISTS] there is one")
        box = opened(server)
        box.settle([1])
        box.close()
    assert len(server.folders["Processed"]) == 1


def test_a_processed_folder_that_disappears_is_made_again() -> None:
    with ScriptedImap(mails(1, 2)) as server:
        box = opened(server)
        box.settle([1])
        del server.folders["Processed"]
        box.settle([2])
        box.close()
    assert [each.raw for each in server.folders["Processed"].values()] == [mails(2)[2]]


def test_a_set_that_is_refused_for_one_message_that_is_gone_is_settled_without_it() -> None:
    with ScriptedImap(mails(1, 3)) as server:
        server.tell(r"^UID MOVE 1:3 ", "{tag} NO message 2 no longer exists")
        box = opened(server)
        box.settle([1, 2, 3])
        box.close()
    assert len(server.folders["Processed"]) == 2


def test_a_message_that_cannot_be_moved_is_told_and_the_others_are_moved() -> None:
    with ScriptedImap(mails(*range(1, 9))) as server:
        server.tell(r"^UID MOVE (?:[1-4]:[5-8]|5:[68]|5|5,\S+) ", "{tag} NO it is stuck")
        box = opened(server)
        with pytest.raises(MailboxError, match=r"1 stored message\(s\) could not be settled.*it is stuck"):
            box.settle(range(1, 9))
        box.close()
    assert list(server.folders["INBOX"]) == [5]


def test_a_full_processed_folder_is_not_asked_a_thousand_times() -> None:
    with ScriptedImap(mails(*range(1, 1001))) as server:
        server.tell(r"^UID MOVE", "{tag} NO [OVERQUOTA] no space left")
        box = opened(server)
        with pytest.raises(MailboxError, match="no space left"):
            box.settle(range(1, 1001))
        box.close()
    assert len([command for command in server.commands if "MOVE" in command]) < 40


@pytest.mark.dovecot
@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS NAMESPACE", "IMAP4rev1 NAMESPACE"])
def test_a_real_server_below_inbox_and_without_move(dovecot: object, capabilities: str) -> None:
    del dovecot  # skips this test where there is no Dovecot
    extra = f"imap_capability = {capabilities}"
    with DovecotServer(separator=".", prefix="INBOX.", extra=extra) as server:
        account = server.account()
        account.append(b"Subject: 1\r\n\r\n")
        box = ImapMailbox(account.settings(processed_folder="Triage/Done"))
        box.open()
        uids = box.waiting()
        box.settle(uids)
        box.settle(uids)
        assert box.waiting() == []
        box.close()
        assert account.raw_mails("INBOX.Triage.Done") == [b"Subject: 1\r\n\r\n"]
