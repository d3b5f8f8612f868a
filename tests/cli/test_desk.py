"""The desk from a terminal: every command on a database with tickets, in this process."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.imapserver import ImapAccount
from support.office import Office, open_office, request, write_config
from typer.testing import CliRunner

from triage.cli.root import app
from triage.errors import TriageError

Triage = Callable[..., str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'x.sqlite'}") as office:
        office.store(
            request(sender="Trần Thị Bích <bich@mot.example>"),
            request("[3110#DVC] Chứng thư số", number=2, sender="b@hai.example"),
            request("[0010#DVC] Hồ sơ", number=3, sender="c@ba.example"),
        )
        office.process()
        yield office


@pytest.fixture
def triage(office: Office, tmp_path: Path) -> Triage:
    """Run a command that must succeed; give what it prints."""
    nowhere = ImapAccount("127.0.0.1", 1, "hotro@mail.example", "secret")
    config = write_config(tmp_path, imap=nowhere, smtp_port=1, database_url=str(office.database.engine.url))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["--config", str(config), *arguments])
        if isinstance(done.exception, TriageError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def refusal(triage: Triage, *arguments: str) -> str:
    with pytest.raises(TriageError) as told:
        triage(*arguments)
    return str(told.value)


def codes(printed: str) -> list[str]:
    return [line.split("\t")[0][-1] for line in printed.splitlines()[1:]]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), ["3", "2", "1"]),
        (("--queue", "0010"), ["3", "1"]),
        (("--from", "tran thi"), ["1"]),
        (("--from", "HAI.example"), ["2"]),
        (("--text", "chung THU"), ["2"]),
        (("--text", "o", "--limit", "1"), ["3"]),
        (("--status", "new", "--text", "ho so"), ["3"]),
        (("--status", "in-progress"), []),
    ],
    ids=" ".join,
)
def test_tickets_are_found_by(triage: Triage, options: tuple[str, ...], found: list[str]) -> None:
    assert codes(triage("tickets", "list", *options)) == found


def test_overdue_is_what_is_open_past_its_deadline(triage: Triage, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    for number, year in ((1, 2020), (2, 2020), (3, 2199)):
        moment = f"{year}-01-01 10:00:00.000000"
        connection.execute("UPDATE tickets SET due_at = ? WHERE id = ?", (moment, number))
    connection.commit()
    connection.close()
    triage("tickets", "close", "SD261116-1", "--note", "xong")
    assert codes(triage("tickets", "list", "--overdue")) == ["2"]


def test_an_unknown_queue_is_told_with_what_is_near(triage: Triage) -> None:
    assert "There is no queue 'nope'" in refusal(triage, "tickets", "list", "--queue", "nope")
    assert "did you mean 0010 (KBNN Hà Nội)?" in refusal(triage, "tickets", "list", "--queue", "ha noi")
    told = refusal(triage, "tickets", "reroute", "SD261116-1", "unruted", "--why", "x")
    assert "did you mean unrouted?" in told
    assert triage("tickets", "list", "--queue", "security").count("\n") == 1


@pytest.mark.parametrize(
    "typed", ["sd261116-1", "SD261116-000001", "SD 261116 - 1", "SD261116–000001", "sd261116\u201101"]
)
def test_people_may_type_a_code_as_they_like(triage: Triage, typed: str) -> None:
    assert "SD261116-000001" in triage("tickets", "show", typed)


def test_show_says_why_and_which_letters_went_out(triage: Triage) -> None:
    shown = triage("tickets", "show", "SD261116-1")
    assert "Mã 0010 thuộc KBNN Hà Nội." in shown
    assert "route_subject" in shown
    assert "1\tacknowledgement\tbich@mot.example\tqueued\t\t" in shown
    english = triage("tickets", "show", "--english", "SD261116-1")
    assert "Mã 0010" not in english
    assert "Code 0010 belongs to KBNN Hà Nội." in english


def test_show_tells_once_of_a_mail_that_came_twice(triage: Triage, office: Office) -> None:
    before = triage("tickets", "show", "SD261116-1")
    office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
    assert office.process().outcomes == {"duplicate": 1}
    assert triage("tickets", "show", "SD261116-1") == before
    assert "duplicate" in triage("mails", "show", "4")


def test_show_says_who_takes_part_and_what_was_found(triage: Triage, office: Office) -> None:
    office.store(
        request(number=4, sender="Kho bạc Nhà nước <hotrocntt@vst-gov.example>", cc="x@khac.example")
    )
    office.process()
    shown = triage("tickets", "show", "--english", "SD261116-4")
    assert "hotrocntt@vst-gov.example\twriter" in shown
    assert "x@khac.example\ttold" in shown
    assert "mail\tfinding\tseverity\tevidence\twhat it means" in shown
    assert "DISPLAY_NAME" in shown


def test_a_letter_is_shown_as_text_and_as_it_goes_out(triage: Triage) -> None:
    shown = triage("outbox", "show", "1")
    assert "To: bich@mot.example" in shown
    assert "Kính gửi" in shown
    assert "MIME-Version" not in shown
    assert "MIME-Version: 1.0" in triage("outbox", "show", "--raw", "1")


def test_a_mail_is_shown_with_its_decision(triage: Triage, office: Office) -> None:
    shown = triage("mails", "show", "1")
    assert "outcome\topen_ticket, due 17/11/2026 17:00" in shown
    assert "from_address\tbich@mot.example" in shown
    assert "category" in shown
    office.store(request(number=9))
    assert "Nothing has been decided about this mail yet." in triage("mails", "show", "4")
    assert "There is no mail 77" in refusal(triage, "mails", "show", "77")


def test_a_ticket_goes_from_hand_to_hand(triage: Triage) -> None:
    assert "assignee" not in triage("tickets", "list").splitlines()[0]
    assert triage("tickets", "assign", "SD261116-1", "Hà") == "SD261116-000001 is with Hà now.\n"
    assert "assignee" in triage("tickets", "list").splitlines()[0]
    assert codes(triage("tickets", "list", "--assignee", "Hà")) == ["1"]
    assert triage("tickets", "assign", "SD261116-1", "--nobody") == "SD261116-000001 is with nobody now.\n"
    assert codes(triage("tickets", "list", "--assignee", "Hà")) == []
    for nobody in ((), ("",), (" ",)):
        assert "Say who takes the ticket" in refusal(triage, "tickets", "assign", "SD261116-1", *nobody)
    assert "either" in refusal(triage, "tickets", "assign", "SD261116-1", "Hà", "--nobody")


def test_a_ticket_is_closed_once_and_opened_again(triage: Triage) -> None:
    assert "is not closed" in refusal(triage, "tickets", "reopen", "SD261116-1", "--why", "x")
    triage("tickets", "close", "SD261116-1", "--note", "xong")
    told = refusal(triage, "tickets", "close", "SD261116-1", "--note", "xong")
    assert told == "Ticket SD261116-000001 is closed already."
    assert "is open again" in triage("tickets", "reopen", "SD261116-1", "--why", "chưa xong")
    [row] = [json.loads(line) for line in triage("tickets", "list", "--from", "bich", "--json").splitlines()]
    assert (row["status"], row["closed_at"]) == ("new", None)
    assert "why: chưa xong" in triage("tickets", "show", "SD261116-1")


def test_a_ticket_is_closed_with_what_it_came_to(triage: Triage) -> None:
    told = refusal(triage, "tickets", "close", "SD261116-1", "--note", "x", "--outcome", "impostor")
    assert told == "Nobody closes a ticket as impostor by hand."
    triage("tickets", "close", "SD261116-1", "--note", "x", "--outcome", "not-ours")
    assert "outcome: not_ours" in triage("tickets", "show", "SD261116-1")


def test_a_note_stands_in_the_history(triage: Triage) -> None:
    triage("tickets", "note", "SD261116-1", "đã gọi cho đơn vị")
    assert "note\t\ttext: đã gọi cho đơn vị" in triage("tickets", "show", "SD261116-1")
    assert refusal(triage, "tickets", "note", "SD261116-1", " ") == "The note is empty."


def test_a_ticket_moves_to_another_queue_only(triage: Triage) -> None:
    told = refusal(triage, "tickets", "reroute", "SD261116-1", "0010", "--why", "x")
    assert told == "Ticket SD261116-000001 is in queue 0010 already."
    assert "is in queue 3110 now" in triage("tickets", "reroute", "SD261116-1", "3110", "--why", "x")


def test_a_letter_that_cannot_be_sent_again_is_named(triage: Triage, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    connection.execute("UPDATE outbox SET state = 'failed', attempts = 1 WHERE id = 1")
    connection.commit()
    connection.close()
    told = refusal(triage, "outbox", "retry", "1", "2", "99")
    assert told == "Letter 2 has not failed, it is queued. There is no letter 99."
    assert "1\tacknowledgement\tSD261116-000001\tbich@mot.example\tqueued" in triage("outbox", "list")


def test_a_mail_that_is_not_stuck_is_not_tried_again(triage: Triage) -> None:
    assert "There is no stuck mail 999" in refusal(triage, "replay", "--stuck", "999")
    assert "There is no stuck mail 1;" in refusal(triage, "replay", "--stuck", "1")
    assert triage("replay", "--stuck") == "0 mails were tried again, 0 are stuck still.\n"


def test_a_wrong_word_or_number_is_told_with_the_right_ones() -> None:
    for arguments, told in (
        (("tickets", "list", "--status", "closd"), "'closd' is not a status; the statuses are new,"),
        (("outbox", "list", "--state", "lost"), "'lost' is not a state; the states are queued,"),
        (("mails", "list", "--limit", "many"), "'many' is not a whole number."),
        (("mails", "list", "--limit", "0"), "0 must be at least 1."),
        (("demo", "--port", "99999"), "99999 must be 0 to 65535."),
    ):
        done = CliRunner().invoke(app, list(arguments), env={"TERMINAL_WIDTH": "200"})
        assert done.exit_code == 2
        assert told in done.output
