"""Answers that the mail server refuses for good: tickets come back to work, and writers learn of it."""

from collections.abc import Iterator

import pytest
from support.office import OUR_ADDRESS, Office, open_office, request
from support.oneticket import CODE, last_event, person, ticket

from triage.core.people import Person, Role
from triage.db import notices, outbox, queues
from triage.db.outbox import LetterRow
from triage.db.queues import EVERY_OPEN, Wanted
from triage.ports import Delivered, Refused, Submission
from triage.service import changes
from triage.service.answering import Answer, send
from triage.service.deliver import deliver_batch
from triage.service.errands import Doing, Errand, run

NO_SUCH_USER = "550 5.1.1 No such user"


class Server:
    """Takes letters, or refuses them for good."""

    def __init__(self, result: Submission) -> None:
        self.result = result

    def send(self, recipient: str, raw: bytes) -> Submission:
        del recipient, raw
        return self.result

    def close(self) -> None:
        return None


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        deliver(office, Delivered("250 ok"))
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def deliver(office: Office, result: Submission) -> None:
    office.clock.forward(seconds=30)
    while deliver_batch(Server(result), office.database, office.clock, "worker"):
        pass


def answer(office: Office, who: Person, key: str = "key-1", close: str = "") -> None:
    errand = Errand(who, CODE, key, "Sẽ gửi.")
    send(office.database, office.means, errand, Answer("Đã mở khóa.", close), recall_seconds=20)


def act(office: Office, who: Person, doing: object, key: str) -> None:
    run(office.database, office.clock, Errand(who, CODE, key, "Xong."), "test", doing)  # type: ignore[arg-type]


def told(office: Office, who: Person) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        return [(one.sort, one.code) for one in notices.listed(connection, who, office.clock.now())]


def lacking(office: Office, who: Person) -> list[str]:
    wanted = Wanted(statuses=EVERY_OPEN, undelivered=True)
    with office.database.read() as connection:
        return queues.codes(connection, who, office.clock.now(), wanted, 10)


def test_an_answer_refused_for_good_takes_its_ticket_out_of_waiting(office: Office, lan: Person) -> None:
    answer(office, lan)
    assert (ticket(office).status, lacking(office, lan)) == ("waiting", [])
    version = ticket(office).version
    deliver(office, Refused(NO_SUCH_USER))
    row = ticket(office)
    assert (row.status, row.assignee, row.answered_at, row.version) == (
        "in_progress",
        "lan",
        None,
        version + 1,
    )
    verb, said = last_event(office)
    assert (verb, said["before"], said["after"]) == ("undelivered", "waiting", "in_progress")
    assert (said["recipient"], said["response"]) == ("bich@mot.example", NO_SUCH_USER)
    assert told(office, lan) == [("undelivered", CODE)]
    assert lacking(office, lan) == [CODE]


def test_a_ticket_closed_with_its_answer_is_opened_again_with_the_deadline_it_had(
    office: Office, lan: Person
) -> None:
    due_at = ticket(office).due_at
    answer(office, lan, close="solved")
    deliver(office, Refused(NO_SUCH_USER))
    row = ticket(office)
    assert (row.status, row.closed_at, row.outcome, row.due_at) == ("in_progress", None, None, due_at)
    assert lacking(office, lan) == [CODE]


def test_whoever_has_the_ticket_by_then_is_told_too(office: Office, lan: Person) -> None:
    minh = person(office, "minh", Role.AGENT)
    answer(office, lan)

    def give(do: Doing) -> None:
        changes.assign(do.connection, do.now, do.ticket, "minh", actor=do.actor)

    act(office, minh, give, "key-2")
    deliver(office, Refused(NO_SUCH_USER))
    assert told(office, lan) == told(office, minh) == [("undelivered", CODE)]


def test_a_new_answer_takes_the_ticket_off_the_list(office: Office, lan: Person) -> None:
    answer(office, lan)
    deliver(office, Refused(NO_SUCH_USER))
    answer(office, lan, "key-2")
    assert lacking(office, lan) == []
    deliver(office, Delivered("250 ok"))
    assert (ticket(office).status, lacking(office, lan)) == ("waiting", [])


def test_an_earlier_answer_still_counts_as_the_first(office: Office, lan: Person) -> None:
    answer(office, lan)
    first = ticket(office).answered_at
    deliver(office, Delivered("250 ok"))
    answer(office, lan, "key-2")
    deliver(office, Refused(NO_SUCH_USER))
    assert ticket(office).answered_at == first


