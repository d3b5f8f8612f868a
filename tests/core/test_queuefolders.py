"""What is to be done in a folder of a queue follows from what is wanted, noted and there."""

import pytest
from support.office import MONDAY

from triage.core.queuefolders import Copy, as_sent, flags_of, is_among_queues, plan


def copy(mail_id: int, uid: int, *, marks: str = "new", uidvalidity: int = 7) -> Copy:
    return Copy(mail_id, uidvalidity, uid, marks, MONDAY)


def test_what_is_as_it_should_be_is_left_alone() -> None:
    done = plan({1: "new"}, [copy(1, 10)], 7, frozenset({10}))
    assert (done.gone, done.changed, done.missing, done.unknown) == ((), (), (), frozenset())


def test_what_is_not_wanted_goes_and_what_has_gone_is_missing() -> None:
    done = plan({2: "new", 3: "new"}, [copy(1, 10), copy(2, 11)], 7, frozenset({10}))
    assert [one.mail_id for one in done.gone] == [1, 2]
    assert done.missing == (2, 3)


def test_other_marks_are_a_change() -> None:
    done = plan({1: "new!"}, [copy(1, 10)], 7, frozenset({10}))
    assert [one.mail_id for one in done.changed] == [1]
    assert done.missing == ()


def test_notes_of_another_numbering_say_nothing() -> None:
    done = plan({1: "new"}, [copy(1, 10, uidvalidity=6)], 7, frozenset({10}))
    assert (done.missing, done.unknown) == ((1,), frozenset({10}))
    assert [one.mail_id for one in done.gone] == [1]


@pytest.mark.parametrize(
    ("marks", "flags"),
    [
        ("new", ("$TriageCopy", "$TriageNew")),
        ("in_progress!", ("$TriageCopy", "$TriageInProgress", "\\Flagged")),
        ("waiting", ("$TriageCopy", "$TriageWaiting", "\\Answered")),
    ],
)
def test_marks_are_flags(marks: str, flags: tuple[str, ...]) -> None:
    assert flags_of(marks) == flags


@pytest.mark.parametrize(
    ("folder", "among"),
    [
        ("Queues", True),
        ("queues.0010", True),
        ("INBOX.Queues.0010", True),
        ("INBOX/Queues", True),
        ("INBOX", False),
        ("Queuesold", False),
        ("Processed", False),
    ],
)
def test_the_folder_that_is_read_must_not_lie_among_the_queues(folder: str, *, among: bool) -> None:
    assert is_among_queues(folder) is among


def test_line_ends_are_those_of_imap() -> None:
    assert as_sent(b"a\nb\r\nc\rd") == b"a\r\nb\r\nc\r\nd"
