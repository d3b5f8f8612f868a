"""Answers that people write: what they do to a ticket, who gets them, and how they are taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from sqlalchemy import delete
from support.office import OUR_ADDRESS, Office, open_office, request
from support.oneticket import CODE, last_event, person, ticket
from support.searching import find, index_anew

from triage.core.people import Person, Role
from triage.db import drafts, outbox
from triage.db.schema import ticket_events
from triage.errors import RefusedActError
from triage.ports import Delivered, Submission
from triage.service import changes, drafting
from triage.service.answering import Answer, ChangedSinceError, StoppedError, recall, send
from triage.service.deliver import deliver_batch
from triage.service.errands import Doing, Errand, run

TEXT = "Đơn vị đã được mở khóa.\n\nĐề nghị đăng nhập lại & kiểm tra."


class Postman:
    """Takes every letter."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []

    def send(self, recipient: str, raw: bytes) -> Submission:
        self.letters.append((recipient, raw))
        return Delivered("250 ok")

    def close(self) -> None:
        return None


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        office.store(request(sender="Trần Thị Bích <bich@mot.example>"))
        office.process()
        deliver(office)
        yield office


@pytest.fixture
def lan(office: Office) -> Person:
    return person(office, "lan", Role.AGENT)


def deliver(office: Office) -> list[tuple[str, EmailMessage]]:
    postman = Postman()
    while deliver_batch(postman, office.database, office.clock, "worker"):
        pass
    return [
        (to, cast("EmailMessage", message_from_bytes(raw, policy=policy.default)))
        for to, raw in postman.letters
    ]


def answer(office: Office, who: Person, text: str = TEXT, key: str = "key-1", **values: object) -> int:
    errand = Errand(who, CODE, key, "Sẽ gửi.", version=ticket(office).version)
    done = send(office.database, office.means, errand, Answer(text, **values), recall_seconds=20)  # type: ignore[arg-type]
    return int(done["letter"])


def take_back(office: Office, who: Person, letter: int, key: str = "key-2") -> None:
    recall(office.database, office.means, Errand(who, CODE, key, "Đã thu hồi."), letter)


def draft(office: Office, who: Person) -> str:
    with office.database.read() as connection:
        found = drafts.find(connection, ticket(office).id, who.id, drafts.ANSWER)
    return found.body if found else ""


def test_an_answer_goes_to_who_wrote_last_in_his_thread_and_his_reply_comes_back(
    office: Office, lan: Person
) -> None:
    answer(office, lan)
    assert deliver(office) == []
    office.clock.forward(seconds=21)
    [(to, letter)] = deliver(office)
    assert to == "bich@mot.example"
    assert letter["To"] == "bich@mot.example"
    assert letter["In-Reply-To"] == "<mail-1@thcs-hoamai.example>"
    assert letter["Auto-Submitted"] == "no"
    assert "X-Auto-Response-Suppress" not in letter
    assert letter["Subject"].startswith(f"Re: [{CODE}]")
    for part in ("plain", "html"):
        body = cast("EmailMessage", letter.get_body((part,))).get_content()
        for words in (
            "Đơn vị đã được mở khóa.",
            CODE,
            "02462764300",
            OUR_ADDRESS,
            "không bao giờ hỏi mật khẩu",
        ):
            assert words in body
        assert "tự động để xác nhận" not in body
    assert (ticket(office).status, ticket(office).assignee) == ("waiting", "lan")
    reply = request(
        "Re: cảm ơn", number=7, sender="bich@mot.example", in_reply_to=letter["Message-ID"], text="Xong rồi."
    )
    office.store(reply)
    office.process()
    assert ticket(office).status == "in_progress"
    assert last_event(office)[0] == "mail_added"


def test_an_answer_may_close_and_is_counted_as_the_first_one(office: Office, lan: Person) -> None:
    answer(office, lan, close="solved", after="next")
    row = ticket(office)
    assert (row.status, row.outcome, row.answered_at) == ("closed", "solved", office.clock.now())
    assert last_event(office)[1]["text"] == TEXT


