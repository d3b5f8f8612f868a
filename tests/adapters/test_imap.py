"""What must hold on every server: each test runs on the embedded server and on Dovecot."""

import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from support.imapserver import ImapAccount

from triage.adapters.imap import ImapMailbox
from triage.errors import MailboxError, MailboxLoginError
from triage.ports import FetchedMail

HANOI = timezone(timedelta(hours=7))
LONG = 30.0


def mail(number: int) -> bytes:
    return f"From: a@unit.example\r\nSubject: {number}\r\n\r\nNội dung {number}\r\n".encode()


def fetched(box: ImapMailbox, uids: Sequence[int]) -> list[FetchedMail]:
    return [each for batch in box.fetch(uids) for each in batch.mails]


def test_a_mail_is_fetched_byte_by_byte_with_the_moment_of_its_receipt(any_imap: ImapAccount) -> None:
    raw = b"Subject: 8 bit\r\n\r\n\xff\x00 bare \n line \r\n.\r\n"[:-3].replace(b"\x00", b"")
    any_imap.append(raw, datetime(2026, 1, 1, 6, 30, 15, tzinfo=HANOI))
    box = ImapMailbox(any_imap.settings())
    box.open()
    (only,) = fetched(box, box.waiting())
    box.close()
    assert only.received_at == datetime(2025, 12, 31, 23, 30, 15, tzinfo=UTC)
    assert only.received_at.tzinfo is UTC
    assert only.raw.replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")


def test_fetching_changes_no_flag(any_imap: ImapAccount) -> None:
    any_imap.append(mail(1))
    box = ImapMailbox(any_imap.settings())
    box.open()
    fetched(box, box.waiting())
    box.close()
    assert b"\\Seen" not in next(iter(any_imap.flags().values()))


def test_a_mail_that_a_person_has_read_before_still_waits(any_imap: ImapAccount) -> None:
    any_imap.append(mail(1))
    with any_imap.client("INBOX") as person:
        person.add_flags(person.search("ALL"), [b"\\Seen"])
    box = ImapMailbox(any_imap.settings())
    box.open()
    assert len(box.waiting()) == 1
    box.close()


def test_an_empty_folder_has_nothing_waiting(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings())
    box.open()
    assert list(box.waiting()) == list(box.present().uids) == []
    assert list(box.fetch([])) == []
    box.settle([])
    box.close()


def test_moving_makes_the_folder_and_may_be_repeated(any_imap: ImapAccount) -> None:
    for number in range(3):
        any_imap.append(mail(number))
    box = ImapMailbox(any_imap.settings(processed_folder="Đã nhận/Triage"))
    box.open()
    uids = box.waiting()
    assert not any("Triage" in name for name in any_imap.folders())
    box.settle(uids[:2])
    box.settle(uids)
    box.settle(uids)
    box.open()
    assert box.waiting() == []
    box.close()
    assert any_imap.raw_mails("Đã nhận/Triage") == [mail(0), mail(1), mail(2)]


def test_deleting_removes_our_mail_and_leaves_what_others_marked(any_imap: ImapAccount) -> None:
    for number in range(3):
        any_imap.append(mail(number))
    box = ImapMailbox(any_imap.settings(after="delete"))
    box.open()
    first, second, third = box.waiting()
    with any_imap.client("INBOX") as person:
        person.add_flags([second], [b"\\Deleted"])
    box.settle([first])
    box.settle([first])
    box.open()
    assert box.waiting() == [third]
    assert box.present().uids == (second, third)
    box.close()


def test_a_stored_mail_stays_in_place_in_flag_mode(any_imap: ImapAccount) -> None:
    for number in range(2):
        any_imap.append(mail(number))
    box = ImapMailbox(any_imap.settings(after="flag"))
    box.open()
    first, _second = box.waiting()
    box.settle([first])
    box.settle([first])
    box.close()
    flags = any_imap.flags()[first]
    assert flags
    assert len(any_imap.raw_mails()) == 2


def test_a_mail_that_vanishes_between_search_and_fetch_is_told(any_imap: ImapAccount) -> None:
    for number in range(3):
        any_imap.append(mail(number))
    box = ImapMailbox(any_imap.settings())
    box.open()
    first, second, third = box.waiting()
    with any_imap.client("INBOX") as person:
        person.delete_messages([second])
        person.uid_expunge([second])
    batches = list(box.fetch([first, second, third, 4_000_000]))
    box.close()
    assert [each.uid for batch in batches for each in batch.mails] == [first, third]
    assert sorted(uid for batch in batches for uid in batch.vanished) == [second, 4_000_000]
    assert not any(batch.unfetchable for batch in batches)


