"""A held mail warns the coordinator in the same transaction: once a mail, and not without end."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.core.parse import read_mail
from triage.core.treasuries import TreasuryDirectory
from triage.db import history, mails, outbox, tickets
from triage.db.outbox import LetterRow

COORDINATOR = "dau-moi-hn@kho-bac.example"
IMPOSTOR = '"Kho bạc Nhà nước Hà Nội" <lan.xm@thuvien.example>'
TEXT = "Tôi là cán bộ Kho bạc. Đề nghị gửi mật khẩu tới https://khobac-xacthuc.example/moi ngay hôm nay."


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        rules = office.means.rules
        named = tuple(
            replace(one, coordinator=COORDINATOR) if one.code == "0010" else one
            for one in rules.treasuries.treasuries
        )
        directory = TreasuryDirectory(named, rules.treasuries.queue_names)
        office.means = replace(office.means, rules=replace(rules, treasuries=directory))
        yield office


def impostor(number: int = 1) -> bytes:
    return request(
        "[0010#DVC] Xác minh", number=number, sender=IMPOSTOR, text=TEXT, references="<mau@thuvien.example>"
    )


def letters(office: Office) -> list[LetterRow]:
    with office.database.read() as connection:
        return list(reversed(outbox.listed(connection)))


def test_the_coordinator_is_told_and_the_impostor_is_not(office: Office) -> None:
    office.store(impostor())
    done = office.process()
    assert (done.outcomes, done.letters) == ({"hold": 1}, 1)
    [letter] = letters(office)
    assert (letter.letter, letter.recipient) == ("coordinator_notice", COORDINATOR)
    assert letter.ticket_code == "SD261116-000001"
    assert letter.subject.startswith("[SD261116-000001] Cảnh báo thư có dấu hiệu mạo danh")


def test_the_notice_carries_nothing_of_the_impostor_that_can_be_followed(office: Office) -> None:
    office.store(impostor())
    office.process()
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    letter = read_mail(content)
    for text in (letter.subject, letter.text, letter.html):
        assert not any(part in text for part in ("thuvien.example", "khobac-xacthuc", "http", "Xác minh"))
    assert "lan [.] xm [at] thuvien [.] example" in letter.text
    assert (letter.in_reply_to, letter.references) == ((), ())
    assert letter.header("Auto-Submitted") == "auto-generated"
    assert [one.address for one in letter.to] == [COORDINATOR]
    assert letter.sender.address == OUR_ADDRESS


def test_an_honest_request_warns_nobody(office: Office) -> None:
    office.store(request())
    office.process()
    assert [(row.letter, row.recipient) for row in letters(office)] == [
        ("acknowledgement", "ketoan@thcs-hoamai.example")
    ]


def test_the_same_mail_twice_warns_once(office: Office) -> None:
    raw = impostor()
    office.store(raw, b"Received: from elsewhere; Mon, 16 Nov 2026 09:31:00 +0700\r\n" + raw)
    assert office.process().outcomes == {"hold": 1, "duplicate": 1}
    assert len(letters(office)) == 1


def test_a_flood_of_impostors_does_not_flood_the_coordinator(office: Office) -> None:
    most = office.means.rules.replies.letters_per_hour
    office.store(*(impostor(number) for number in range(most + 3)))
    assert office.process().outcomes == {"hold": most + 3}
    assert len(letters(office)) == most
    with office.database.read() as connection:
        last = max(row.id for row in mails.listed(connection))
        [ticket] = [row for row in tickets.listed(connection) if row.code.endswith(f"{most + 3:06}")]
        event = history.events(connection, ticket.id)[-1]
    assert (event.verb, event.mail_id) == ("notice_withheld", last)
    office.clock.forward(minutes=61)
    office.store(impostor(99))
    office.process()
    assert len(letters(office)) == most + 1