def report(letter: LetterRow, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    lines = (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.mot.example>\r\nTo: {OUR_ADDRESS}",
        "Subject: Undelivered Mail\r\nMIME-Version: 1.0\r\nMessage-ID: <b1@mx.mot.example>",
        "Return-Path: <>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n',
        "--b\r\nContent-Type: text/plain\r\n\r\nUndelivered.",
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mot.example\r\n",
        f"Final-Recipient: rfc822; bich@mot.example\r\nAction: {action}\r\nStatus: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 No such user",
        "--b\r\nContent-Type: text/rfc822-headers\r\n",
        f"From: {OUR_ADDRESS}\r\nMessage-ID: {letter.message_id}\r\n\r\n--b--\r\n",
    )
    return "\r\n".join(lines).encode()


def answer_that_was_taken(office: Office, who: Person) -> LetterRow:
    answer(office, who)
    deliver(office, Delivered("250 ok"))
    with office.database.read() as connection:
        return outbox.listed(connection, limit=1)[0]


def test_an_answer_that_comes_back_for_good_brings_its_ticket_back_once(office: Office, lan: Person) -> None:
    letter = answer_that_was_taken(office, lan)
    office.store(report(letter))
    office.process()
    assert (ticket(office).status, lacking(office, lan)) == ("in_progress", [CODE])
    assert told(office, lan) == [("undelivered", CODE)]
    version = ticket(office).version
    office.store(report(letter).replace(b"<b1@", b"<b2@"))
    office.process()
    assert (ticket(office).version, told(office, lan)) == (version, [("undelivered", CODE)])


def test_an_answer_that_a_server_gave_up_after_days_is_lost_although_it_says_4_4_7(
    office: Office, lan: Person
) -> None:
    office.store(report(answer_that_was_taken(office, lan), status="4.4.7"))
    office.process()
    assert (ticket(office).status, lacking(office, lan)) == ("in_progress", [CODE])


def nameless(named: str, number: int) -> bytes:
    """Write a report that names a mailbox and the ticket, and no letter."""
    told_by_server = f"Thư gửi tới {named} không chuyển được: hộp thư đã đầy."
    text = f"{told_by_server}\n\nTiêu đề: [{CODE}] Lỗi đăng nhập"
    return request(
        "Thư không chuyển được", number=number, sender="postmaster@mot.example", text=text, return_path="<>"
    )


def test_a_second_report_that_names_no_letter_means_no_older_answer(office: Office, lan: Person) -> None:
    first = answer_that_was_taken(office, lan)
    answer(office, lan, "key-2")
    deliver(office, Delivered("250 ok"))
    for number in (8, 9):
        office.store(nameless("bich@mot.example", number))
        office.process()
    with office.database.read() as connection:
        states = {one.id: one.state for one in outbox.listed(connection) if one.letter == "answer"}
    assert (states.pop(first.id), *states.values()) == ("sent", "failed")


@pytest.mark.parametrize(
    ("named", "back"), [("bich@mot.example", True), ("khac@mot.example", False), ("", False)]
)
def test_a_report_that_names_no_letter_means_the_last_answer_to_that_mailbox(
    office: Office, lan: Person, named: str, *, back: bool
) -> None:
    answer_that_was_taken(office, lan)
    office.store(nameless(named, 9))
    office.process()
    assert [lacking(office, lan), last_event(office)[0]] == (
        [[CODE], "undelivered"] if back else [[], "bounce"]
    )


def test_a_report_of_delay_leaves_the_ticket_waiting(office: Office, lan: Person) -> None:
    office.store(report(answer_that_was_taken(office, lan), action="delayed", status="4.4.1"))
    office.process()
    assert (ticket(office).status, lacking(office, lan)) == ("waiting", [])


def test_what_was_decided_otherwise_meanwhile_stays(office: Office, lan: Person) -> None:
    answer(office, lan)

    def spam(do: Doing) -> None:
        changes.close(do.connection, do.now, do.ticket, actor=do.actor, outcome=changes.Closing.SPAM)

    act(office, lan, spam, "key-2")
    deliver(office, Refused(NO_SUCH_USER))
    assert (ticket(office).status, ticket(office).outcome) == ("closed", "spam")
    assert (told(office, lan), lacking(office, lan)) == ([("undelivered", CODE)], [])


def test_a_letter_of_the_service_changes_no_ticket(office: Office, lan: Person) -> None:
    office.store(request("[0010#DVC] Lỗi khác", number=2, sender="dung@hai.example"))
    office.process()
    deliver(office, Refused(NO_SUCH_USER))
    other = ticket(office, "SD261116-000002")
    assert (other.status, other.version, lacking(office, lan)) == ("new", 0, [])
    with office.database.read() as connection:
        assert outbox.count_failed(connection) == 1