def test_batches_keep_to_their_bounds_and_a_large_mail_travels_alone(any_imap: ImapAccount) -> None:
    sizes = [100, 100, 100, 9_000, 100, 100]
    for number, size in enumerate(sizes):
        any_imap.append(mail(number) + b"x" * size)
    box = ImapMailbox(any_imap.settings(batch_count=2, batch_bytes=4_000))
    box.open()
    batches = [[len(each.raw) > 9_000 for each in batch.mails] for batch in box.fetch(box.waiting())]
    box.close()
    assert batches == [[False, False], [False], [True], [False, False]]


def test_a_mail_that_arrives_ends_the_wait(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings())
    box.open()
    box.waiting()
    late = threading.Timer(0.2, any_imap.append, (mail(1),))
    late.start()
    assert box.wait(LONG)
    late.join()
    box.open()
    assert len(box.waiting()) == 1
    assert not box.wait(0.0)
    box.close()


def test_a_mail_that_arrived_before_the_wait_ends_it_at_once(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings())
    box.open()
    box.waiting()
    any_imap.append(mail(1))
    assert box.wait(0.0)
    box.close()


@pytest.mark.parametrize("early", [True, False], ids=["before-the-wait", "during-the-wait"])
def test_another_thread_ends_the_wait(any_imap: ImapAccount, early: bool) -> None:  # noqa: FBT001 - a parameter
    box = ImapMailbox(any_imap.settings())
    box.open()
    box.waiting()
    if early:
        box.interrupt()
        assert not box.wait(LONG * 10)
    else:
        bell = threading.Timer(0.2, box.interrupt)
        bell.start()
        assert not box.wait(LONG * 10)
        bell.join()
    assert box.waiting() == []
    box.close()


def test_a_closed_mailbox_opens_again(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings())
    first = box.open()
    box.close()
    box.close()
    with pytest.raises(MailboxError, match="not connected"):
        box.waiting()
    assert box.open() == first
    box.close()


def test_a_wrong_password_is_a_login_error_that_keeps_the_secret(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings(password="sesame-7"))
    with pytest.raises(MailboxLoginError) as caught:
        box.open()
    assert f"{any_imap.host}:{any_imap.port}" in str(caught.value)
    assert "sesame-7" not in str(caught.value)


def test_a_missing_inbox_is_an_error_that_names_it(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings(folder="Hộp thư lạ"))
    with pytest.raises(MailboxError, match="does not open the folder Hộp thư lạ"):
        box.open()
    box.close()
    assert "Hộp thư lạ" not in any_imap.folders()


def test_the_survey_changes_nothing(any_imap: ImapAccount) -> None:
    any_imap.append(mail(1))
    before = any_imap.folders()
    box = ImapMailbox(any_imap.settings())
    uidvalidity = box.open()
    survey = box.survey()
    box.close()
    assert (survey.uidvalidity, survey.messages, survey.processed_folder_exists) == (uidvalidity, 1, False)
    assert any_imap.folders() == before


def test_what_a_look_shows_is_said_in_a_sentence(any_imap: ImapAccount) -> None:
    def said(**changes: object) -> str:
        with closing(ImapMailbox(any_imap.settings(**changes))) as box:
            box.open()
            return box.describe().partition("; the server has IDLE, MOVE")[0]

    any_imap.append(mail(1))
    assert said() == "1 mails in INBOX; folder Processed will be made"
    assert said(after="flag") == "1 mails in INBOX"
    with any_imap.client() as person:
        person.create_folder("Processed")
    assert said() == "1 mails in INBOX; folder Processed is there"


def test_the_name_tells_user_host_and_folder(any_imap: ImapAccount) -> None:
    box = ImapMailbox(any_imap.settings(folder="Hỗ trợ"))
    assert box.name == f"{any_imap.username}@127.0.0.1/Hỗ trợ"


def test_a_folder_that_was_made_anew_has_another_uidvalidity(any_imap: ImapAccount) -> None:
    with any_imap.client() as person:
        person.create_folder("Desk")
    any_imap.append(mail(1), folder="Desk")
    box = ImapMailbox(any_imap.settings(folder="Desk"))
    first = box.open()
    assert len(box.waiting()) == 1
    with any_imap.client() as person:
        person.delete_folder("Desk")
        person.create_folder("Desk")
    any_imap.append(mail(2), folder="Desk")
    # No UID of the new folder may be given out under the number of the old one.
    with pytest.raises(MailboxError):
        assert box.waiting() == []
    second = box.open()
    assert second != first
    assert [each.raw for each in fetched(box, box.waiting())] == [mail(2)]
    box.close()
