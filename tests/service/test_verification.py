"""Questions about codes, bounces of what we never sent, and reports, through a real database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.core.letternames import VERIFICATIONS
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.tickets import TicketStatus
from triage.core.verification import find_question
from triage.db import history, mails, outbox, tickets, verification
from triage.db.schema import decisions, tickets as tickets_table
from triage.service import desk

CODE = "SD261116-000001"
UNIT = "ketoan@thcs-hoamai.example"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


@dataclass(frozen=True)
class Sent:
    """One letter of the outbox, as it goes out."""

    letter: str
    recipient: str
    ticket: str | None
    mail: Mail


def sent(office: Office) -> list[Sent]:
    with office.database.read() as connection:
        rows = list(reversed(outbox.listed(connection)))
        contents = [outbox.content_of(connection, row.id) or b"" for row in rows]
    return [
        Sent(row.letter, row.recipient, row.ticket_code, read_mail(content))
        for row, content in zip(rows, contents, strict=True)
    ]


def answers(office: Office) -> list[Sent]:
    return [one for one in sent(office) if one.letter in VERIFICATIONS]


def asks(
    number: int, code: str = CODE, sender: str = UNIT, text: str = "Nhờ xem giúp.", **more: str
) -> bytes:
    return request(f"XACMINH {code}", number=number, sender=sender, text=text, **more)


@pytest.fixture
def asked(office: Office) -> Office:
    """An office that has issued one code to one unit."""
    office.store(request("[0010#DVC] Không ký được hồ sơ"))
    office.process()
    office.clock.forward(minutes=5)
    return office


def test_a_party_learns_that_the_code_is_genuine_and_what_it_is_about(asked: Office) -> None:
    asked.store(asks(2))
    done = asked.process()
    assert (done.outcomes, done.letters) == ({"file": 1}, 1)
    [answer] = answers(asked)
    assert (answer.letter, answer.recipient, answer.ticket) == ("verification_yes", UNIT, CODE)
    assert answer.mail.header("X-Triage-Ticket") == CODE
    for shown in (
        f"Mã {CODE} là mã thật",
        "09 giờ 30 phút ngày 16/11/2026 (thứ Hai)",
        "Không ký được hồ sơ",
        "Hà Nội",
        "đang được xử lý",
    ):
        assert shown in answer.mail.text
    with asked.database.read() as connection:
        ticket = desk.find(connection, CODE)
        assert [event.verb for event in history.events(connection, ticket.id)] == ["opened", "verification"]
        assert ticket.status == TicketStatus.NEW


def test_a_question_does_not_reopen_a_closed_ticket(asked: Office) -> None:
    desk.close(asked.database, asked.clock, CODE, note="xong", actor="agent")
    asked.store(asks(2))
    assert asked.process().outcomes == {"file": 1}
    assert "Tình trạng: đã được đóng" in answers(asked)[0].mail.text
    with asked.database.read() as connection:
        assert desk.find(connection, CODE).status == TicketStatus.CLOSED


def test_a_stranger_learns_the_same_of_codes_of_others_and_of_none(asked: Office) -> None:
    stranger = "an@xa-la.example"
    asked.store(asks(2, CODE, stranger))
    asked.store(asks(3, "SD261116-999999", stranger))
    assert asked.process().outcomes == {"file": 2}
    real, none = answers(asked)
    assert {real.letter, none.letter} == {"verification_no"}
    assert (real.ticket, none.ticket) == (None, None)
    assert real.mail.text.replace(CODE, "X") == none.mail.text.replace("SD261116-999999", "X")
    assert real.mail.subject.replace(CODE, "X") == none.mail.subject.replace("SD261116-999999", "X")
    assert real.mail.header("X-Triage-Ticket") == none.mail.header("X-Triage-Ticket") == "none"
    for told in (real.mail.text, real.mail.html, real.mail.subject):
        assert not any(word in told for word in ("Hà Nội", "0010", "ký được", "hoamai", "đang được xử lý"))
    assert "02462764300" in real.mail.text
    with asked.database.read() as connection:
        assert len(tickets.listed(connection)) == 1
        assert [row.ticket_code for row in mails.listed(connection)] == [None, None, CODE]


def test_a_code_that_names_no_day_is_answered_with_no_and_not_repeated(asked: Office) -> None:
    asked.store(asks(2, "SD269945-000001"))
    assert asked.process().outcomes == {"file": 1}
    [answer] = answers(asked)
    assert answer.letter == "verification_no"
    assert "SD269945" not in answer.mail.subject + answer.mail.text + answer.mail.html


def test_a_colleague_is_told_to_ask_from_the_address_that_has_the_code(asked: Office) -> None:
    asked.store(asks(2, sender="hieutruong@thcs-hoamai.example"))
    asked.process()
    [answer] = answers(asked)
    assert answer.letter == "verification_no"
    assert "hỏi lại từ chính địa chỉ đó" in answer.mail.text


@pytest.mark.parametrize("asker", ["ketoan@thuế.example", "ketoan@xn--thu-9jz.example"])
@pytest.mark.parametrize("party", ["ketoan@thuế.example", "ketoan@xn--thu-9jz.example"])
def test_a_party_may_ask_under_either_spelling_of_its_domain(office: Office, party: str, asker: str) -> None:
    office.store(request("[0010#DVC] Không ký được hồ sơ", sender=party), asks(2, sender=asker))
    office.process()
    assert [(one.letter, one.recipient) for one in answers(office)] == [("verification_yes", asker)]


def test_one_code_of_two_that_is_not_the_askers_makes_the_answer_no(asked: Office) -> None:
    asked.store(
        request(
            f"Re: [{CODE}] Lỗi",
            number=2,
            text="Mã SD261116-000044 có thật không, có phải của trường em không?",
        )
    )
    asked.process()
    [answer] = answers(asked)
    assert answer.letter == "verification_no"
    assert "SD261116-000044" in answer.mail.subject
    assert CODE not in answer.mail.text


def test_who_names_himself_in_reply_to_of_a_forged_request_is_not_told(office: Office) -> None:
    intruder = "ke-la@gmail.com"
    office.store(request(reply_to=intruder))
    office.process()
    office.store(asks(2, sender=intruder), asks(3))
    office.process()
    assert [(one.letter, one.recipient) for one in answers(office)] == [
        ("verification_no", intruder),
        ("verification_yes", UNIT),
    ]


def test_a_forged_question_tells_only_the_unit_whose_address_was_used(asked: Office) -> None:
    asked.store(asks(2, sender="Vo Danh <KeToan@THCS-HoaMai.example>", reply_to="khac@thcs-hoamai.example"))
    asked.process()
    [answer] = answers(asked)
    assert (answer.recipient, answer.letter) == (UNIT, "verification_yes")


def test_the_code_of_a_held_mail_was_told_to_nobody(office: Office) -> None:
    office.store(request())
    office.process()
    with office.database.write() as connection:
        connection.execute(update(tickets_table).values(status=TicketStatus.HELD.value))
    office.store(asks(2))
    office.process()
    assert [one.letter for one in answers(office)] == ["verification_no"]


def test_six_questions_get_five_answers_and_the_sixth_a_person(asked: Office) -> None:
    stranger = "an@xa-la.example"
    for number in range(2, 8):
        writer = stranger if number % 2 else "AN@xa-la.example"
        asked.store(asks(number, f"SD261116-{number:06}", writer))
    done = asked.process()
    assert (done.outcomes, done.letters) == ({"file": 5, "open_ticket": 1}, 5)
    assert len(answers(asked)) == 5
    asked.clock.forward(hours=1, minutes=1)
    asked.store(asks(9, sender=stranger))
    assert asked.process().letters == 1


def test_other_letters_do_not_use_up_the_answers(office: Office) -> None:
    office.store(*(request(f"[0010#DVC] Lỗi số {number}", number=number) for number in range(6)), asks(9))
    assert office.process().letters == 7
    assert len(answers(office)) == 1


def test_a_machine_that_repeats_our_answer_is_not_answered(asked: Office) -> None:
    asked.store(asks(2, sender="an@xa-la.example"))
    asked.process()
    [answer] = answers(asked)
    asked.store(
        request(
            f"Re: {answer.mail.subject}",
            number=3,
            sender="an@xa-la.example",
            text=answer.mail.text,
            auto_submitted="auto-replied",
        )
    )
    asked.process()
    assert len(answers(asked)) == 1


@pytest.mark.parametrize("sender", [UNIT, "an@xa-la.example"])
def test_thanks_for_an_answer_are_no_new_question(asked: Office, sender: str) -> None:
    asked.store(asks(2, sender=sender))
    asked.process()
    [answer] = answers(asked)
    quoted = "".join(f"> {line}\r\n" for line in answer.mail.text.splitlines())
    for text in (f"Cảm ơn.\r\n\r\n{quoted}", f"Cảm ơn.\r\n\r\n{answer.mail.text}"):
        thanks = read_mail(request(f"Re: {answer.mail.subject}", number=3, sender=sender, text=text))
        assert find_question(thanks) is None


def test_a_question_is_decided_again_as_it_was(asked: Office) -> None:
    asked.store(asks(2), asks(3, sender="an@xa-la.example"))
    asked.process()
    with asked.database.read() as connection:
        rows = connection.execute(
            select(decisions.c.facts, decisions.c.document).order_by(decisions.c.id)
        ).all()
    assert [row.document["reply"] for row in rows] == [
        "acknowledgement",
        "verification_yes",
        "verification_no",
    ]
    assert rows[1].facts["asked_code"]["issued_to_sender"] is True
    assert json.dumps(rows[2].facts["asked_code"], sort_keys=True) == json.dumps(
        {
            "code": CODE,
            "issued_to_sender": False,
            "opened_at": None,
            "queue": "",
            "status": None,
            "subject": "",
            "ticket_id": None,
        },
        sort_keys=True,
    )


def test_whose_code_it_is_is_known_of_every_code_in_a_mail(asked: Office) -> None:
    asked.store(request(f"Re: [{CODE}]", number=2, text="Còn mã SD261116-000077 thì sao?"))
    asked.process()
    with asked.database.read() as connection:
        facts = connection.scalar(select(decisions.c.facts).where(decisions.c.mail_id == 2))
    assert facts["issued"] == [[CODE, True], ["SD261116-000077", False]]


def test_a_report_opens_a_security_ticket_with_what_can_be_looked_up(office: Office) -> None:
    text = (
        "Sáng nay có người tự xưng cán bộ Kho bạc gọi cho kế toán từ số 0900 000 999, yêu cầu cho "
        "mật khẩu.\r\nBình, 0900 000 111"
    )
    office.store(request("[0010#DVC] Phản ánh mạo danh", text=text))
    assert office.process().outcomes == {"open_ticket": 1}
    with office.database.read() as connection:
        ticket = desk.find(connection, CODE)
        [event] = history.events(connection, ticket.id)
    assert (ticket.queue, ticket.category) == ("security", "impersonation")
    assert event.data["indicators"]["phones"] == ["0900000999"]
    [letter] = sent(office)
    assert (letter.letter, letter.ticket) == ("impersonation_thanks", CODE)
    for shown in ("cảm ơn", "không gọi lại", "đổi ngay mật khẩu và mã PIN", "02462764300", CODE):
        assert shown in letter.mail.text
    assert "0900" not in letter.mail.text


def test_a_report_that_asks_about_a_code_is_told_whose_it_is_not(asked: Office) -> None:
    text = (
        f"Có người gọi, xưng là cán bộ hỗ trợ, đọc mã {CODE} rồi bảo tôi đọc mã OTP. Mã này có thật không, "
        "có phải của chúng tôi không?"
    )
    asked.store(request("Hỏi về mã", number=2, sender="an@xa-la.example", text=text))
    asked.process()
    letter = sent(asked)[-1]
    assert (letter.letter, letter.ticket) == ("impersonation_thanks", "SD261116-000002")
    assert f"Về mã {CODE} mà Quý đơn vị hỏi: đây không phải là mã" in letter.mail.text
    assert "Hà Nội" not in letter.mail.text


def bounce(number: int, returned: str, sender: str = "mailer-daemon@mx.example") -> bytes:
    return (
        f"Return-Path: <>\r\nFrom: {sender}\r\nTo: {OUR_ADDRESS}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <b{number}@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nmailbox unknown\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; ai@mx.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--x--\r\n"
    ).encode()


FORGED = f"From: {OUR_ADDRESS}\r\nTo: ai@mx.example\r\nSubject: Canh bao\r\nMessage-ID: <f@vps.example>\r\n"


def foreign(office: Office) -> list[int]:
    with office.database.read() as connection:
        return [row.id for row in verification.foreign_bounces(connection, limit=100)]


def test_bounces_of_what_we_never_sent_are_counted_and_the_third_raises_the_alarm(office: Office) -> None:
    with capture_logs() as logs:
        for number in range(2):
            office.store(bounce(number, FORGED))
        office.process()
        assert [one["event"] for one in logs].count("foreign_bounce_seen") == 2
        assert not [one for one in logs if one["event"] == "forged_address_suspected"]
        office.store(bounce(3, FORGED))
        assert office.process().outcomes == {"file": 1}
    [alarm] = [one for one in logs if one["event"] == "forged_address_suspected"]
    assert alarm["bounces"] == 3
    assert foreign(office) == [3, 2, 1]


def test_bounces_that_are_hours_apart_raise_no_alarm(office: Office) -> None:
    with capture_logs() as logs:
        for number in range(4):
            office.store(bounce(number, FORGED))
            office.process()
            office.clock.forward(hours=2)
    assert not [one for one in logs if one["event"] == "forged_address_suspected"]
    assert len(foreign(office)) == 4


def test_bounces_of_our_letters_are_not_foreign_not_even_of_one_without_a_ticket(asked: Office) -> None:
    asked.store(asks(2, sender="an@xa-la.example"))
    asked.process()
    with asked.database.read() as connection:
        ours = [row.message_id for row in outbox.listed(connection)]
    assert len(ours) == 2
    for number, message_id in enumerate(ours):
        asked.store(bounce(number, f"From: {OUR_ADDRESS}\r\nSubject: x\r\nMessage-ID: {message_id}\r\n"))
    assert asked.process().outcomes == {"file": 2}
    assert foreign(asked) == []


@pytest.mark.parametrize(
    "line",
    [f"Subject: Re: [{CODE}] Loi", "Subject: Re: Loi\r\nIn-Reply-To: <mail-1@thcs-hoamai.example>"],
    ids=["by its code", "by the mail it answers"],
)
def test_a_bounce_of_what_an_agent_wrote_by_hand_leads_to_its_ticket(asked: Office, line: str) -> None:
    asked.store(bounce(1, f"From: {OUR_ADDRESS}\r\n{line}\r\nMessage-ID: <hand@desk.example>\r\n"))
    asked.process()
    assert foreign(asked) == []
    with asked.database.read() as connection:
        assert [event.verb for event in history.events(connection, 1)] == ["opened", "bounce"]


def test_an_operator_may_set_how_many_questions_are_answered(office: Office) -> None:
    rules = office.means.rules
    office.means = replace(
        office.means, rules=replace(rules, replies=replace(rules.replies, verifications_per_hour=0))
    )
    office.store(asks(2))
    done = office.process()
    assert (done.outcomes, done.letters) == ({"open_ticket": 1}, 0)