def test_an_answer_taken_back_in_time_leaves_all_as_it_was(office: Office, lan: Person) -> None:
    before = ticket(office)
    letter = answer(office, lan, close="solved")
    take_back(office, lan, letter)
    office.clock.forward(seconds=60)
    assert deliver(office) == []
    assert draft(office, lan) == TEXT
    after = ticket(office)
    unchanged = ("status", "assignee", "answered_at", "closed_at", "outcome", "due_at", "queue")
    assert all(getattr(after, name) == getattr(before, name) for name in unchanged)
    answer(office, lan, draft(office, lan), key="key-3")
    office.clock.forward(seconds=21)
    assert len(deliver(office)) == 1


def test_an_answer_is_found_by_its_words_until_it_is_taken_back(office: Office, lan: Person) -> None:
    letter = answer(office, lan, "Đơn vị xóa bộ nhớ đệm zyxwvut rồi thử lại.")
    assert [hit.kind for hit in find(office, "bộ nhớ đệm").hits] == ["letter"]
    assert index_anew(office) == 1
    assert [hit.kind for hit in find(office, "zyxwvut to:bich").hits] == ["letter"]
    take_back(office, lan, letter)
    assert find(office, "zyxwvut").total == 0
    assert index_anew(office) == 1
    assert find(office, "zyxwvut").total == 0


def test_no_answer_is_found_by_what_every_answer_says(office: Office, lan: Person) -> None:
    answer(office, lan, "Kính gửi Quý đơn vị,\n\nĐơn vị thử lại.\n\nTrân trọng.")
    for _ in range(2):
        assert [hit.kind for hit in find(office, '"đơn vị thử lại"').hits] == ["letter"]
        for typed in ('"truy cập máy tính từ xa"', '"kính gửi quý đơn vị"', "an toàn thông tin"):
            assert find(office, typed).total == 0, typed
        assert index_anew(office) == 1


def test_an_answer_of_which_the_history_tells_nothing_is_indexed_whole(office: Office, lan: Person) -> None:
    answer(office, lan, "Đơn vị xóa bộ nhớ đệm zyxwvut rồi thử lại.")
    with office.database.write() as connection:
        connection.execute(delete(ticket_events).where(ticket_events.c.verb == "answered"))
    assert index_anew(office) == 1
    assert [hit.kind for hit in find(office, "zyxwvut").hits] == ["letter"]


def test_too_late_is_told_and_nothing_changes(office: Office, lan: Person) -> None:
    letter = answer(office, lan)
    office.clock.forward(seconds=20)
    before = ticket(office)
    with pytest.raises(RefusedActError) as told:
        take_back(office, lan, letter)
    assert told.value.code == "recall_late"
    assert ticket(office) == before
    assert len(deliver(office)) == 1


def test_only_who_wrote_it_takes_an_answer_back(office: Office, lan: Person) -> None:
    letter = answer(office, lan)
    minh = person(office, "minh", Role.AGENT)
    with pytest.raises(RefusedActError):
        take_back(office, minh, letter)
    take_back(office, lan, letter)


def test_what_was_begun_meanwhile_is_not_lost_by_taking_back(office: Office, lan: Person) -> None:
    letter = answer(office, lan)
    drafting.keep(office.database, office.clock, lan, CODE, sort="answer", body="Thêm nữa", version=None)
    take_back(office, lan, letter)
    assert draft(office, lan) == f"{TEXT}\n\nThêm nữa"


def test_of_taking_back_and_sending_exactly_one_gets_the_letter(office: Office, lan: Person) -> None:
    for number in range(8):
        letter = answer(office, lan, key=f"answer-{number}")
        office.clock.forward(seconds=19.999)

        def try_back(number: int = number, letter: int = letter) -> bool:
            try:
                take_back(office, lan, letter, key=f"recall-{number}")
            except RefusedActError:
                return False
            return True

        def move_and_deliver() -> int:
            office.clock.forward(seconds=1)
            return len(deliver(office))

        with ThreadPoolExecutor(2) as pool:
            back, sent = pool.submit(try_back), pool.submit(move_and_deliver)
        assert back.result() + sent.result() == 1


