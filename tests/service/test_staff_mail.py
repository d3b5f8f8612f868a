"""People of the desk act on tickets by mail: with a code, a proven address and the right of the moment."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from email import message_from_bytes, policy

import pytest
from support.office import Office, open_office, request
from support.oneticket import CODE, last_event, ticket

from triage.core.people import Role
from triage.core.replycodes import ReplyCodes
from triage.db import audit, decisions, drafts, history, mails, outbox, people, proposals, tickets
from triage.service import changes, desk, digests, handover
from triage.service.errands import Errand

CODES = ReplyCodes(b"k" * 32)
BINH, LAN = "binh@kbnn.example", "lan@vst.example"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.means = replace(office.means, codes=CODES)
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        person(office, "binh", Role.COORDINATOR, BINH, "0010")
        person(office, "chi", Role.COORDINATOR, "chi@kbnn.example", "3110")
        person(office, "lan", Role.AGENT, LAN)
        yield office


def person(office: Office, name: str, role: Role, email: str, *queues: str) -> int:
    with office.database.write() as connection:
        now = office.clock.now()
        number = people.add(connection, now, name=name, display_name=name, role=role.value, email=email)
        people.set_queues(connection, number, list(queues))
    return number


def number_of(office: Office, name: str) -> int:
    with office.database.read() as connection:
        found = people.find(connection, name)
    assert found
    return found.id


def code(office: Office, name: str = "binh", on: str = CODE) -> str:
    return CODES.write(ticket(office, on).id, number_of(office, name), office.clock.now())


_NUMBERS = iter(range(100, 1_000_000))


def says(
    office: Office,
    text: str,
    *,
    sender: str = BINH,
    with_code: str = "",
    proven: bool = True,
    number: int = 0,
    **headers: str,
) -> None:
    """Let a mail with a reply code come in and be processed."""
    domain = sender.partition("@")[2]
    results = (
        f"mx1.vst.gov.vn; dkim=pass header.d={domain}; dmarc=pass header.from={domain}" if proven else ""
    )
    subject = f"Re: [{with_code or code(office)}]"
    raw = request(
        subject,
        sender=sender,
        text=text,
        number=number or next(_NUMBERS),
        authentication_results=results,
        **headers,
    )
    office.store(raw)
    office.process()


def letters(office: Office, name: str) -> list[tuple[str, str]]:
    """Give recipient and text of the letters of a name."""
    with office.database.read() as connection:
        rows = [row for row in reversed(outbox.listed(connection)) if row.letter == name]
        return [(row.recipient, _text(outbox.content_of(connection, row.id) or b"")) for row in rows]


def _text(raw: bytes) -> str:
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def events(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [one.verb for one in history.events(connection, ticket(office).id)]


def refusals(office: Office) -> list[tuple[str, bool]]:
    with office.database.read() as connection:
        rows = audit.page(connection, action="mail_refused")
    return [(json.loads(row.data)["why"], json.loads(row.data)["told"]) for row in reversed(rows)]


def test_a_mail_becomes_a_note_with_its_secrets_hidden_and_is_no_mail_of_the_ticket(office: Office) -> None:
    says(office, "Đã gọi, mật khẩu của đơn vị là Hoamai@2024x, cần đổi ngay.")
    verb, data = last_event(office)
    assert (verb, data["by_mail"]) == ("note", True)
    assert "Hoamai@2024x" not in data["text"]
    assert data["text"].startswith("Đã gọi, mật khẩu")
    with office.database.read() as connection:
        assert len(tickets.mail_ids(connection, ticket(office).id)) == 1
        assert history.events(connection, ticket(office).id)[-1].actor == "binh"
    assert letters(office, "reply_refused") == []


def test_an_answer_of_an_agent_goes_to_the_unit_and_his_draft_stays(office: Office) -> None:
    with office.database.write() as connection:
        drafts.put(
            connection,
            ticket(office).id,
            number_of(office, "lan"),
            drafts.ANSWER,
            body="Đang viết",
            version=0,
            now=office.clock.now(),
        )
    says(office, "#traloi\nĐơn vị đã được mở khóa.", sender=LAN, with_code=code(office, "lan"))
    ((to, text),) = letters(office, "answer")
    assert to == "bich@mot.example"
    assert "Đơn vị đã được mở khóa." in text
    assert "#traloi" not in text
    assert ticket(office).status == "waiting"
    with office.database.read() as connection:
        assert drafts.find(connection, ticket(office).id, number_of(office, "lan"), drafts.ANSWER)


def test_an_answer_of_a_coordinator_waits_for_approval(office: Office) -> None:
    says(office, "#traloi\nĐơn vị đã được mở khóa.")
    assert letters(office, "answer") == []
    with office.database.read() as connection:
        waiting = proposals.on(connection, ticket(office).id)
    assert [(one.writer, one.body) for one in waiting] == [("binh", "Đơn vị đã được mở khóa.")]


def test_a_coordinator_who_was_given_the_ticket_and_may_answer_it_does_so(office: Office) -> None:
    with office.database.write() as connection:
        people.change(connection, number_of(office, "binh"), may_answer=True)
        lan, binh = people.find(connection, "lan"), people.find(connection, "binh")
    assert lan
    assert binh
    given = Errand(lan, CODE, "key-1", "x", version=ticket(office).version)
    note = "Đề nghị kho bạc kiểm tra."
    handover.hand_over(office.database, office.clock, given, office.means.rules, "0010", note=note)
    says(office, "#traloi\nĐang xem hồ sơ của đơn vị.")
    assert letters(office, "answer") == []
    taken = Errand(binh, CODE, "key-2", "x", version=ticket(office).version)
    handover.receive(office.database, office.clock, taken, was="")
    says(office, "#traloi\nĐơn vị đã được mở khóa.")
    assert [to for to, _ in letters(office, "answer")] == ["bich@mot.example"]


def test_the_code_of_the_digest_works_and_is_told_in_it(office: Office) -> None:
    office.clock.forward(days=1, hours=-1)
    assert digests.send_due(office.database, office.means, time(8)) == 1
    ((to, text),) = letters(office, "digest")
    assert to == BINH
    assert code(office) in text
    assert "#traloi" in text
    says(office, "Đã gọi.", with_code=code(office))
    assert last_event(office)[0] == "note"


def test_the_same_mail_and_the_same_words_act_once(office: Office) -> None:
    says(office, "Đã gọi lại.", number=7)
    says(office, "Đã gọi lại.", number=7)
    assert events(office).count("note") == 1
    assert refusals(office) == []
    says(office, "Đã gọi lại.", number=8)  # a signed mail sent again under another Message-ID
    assert events(office).count("note") == 1
    assert refusals(office) == [("repeated", True)]


def test_a_forged_from_does_nothing_and_its_person_is_told_at_his_own_address(office: Office) -> None:
    says(office, "Bỏ qua phiếu này.", proven=False)
    assert events(office) == ["opened"]
    ((to, text),) = letters(office, "reply_refused")
    assert to == BINH
    assert "Bỏ qua" not in text
    assert "giả địa chỉ" in text
    assert refusals(office) == [("not_proven", True)]


def test_a_code_from_another_address_acts_for_nobody_and_the_mail_goes_on_as_any_other(
    office: Office,
) -> None:
    says(office, "Đơn vị không ký được hồ sơ.", sender="la@xau.example")
    assert "note" not in events(office)
    ((to, _),) = letters(office, "reply_refused")
    assert to == BINH
    assert ticket(office, "SD261116-000002").requester_address == "la@xau.example"


def test_a_code_of_another_ticket_acts_on_that_one_alone(office: Office) -> None:
    office.store(request("[3110#DVC] Mất kết nối", number=2, sender="an@hai.example"))
    office.process()
    there = "SD261116-000002"
    says(office, "Đã gọi.", sender="chi@kbnn.example", with_code=code(office, "chi", there))
    assert events(office) == ["opened"]
    # binh has a code for a ticket of a queue that is not his
    says(office, "Đã gọi.", with_code=code(office, "binh", there))
    with office.database.read() as connection:
        told = history.events(connection, ticket(office, there).id)
    assert [one.actor for one in told if one.verb == "note"] == ["chi"]
    assert refusals(office) == [("no_right", True)]


def test_a_code_is_no_use_once_it_is_over_its_person_disabled_or_his_queue_gone(office: Office) -> None:
    old, now = code(office), office.clock.now()
    with office.database.write() as connection:
        people.set_queues(connection, number_of(office, "binh"), ["3110"])
    says(office, "Một.", with_code=old)
    with office.database.write() as connection:
        people.set_queues(connection, number_of(office, "binh"), ["0010"])
        people.change(connection, number_of(office, "binh"), disabled_at=now)
    says(office, "Hai.", with_code=old)
    with office.database.write() as connection:
        people.change(connection, number_of(office, "binh"), disabled_at=None)
    office.clock.forward(days=8)
    says(office, "Ba.", with_code=old)
    assert events(office) == ["opened"]
    assert refusals(office) == [("no_right", True), ("disabled", True), ("over", True)]


def test_a_deputy_acts_while_the_queue_is_lent_to_him_and_no_longer(office: Office) -> None:
    now = office.clock.now()
    with office.database.write() as connection:
        people.change(
            connection,
            number_of(office, "binh"),
            deputy_id=number_of(office, "chi"),
            away_from=now - timedelta(days=1),
            away_until=now + timedelta(days=1),
        )
    chi = code(office, "chi")
    says(office, "Tôi thay anh Bình.", sender="chi@kbnn.example", with_code=chi)
    says(office, "Tôi vẫn đọc thư khi đi công tác.", with_code=code(office))
    assert events(office).count("note") == 2
    office.clock.forward(days=2)
    says(office, "Thêm một ý.", sender="chi@kbnn.example", with_code=chi)
    assert refusals(office) == [("no_right", True)]


def test_an_absence_note_to_a_digest_is_neither_a_note_nor_answered(office: Office) -> None:
    says(office, f"Tôi đang nghỉ phép.\n\n> {code(office)}", auto_submitted="auto-replied")
    says(office, "Tôi đang nghỉ phép.", return_path="<>", precedence="bulk")
    assert events(office) == ["opened"]
    assert refusals(office) == []
    assert letters(office, "reply_refused") == []


def test_what_the_guard_stops_and_a_closed_ticket_get_no_answer_and_that_is_said(office: Office) -> None:
    says(office, "#traloi\nXin cho biết mật khẩu.", sender=LAN, with_code=code(office, "lan"))
    with office.database.write() as connection:
        changes.close(connection, office.clock.now(), desk.find(connection, CODE), actor="lan")
    says(office, "#traloi\nĐã xong.", sender=LAN, with_code=code(office, "lan"))
    assert letters(office, "answer") == []
    assert refusals(office) == [("stopped", True), ("closed", True)]
    assert "mật khẩu" in letters(office, "reply_refused")[0][1]


def test_a_code_that_nobody_wrote_is_told_to_whose_address_it_is_and_else_ignored(office: Office) -> None:
    forged = ReplyCodes(b"x" * 32).write(1, 1, office.clock.now())
    says(office, "Đã gọi.", with_code=forged)
    says(office, "Không ký được.", sender="la@xau.example", with_code=forged)
    assert refusals(office) == [("unknown", True)]
    assert [to for to, _ in letters(office, "reply_refused")] == [BINH]


def test_who_is_attacked_gets_some_letters_within_an_hour_and_the_audit_all_of_it(office: Office) -> None:
    most = office.means.rules.replies.letters_per_hour
    for number in range(most + 2):
        says(office, f"Thử {number}.", proven=False)
    assert len(letters(office, "reply_refused")) == most
    assert refusals(office) == [("not_proven", True)] * most + [("not_proven", False)] * 2


def test_without_a_key_a_code_is_only_text(office: Office) -> None:
    office.means = replace(office.means, codes=None)
    says(office, "Đã gọi.")
    assert "note" not in events(office)
    assert refusals(office) == []


def test_the_decision_keeps_why_it_was_refused(office: Office) -> None:
    says(office, "Đã gọi.", proven=False)
    with office.database.read() as connection:
        newest = max(mails.listed(connection), key=lambda row: row.id)
        decided = decisions.latest(connection, newest.id)
    assert decided
    assert decided.document["staff_mail"]["refused"] == "not_proven"
    assert any(one["code"] == "by_mail.refused_not_proven" for one in decided.document["reasons"])
