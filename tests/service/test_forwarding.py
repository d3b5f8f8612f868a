"""New tickets reach coordinators who wish so: once, as they came or in our words, and never what is held."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from threading import Thread

import pytest
from support.office import Office, open_office, request

from triage.core.people import Person, Role
from triage.core.replycodes import ReplyCodes
from triage.db import outbox, people
from triage.service import forwarding, ownaccount, persons
from triage.service.forwarding import Forwarding

SUMMARY, ORIGINAL = Forwarding(original=False, most_bytes=10**6), Forwarding(original=True, most_bytes=10**6)
BINH = "binh@kbnn.example"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        coordinator(office, "binh", BINH, "0010")
        coordinator(office, "chi", "chi@kbnn.example", "3110")
        wish(office, "binh")
        wish(office, "chi")
        yield office


def coordinator(office: Office, name: str, email: str, *queues: str) -> int:
    with office.database.write() as connection:
        now, role = office.clock.now(), Role.COORDINATOR.value
        number = people.add(connection, now, name=name, display_name=name, role=role, email=email)
        people.set_queues(connection, number, queues)
    return number


def wish(office: Office, name: str, *, wanted: bool = True) -> None:
    ownaccount.set_forwarding(office.database, office.clock, person(office, name), wanted=wanted)


def person(office: Office, name: str) -> Person:
    with office.database.read() as connection:
        found = people.find(connection, name)
    assert found
    return found


def arrives(office: Office, raw: bytes) -> None:
    office.store(raw)
    office.process()


def send(office: Office, how: Forwarding = SUMMARY) -> int:
    return forwarding.send_due(office.database, office.means, how)


def sent(office: Office) -> list[tuple[str, str, bytes]]:
    """Give letter, recipient and bytes of what went to coordinators."""
    with office.database.read() as connection:
        rows = [
            one for one in reversed(outbox.listed(connection)) if one.letter in {"ticket_notice", "resent"}
        ]
        return [(one.letter, one.recipient, outbox.content_of(connection, one.id) or b"") for one in rows]


def text_of(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}"


def test_each_ticket_is_told_once_to_who_has_its_queue_and_wishes_so(office: Office) -> None:
    arrives(
        office, request(text="Đơn vị không ký được, xem https://xau.example/x. Số căn cước: 001085009999.")
    )
    assert send(office) == 1
    assert send(office) == 0
    ((letter, to, raw),) = sent(office)
    assert (letter, to) == ("ticket_notice", BINH)
    text = text_of(raw)
    assert "không ký được" in text
    assert "xau.example" not in text
    assert "001085009999" not in text
    assert "SD261116-000001" in text


def test_the_code_in_a_notice_stands_in_its_subject_or_in_the_address_for_answers(office: Office) -> None:
    codes = ReplyCodes(b"k" * 32)
    for number, one in enumerate((codes, replace(codes, tagged=True)), 1):
        office.means = replace(office.means, codes=one)
        arrives(office, request(f"[0010#DVC] Việc {number}", number=number, sender=f"a{number}@mot.example"))
        send(office)
    first, second = (message_from_bytes(raw, policy=policy.default) for _, _, raw in sent(office))
    assert "TL-" in str(first["Subject"])
    assert first["Reply-To"] is None
    assert "TL-" not in str(second["Subject"])
    assert str(second["Reply-To"]).startswith("hotrocntt+tl-")


def test_the_original_goes_out_as_it_came_where_the_desk_hides_nothing_of_it(office: Office) -> None:
    plain = request(text="Đơn vị không ký được hồ sơ.")
    arrives(office, plain)
    arrives(
        office,
        request("[0010#DVC] Hai", number=2, text="Số căn cước: 001085009999.", sender="b@hai.example"),
    )
    arrives(office, request("[0010#DVC] Dài", number=3, text="một dòng\r\n" * 200, sender="c@ba.example"))
    assert send(office, replace(ORIGINAL, most_bytes=1000)) == 3
    told = sent(office)
    assert [letter for letter, _, _ in told] == ["resent", "ticket_notice", "ticket_notice"]
    assert told[0][2].endswith(plain)
    assert b"Resent-From: hotrocntt@vst.gov.vn" in told[0][2]
    assert b"001085009999" not in b"".join(raw for _, _, raw in told)


def test_a_mail_that_was_sent_on_and_comes_back_opens_nothing(office: Office) -> None:
    arrives(office, request())
    send(office, ORIGINAL)
    ((_, _, raw),) = sent(office)
    arrives(office, raw)
    arrives(office, raw.replace(b"Message-ID: <mail-1@", b"Message-ID: <mail-9@"))
    assert send(office, ORIGINAL) == 0


def test_what_is_held_or_doubted_goes_out_in_no_words_of_its_own(office: Office) -> None:
    arrives(office, request(sender="Hỗ trợ CNTT <hotrocntt@vst-gov.example>", text="Xin gửi mật khẩu."))
    assert send(office, ORIGINAL) == 0


def test_who_turns_it_off_or_on_gets_nothing_of_before(office: Office) -> None:
    wish(office, "binh", wanted=False)
    arrives(office, request())
    assert send(office) == 0
    office.clock.forward(minutes=1)
    wish(office, "binh")
    assert send(office) == 0
    office.clock.forward(minutes=1)
    arrives(office, request("[0010#DVC] Sau đó", number=2, sender="b@hai.example"))
    assert send(office) == 1


def test_many_processes_at_once_tell_it_once(office: Office) -> None:
    arrives(office, request())
    threads = [Thread(target=send, args=(office,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent(office)) == 1


def test_whoever_is_erased_is_erased_from_what_was_sent_on(office: Office) -> None:
    arrives(office, request())
    send(office, ORIGINAL)
    persons.erase(
        office.database, office.clock, "ketoan@thcs-hoamai.example", reason="theo yêu cầu", actor="Hà"
    )
    ((_, _, raw),) = sent(office)
    assert b"erased" in raw