def test_the_same_form_twice_sends_one_letter_also_at_once(office: Office, lan: Person) -> None:
    with ThreadPoolExecutor(3) as pool:
        letters = set(pool.map(lambda _: answer(office, lan), range(4)))
    assert len(letters) == 1
    with office.database.read() as connection:
        names = [one.letter for one in outbox.listed(connection)]
    assert names.count("answer") == 1


def test_whoever_did_not_see_what_changed_is_asked_first(office: Office, lan: Person) -> None:
    minh, seen = person(office, "minh", Role.AGENT), ticket(office).version

    def note(do: Doing) -> None:
        changes.note(do.connection, do.now, do.ticket, "Tôi đang gọi cho đơn vị.", actor=do.actor)

    def try_to_send(key: str, *, anyway: bool = False) -> None:
        errand = Errand(lan, CODE, key, "x", version=seen)
        send(office.database, office.means, errand, Answer(TEXT, anyway=anyway), recall_seconds=20)

    run(office.database, office.clock, Errand(lan, CODE, "n-1", "x"), "note", note)
    run(office.database, office.clock, Errand(minh, CODE, "n-2", "x"), "note", note)
    with pytest.raises(ChangedSinceError):
        try_to_send("key-5")
    try_to_send("key-5", anyway=True)
    assert ticket(office).status == "waiting"


def test_what_one_did_oneself_is_no_news(office: Office, lan: Person) -> None:
    seen = ticket(office).version
    errand = Errand(lan, CODE, "n-1", "x")
    run(
        office.database,
        office.clock,
        errand,
        "note",
        lambda do: changes.note(do.connection, do.now, do.ticket, "x", actor=do.actor),
    )
    send(
        office.database,
        office.means,
        Errand(lan, CODE, "key-1", "x", version=seen),
        Answer(TEXT),
        recall_seconds=20,
    )


@pytest.mark.parametrize("text", ["Đề nghị gửi mật khẩu.", "Xem https://a.example", "Vui lòng cài AnyDesk."])
def test_what_must_not_go_out_is_stopped_and_leaves_no_letter(office: Office, lan: Person, text: str) -> None:
    before = ticket(office)
    with pytest.raises(StoppedError) as stopped:
        answer(office, lan, text, anyway=True)
    assert stopped.value.objections
    assert ticket(office) == before
    office.clock.forward(seconds=60)
    assert deliver(office) == []


def test_headers_and_templates_in_what_people_write_stay_text(office: Office, lan: Person) -> None:
    answer(office, lan, "{{ 7*7 }} {% include 'x' %}\r\nBcc: ai@xau.example\r\n.\r\n<b>đậm</b>")
    office.clock.forward(seconds=21)
    [(to, letter)] = deliver(office)
    assert to == "bich@mot.example"
    assert "Bcc" not in letter
    text = cast("EmailMessage", letter.get_body(("plain",))).get_content()
    html = cast("EmailMessage", letter.get_body(("html",))).get_content()
    assert "{{ 7*7 }} {% include 'x' %}" in text
    assert "&lt;b&gt;đậm&lt;/b&gt;" in html


def test_an_impostor_who_wrote_last_is_never_answered(office: Office, lan: Person) -> None:
    office.store(
        request("[0010#DVC] Hỏi", number=9, sender="Đội hỗ trợ <hotrocntt@vst-gov.vn>", text="Gửi mật khẩu.")
    )
    office.process()
    held = "SD261116-000002"
    with pytest.raises(RefusedActError) as told:
        send(
            office.database,
            office.means,
            Errand(lan, held, "key-9", "x"),
            Answer(TEXT),
            recall_seconds=20,
        )
    assert told.value.code == "nobody_to_answer"


def test_answers_of_people_do_not_use_up_the_cap_of_automatic_letters(office: Office, lan: Person) -> None:
    most = office.means.rules.replies.ticket_per_day
    for number in range(most + 1):
        answer(office, lan, key=f"answer-{number}")
        office.clock.forward(seconds=21)
    deliver(office)
    office.store(request(number=5, sender="bich@mot.example", subject=f"Re: [{CODE}] thêm"))
    office.process()
    assert [to for to, letter in deliver(office) if letter["X-Triage-Letter"] == "follow_up"] == [
        "bich@mot.example"
    ]
