"""Threads as the database sees them: who was told, what is linked, what is alike, what did not arrive."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.core.parse import read_mail
from triage.core.reply_guards import MOST_OF_SAME_WORDS, MOST_ON_TICKET
from triage.db import history, outbox, parties, tickets
from triage.db.history import Event
from triage.db.schema import decisions
from triage.service import desk

FIRST, SECOND = "SD261116-000001", "SD261116-000002"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def take_in(office: Office, *raws: bytes) -> dict[str, int]:
    office.store(*raws)
    return office.process().outcomes


def events(office: Office, ticket_id: int = 1) -> list[Event]:
    with office.database.read() as connection:
        return history.events(connection, ticket_id)


def last_document(office: Office) -> dict[str, Any]:
    with office.database.read() as connection:
        query = select(decisions.c.document).order_by(decisions.c.id.desc()).limit(1)
        return dict(connection.scalars(query).one())


def our_letter(office: Office, number: int = 1) -> bytes:
    with office.database.read() as connection:
        content = outbox.content_of(connection, number)
    assert content
    return content


def letters(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [row.letter for row in reversed(outbox.listed(connection))]


def roles(office: Office) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        return parties.of_ticket(connection, tickets.listed(connection)[-1].id)


def letters_to(office: Office, address: str) -> list[str]:
    with office.database.read() as connection:
        return [row.letter for row in reversed(outbox.listed(connection)) if row.recipient == address]


def test_who_stood_in_copy_is_kept_in_the_history_and_waits_for_a_person_when_he_writes(
    office: Office,
) -> None:
    copy = f"Bạn <ban.ke.toan@gmail.com>, {OUR_ADDRESS}, no-reply@thcs-hoamai.example"
    take_in(office, request(cc=copy))
    [opened] = events(office)
    assert opened.data["participants"] == {"cc": ["ban.ke.toan@gmail.com"]}
    assert take_in(office, request(f"Re: {FIRST}", number=2, sender="ban.ke.toan@gmail.com")) == {"hold": 1}
    assert take_in(office, request(f"Re: {FIRST}", number=3, sender="nguoi.la@gmail.com")) == {"hold": 1}


def test_who_is_told_of_a_ticket_stands_on_it_and_becomes_a_writer_only_by_writing(office: Office) -> None:
    take_in(office, request(cc="ban.ke.toan@gmail.com"))
    assert roles(office) == [("ketoan@thcs-hoamai.example", "writer"), ("ban.ke.toan@gmail.com", "told")]
    take_in(office, request(f"Re: {FIRST}", number=2, cc="ketoan@thcs-hoamai.example, moi@khac.example"))
    assert roles(office)[0] == ("ketoan@thcs-hoamai.example", "writer")
    assert ("moi@khac.example", "told") in roles(office)
    colleague = request(f"Re: {FIRST}", number=3, sender="hieutruong@thcs-hoamai.example")
    assert take_in(office, colleague) == {"append": 1}
    assert ("hieutruong@thcs-hoamai.example", "writer") in roles(office)


def test_whoever_was_told_is_a_writer_once_he_is_one(office: Office) -> None:
    take_in(office, request(cc="hieutruong@thcs-hoamai.example"))
    assert ("hieutruong@thcs-hoamai.example", "told") in roles(office)
    take_in(office, request(f"Re: {FIRST}", number=2, sender="hieutruong@thcs-hoamai.example"))
    assert ("hieutruong@thcs-hoamai.example", "writer") in roles(office)


def test_a_forged_mail_with_a_stranger_in_copy_brings_nobody_in(office: Office) -> None:
    """Codes count from one, so they can be guessed; a forged mail of a party must open nothing to others."""
    take_in(office, request())
    forged = request(
        f"Re: {FIRST}",
        number=2,
        cc="la@khac.example",
        authentication_results="mx1.vst.gov.vn; dmarc=fail header.from=thcs-hoamai.example",
    )
    take_in(office, forged)
    assert take_in(office, request(f"Re: {FIRST}", number=3, sender="la@khac.example")) == {"hold": 1}
    take_in(office, request(f"XACMINH {FIRST}", number=4, sender="la@khac.example", text="Có thật không ạ?"))
    assert letters_to(office, "la@khac.example") == ["verification_no"]


def test_nobody_in_copy_gets_a_letter(office: Office) -> None:
    take_in(office, request(cc="ban.ke.toan@gmail.com"))
    assert [address.address for address in read_mail(our_letter(office)).to] == ["ketoan@thcs-hoamai.example"]
    assert read_mail(our_letter(office)).cc == ()


def test_a_forwarded_request_names_its_author_who_is_no_party(office: Office) -> None:
    text = (
        "Kính chuyển Đội hỗ trợ.\n\n---------- Forwarded message ---------\n"
        "Từ: Trạm Y tế Mẫu <tram.y.te@gmail.com>\nDate: 15/11/2026 09:00\nSubject: Lỗi ký số\n"
        "To: <vanthu@co-quan.example>\n\nTrạm không ký được hồ sơ. Điện thoại: 0900 000 002."
    )
    take_in(office, request("Fwd: [0010#DVC] Lỗi ký số", sender="vanthu@co-quan.example", text=text))
    source = last_document(office)["forwarded_from"]
    assert (source["name"], source["address"], source["subject"]) == (
        "Trạm Y tế Mẫu",
        "tram.y.te@gmail.com",
        "Lỗi ký số",
    )
    assert events(office)[0].data["participants"] == {"forwarded": ["tram.y.te@gmail.com"]}
    assert take_in(office, request(f"Re: {FIRST}", number=2, sender="tram.y.te@gmail.com")) == {"hold": 1}


def test_a_mail_to_a_ticket_closed_long_ago_opens_one_that_is_linked_with_it(office: Office) -> None:
    take_in(office, request())
    desk.close(office.database, office.clock, FIRST, note="xong", actor="agent")
    office.clock.forward(days=40)
    assert take_in(office, request(f"Re: {FIRST} lại lỗi", number=2)) == {"open_ticket": 1}
    assert last_document(office)["linked_to"] == FIRST
    new = [event for event in events(office, 2) if event.verb == "linked"]
    old = [event for event in events(office) if event.verb == "linked"]
    assert [event.data["to"] for event in new] == [FIRST]
    assert [event.data["to"] for event in old] == ["SD261226-000001"]


def test_an_old_thread_with_a_new_treasury_opens_a_linked_ticket(office: Office) -> None:
    take_in(office, request())
    ours = read_mail(our_letter(office)).message_id
    office.store(request("Re: [3110#DVC] Việc khác", number=2, in_reply_to=ours))
    assert office.process().outcomes == {"open_ticket": 1}
    assert last_document(office)["linked_to"] == FIRST


def test_the_same_subject_within_a_week_is_pointed_out_and_never_joined(office: Office) -> None:
    take_in(office, request("[0010#DVC] Lỗi ký số hồ sơ"))
    office.clock.forward(days=6)
    assert take_in(office, request("Fwd: [0010#DVC] lỗi ký số HỒ SƠ", number=2)) == {"open_ticket": 1}
    told = {reason["code"]: reason["text"] for reason in last_document(office)["reasons"]}
    assert FIRST in told["ticket_alike"]
    office.clock.forward(days=8)
    take_in(office, request("[0010#DVC] Lỗi ký số hồ sơ", number=3))
    assert "ticket_alike" not in {reason["code"] for reason in last_document(office)["reasons"]}
    other = request("[0010#DVC] Lỗi ký số hồ sơ", number=4, sender="x@truong-khac.example")
    take_in(office, other)
    assert "ticket_alike" not in {reason["code"] for reason in last_document(office)["reasons"]}


def bounce(head: bytes, *, status: bytes = b"5.2.2", action: bytes = b"failed") -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: " + OUR_ADDRESS.encode() + b"\r\nSubject: Undelivered\r\n"
        b"Return-Path: <>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; ketoan@thcs-hoamai.example\r\nAction: "
        + action
        + b"\r\nStatus: "
        + status
        + b"\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n"
        b"--x\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + b"\r\n\r\n--x--\r\n"
    )


@pytest.mark.parametrize(
    ("status", "action", "permanent"), [(b"5.2.2", b"failed", True), (b"4.4.7", b"delayed", False)]
)
def test_a_ticket_shows_that_its_answer_was_not_delivered(
    office: Office, status: bytes, action: bytes, *, permanent: bool
) -> None:
    take_in(office, request())
    letter = our_letter(office)
    head = letter.partition(b"\r\n\r\n")[0]
    assert take_in(office, bounce(head, status=status, action=action)) == {"file": 1}
    wanted = {
        "recipient": "ketoan@thcs-hoamai.example",
        "status": status.decode(),
        "permanent": permanent,
        "lost": permanent,
        "diagnostic": "552 mailbox full",
        "letter": read_mail(letter).message_id,
    }
    assert last_document(office)["delivery"] == wanted
    assert (events(office)[-1].verb, events(office)[-1].data) == ("bounce", {"delivery": wanted})
    assert letters(office) == ["acknowledgement"]


def test_a_read_receipt_stands_on_the_ticket_as_read(office: Office) -> None:
    take_in(office, request())
    ours = read_mail(our_letter(office)).message_id
    receipt = (
        b"From: ketoan@thcs-hoamai.example\r\nTo: " + OUR_ADDRESS.encode() + b"\r\nSubject: Read: x\r\n"
        b"Message-ID: <mdn@thcs-hoamai.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=disposition-notification; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nread\r\n"
        b"--x\r\nContent-Type: message/disposition-notification\r\n\r\n"
        b"Final-Recipient: rfc822;ketoan@thcs-hoamai.example\r\nOriginal-Message-ID: "
        + ours.encode()
        + b"\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--x--\r\n"
    )
    assert take_in(office, receipt) == {"file": 1}
    assert [event.verb for event in events(office)] == ["opened", "read"]


def robot_answers(letter: bytes, number: int, *, keeps_subject: bool) -> bytes:
    """Write what a robot sends that heeds no header and sets none: no thread, a new Message-ID each time."""
    received = read_mail(letter)
    subject = f"Re: {received.subject}" if keeps_subject else f"Cảm ơn quý cơ quan, lượt {number}"
    return request(subject, number=number, text="Chúng tôi đã nhận được thư và sẽ phản hồi sớm.").replace(
        b"Content-Type", b"X-Robot: 1\r\nContent-Type", 1
    )


@pytest.mark.parametrize("keeps_subject", [True, False])
@pytest.mark.parametrize("pace", [timedelta(minutes=2), timedelta(hours=7)], ids=["fast", "slow"])
def test_two_machines_that_answer_each_other_fall_silent_within_the_caps(
    office: Office, pace: timedelta, *, keeps_subject: bool
) -> None:
    office.store(request())
    office.process()
    answered, rounds = 0, 0
    while (waiting := len(letters(office))) > answered:
        for number in range(answered + 1, waiting + 1):
            letter = our_letter(office, number)
            office.store(robot_answers(letter, 100 + number, keeps_subject=keeps_subject))
        answered, rounds = waiting, rounds + 1
        office.process()
        office.clock.moment += pace
        assert rounds < 50, "the two never stop"
    policy = office.means.rules.replies
    slow = pace > timedelta(hours=1)
    on_ticket = MOST_ON_TICKET if slow else policy.ticket_per_day
    apart = 1 + MOST_OF_SAME_WORDS if slow else policy.letters_per_hour
    assert 1 < len(letters(office)) <= (on_ticket if keeps_subject else apart)
    office.clock.forward(days=2)
    office.process()
    assert len(letters(office)) == answered


ROBOTS = (
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": "auto-generated; owner-email=x@thcs-hoamai.example"},
    {"precedence": "bulk"},
    {"precedence": "auto_reply"},
    {"x_auto_response_suppress": "All"},
    {"x_autoreply": "yes"},
    {"x_autorespond": "mot"},
    {"return_path": "<>"},
    {"list_id": "<nhom.thcs-hoamai.example>"},
    {"x_triage_letter": "acknowledgement"},
    {"sender": "no-reply@thcs-hoamai.example"},
    {"sender": "Mail Robot <robot@thcs-hoamai.example>", "return_path": "<bounces+7@thcs-hoamai.example>"},
)


def test_a_machine_that_says_by_any_mark_what_it_is_gets_no_letter(office: Office) -> None:
    take_in(office, request())
    assert letters(office) == ["acknowledgement"]
    received = read_mail(our_letter(office))
    for number, marks in enumerate(ROBOTS, 2):
        for subject in (f"Re: {received.subject}", "[0010#DVC] Lỗi đăng nhập dịch vụ công"):
            ours = {"in_reply_to": received.message_id} if subject.startswith("Re:") else {}
            raw = request(
                subject,
                number=number * 100 + len(ours),
                **{"sender": "ketoan@thcs-hoamai.example"} | marks | ours,
            )
            take_in(office, raw)
            assert letters(office) == ["acknowledgement"], (marks, subject)


def test_two_offices_that_write_to_each_other_send_one_letter(office: Office) -> None:
    """The letter of another installation is a machine's, although its address is an ordinary one."""
    take_in(office, request())
    letter = our_letter(office)
    theirs = letter.replace(OUR_ADDRESS.encode(), b"hotro@so-taichinh.example").replace(
        b"ketoan@thcs-hoamai.example", OUR_ADDRESS.encode()
    )
    assert theirs != letter
    take_in(office, theirs)
    assert letters(office) == ["acknowledgement"]
