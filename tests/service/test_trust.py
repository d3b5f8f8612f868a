"""Releasing and confirming: one act, one letter at most, and an impostor is known again."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from support.office import OUR_ADDRESS, Office, open_office, request

from triage.core.decision import SECURITY
from triage.core.reading import Question
from triage.core.senderlists import ListSort
from triage.core.tickets import TicketStatus
from triage.core.tokens import hash_of
from triage.db import facts, history, outbox, tickets
from triage.db.schema import decisions, mail_marks, outbox as outbox_table
from triage.errors import NotFoundError, RefusalError
from triage.service import auditing, desk, replay, senders, trust

FIRST = "SD261116-000001"
SECOND = "SD261116-000002"
IMPOSTOR = "Hỗ trợ Kho bạc Nhà nước <hotro@kbnn-hotro-cntt.com>"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321. Tổng đài 02462764300."
UNIT = "Kế toán <ketoan@khobac-hoamai.example>"
PASSED = "mx1.vst.gov.vn; dkim=pass header.d={0}; dmarc=pass header.from={0}"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def take_in(office: Office, *raws: bytes) -> dict[str, int]:
    office.store(*raws)
    return office.process().outcomes


def hold(office: Office, number: int = 1, **how: str) -> None:
    told = {"sender": IMPOSTOR, "text": BAIT} | how
    mail = request("[3110#DVC] Cập nhật tài khoản", number=number, **told)
    assert take_in(office, mail) == {"hold": 1}


def letters(office: Office) -> list[tuple[str, str | None, str]]:
    with office.database.read() as connection:
        return [(row.letter, row.ticket_code, row.recipient) for row in reversed(outbox.listed(connection))]


def ticket(office: Office, code: str) -> tickets.TicketRow:
    with office.database.read() as connection:
        return desk.find(connection, code)


def events(office: Office, code: str) -> list[tuple[str, str]]:
    with office.database.read() as connection:
        return [(one.verb, one.actor) for one in history.events(connection, desk.find(connection, code).id)]


def release(office: Office, code: str = FIRST) -> trust.Released:
    return trust.release(office.database, office.means, code, actor="agent")


def confirm(office: Office, code: str = FIRST) -> trust.Confirmed:
    return trust.confirm_impostor(
        office.database, office.means, code, reason="đã gọi lại đơn vị", actor="agent"
    )


def put(office: Office, sort: ListSort, entry: str, until: date | None = None) -> senders.Added:
    return senders.add(
        office.database, office.means, sort, entry, reason="đã xác minh", actor="agent", until=until
    )


def entries(office: Office, sort: ListSort | None = None, *, past: bool = False) -> set[str]:
    return {row.entry for row in senders.listed(office.database, office.means, sort=sort, past=past)}


def answer(office: Office) -> None:
    """Deliver every letter, as far as the database can tell."""
    with office.database.write() as connection:
        connection.execute(update(outbox_table).values(state="sent", sent_at=office.clock.now()))


def test_a_held_mail_is_answered_once_and_only_after_its_release(office: Office) -> None:
    hold(office)
    assert (ticket(office, FIRST).status, ticket(office, FIRST).queue) == (TicketStatus.HELD, SECURITY)
    assert letters(office) == []
    released = release(office)
    assert (released.queue, released.letter, released.why_none) == ("3110", "acknowledgement", None)
    assert (ticket(office, FIRST).status, ticket(office, FIRST).queue) == (TicketStatus.NEW, "3110")
    assert letters(office) == [("acknowledgement", FIRST, "hotro@kbnn-hotro-cntt.com")]
    assert events(office, FIRST) == [("opened", "triage"), ("released", "agent")]
    with pytest.raises(RefusalError, match=r"is not held; it is new"):
        release(office)
    assert len(letters(office)) == 1


def test_of_several_people_who_release_at_once_one_does(office: Office) -> None:
    hold(office)
    refused: list[str] = []

    def act() -> None:
        try:
            release(office)
        except RefusalError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    assert len(letters(office)) == 1
    assert [verb for verb, _ in events(office, FIRST)] == ["opened", "released"]


def test_a_release_stands_beside_the_first_decision_and_can_be_decided_again(office: Office) -> None:
    hold(office)
    release(office)
    with office.database.read() as connection:
        rows = connection.execute(
            select(decisions.c.acting, decisions.c.facts).order_by(decisions.c.id)
        ).all()
    assert [(row.acting, row.facts["released"]) for row in rows] == [(True, False), (False, True)]
    assert list(replay.compare(office.database, office.means, [1])) == []


def test_a_second_delivery_of_a_released_mail_is_a_duplicate(office: Office) -> None:
    hold(office)
    release(office)
    raw = request("[3110#DVC] Cập nhật tài khoản", sender=IMPOSTOR, text=BAIT)
    assert take_in(office, b"X-Copy: 2\r\n" + raw) == {"duplicate": 1}
    assert len(letters(office)) == 1


def test_the_letter_of_a_late_release_promises_no_time_that_is_past(office: Office) -> None:
    hold(office)
    due_at = ticket(office, FIRST).due_at
    office.clock.forward(days=3)
    release(office)
    with office.database.read() as connection:
        content = outbox.content_of(connection, 1)
    assert content
    assert "17/11/2026" not in content.decode("ascii")
    assert ticket(office, FIRST).due_at == due_at
    assert list(replay.compare(office.database, office.means, [1])) == []


def test_a_released_mail_that_nobody_may_answer_is_not_answered(office: Office) -> None:
    hold(office, auto_submitted="auto-generated")
    released = release(office)
    assert released.letter is None
    assert released.why_none is not None
    assert ticket(office, FIRST).status == TicketStatus.NEW
    assert letters(office) == []


def test_a_further_mail_draws_no_letter_while_the_first_is_held(office: Office) -> None:
    hold(office)
    further = request(
        "Nhắc lại", number=2, sender="x@kbnn-hotro-cntt.com", in_reply_to="<mail-1@thcs-hoamai.example>"
    )
    take_in(office, further)
    assert letters(office) == []


def test_only_what_is_held_can_be_released(office: Office) -> None:
    take_in(office, request())
    with pytest.raises(RefusalError, match="is not held"):
        release(office)
    with pytest.raises(NotFoundError):
        release(office, SECOND)


def test_a_confirmed_impostor_is_watched_by_all_that_is_his_and_by_nothing_else(office: Office) -> None:
    hold(office, reply_to="ho.tro.kbnn@gmail.com")
    confirmed = confirm(office)
    assert set(confirmed.watched) == {
        "hotro@kbnn-hotro-cntt.com",
        "kbnn-hotro-cntt.com",
        "ho.tro.kbnn@gmail.com",
        "0987654321",
    }
    assert confirmed.spared == ("gmail.com",)
    assert entries(office, ListSort.WATCH) == set(confirmed.watched)
    closed = ticket(office, FIRST)
    assert (closed.status, closed.queue, closed.verdict) == (TicketStatus.CLOSED, SECURITY, "impersonation")
    assert closed.closed_at == office.clock.now()
    assert events(office, FIRST)[-1] == ("confirmed_impostor", "agent")
    with office.database.read() as connection:
        event = history.events(connection, closed.id)[-1]
    assert (event.data["outcome"], event.data["reason"]) == ("impostor", "đã gọi lại đơn vị")
    [row] = [row for row in senders.listed(office.database, office.means) if row.kind == "phone"]
    assert (row.entry, row.ticket_code, row.author) == ("0987654321", FIRST, "agent")
    assert row.reason == f"{FIRST}: đã gọi lại đơn vị"
    assert letters(office) == []


def test_an_impostor_cannot_be_confirmed_twice_or_without_a_reason(office: Office) -> None:
    hold(office)
    with pytest.raises(RefusalError, match="takes a reason"):
        trust.confirm_impostor(office.database, office.means, FIRST, reason=" ", actor="agent")
    confirm(office)
    with pytest.raises(RefusalError, match="is closed"):
        confirm(office)
    with pytest.raises(RefusalError, match="is not held; it is closed"):
        release(office)


NEXT = [
    {"sender": "thanh@kbnn-hotro-cntt.com"},
    {"sender": "thanh@mail.kbnn-hotro-cntt.com"},
    {"sender": "a@hoamai.example", "reply_to": "hotro@kbnn-hotro-cntt.com"},
    {"sender": "a@hoamai.example", "text": "Gửi ngay mật khẩu và OTP qua Zalo: +84 987.654.321"},
]


@pytest.mark.parametrize("how", NEXT, ids=["domain", "below it", "Reply-To", "Zalo"])
def test_the_next_mail_of_a_confirmed_impostor_is_held(office: Office, how: dict[str, str]) -> None:
    hold(office)
    confirm(office)
    told = {"text": "Kính gửi đơn vị, mời xem thông báo mới."} | how
    assert take_in(office, request("Thông báo", number=2, **told)) == {"hold": 1}
    assert letters(office) == []


def test_who_names_a_watched_number_and_asks_nothing_is_flagged_and_not_answered(office: Office) -> None:
    hold(office)
    confirm(office)
    mail = request("Liên hệ", number=2, sender="a@hoamai.example", text="Kết bạn Zalo 0987654321 nhé.")
    assert take_in(office, mail) == {"open_ticket": 1}
    assert ticket(office, SECOND).verdict == "suspicious"
    assert letters(office) == []


def test_old_mail_of_a_confirmed_impostor_is_found_again(office: Office) -> None:
    old = [
        request("[0010#DVC] Hỏi", number=1, sender="x@tiep-nhan.example", text="Mời gọi 0987.654.321."),
        request("[0010#DVC] Hỏi", number=2, sender="ketoan@thcs-hoamai.example"),
        request("[0010#DVC] Hỏi", number=3, sender="thanh@kbnn-hotro-cntt.com"),
    ]
    take_in(office, *old)
    hold(office, number=4)
    held = "SD261116-000004"
    confirmed = confirm(office, held)
    found = {(one.ticket_code, one.mark) for one in confirmed.seen_again}
    assert found == {(FIRST, "0987654321"), ("SD261116-000003", "kbnn-hotro-cntt.com")}
    assert events(office, FIRST)[-1] == ("seen_again", "agent")
    assert events(office, SECOND)[-1][0] == "opened"
    assert "seen_again" not in [verb for verb, _ in events(office, held)]
    with office.database.read() as connection:
        event = history.events(connection, desk.find(connection, FIRST).id)[-1]
    assert (event.mail_id, event.data) == (1, {"marks": ["0987654321"], "ticket": held})


def test_mail_older_than_ninety_days_is_left_in_peace(office: Office) -> None:
    office.store(
        request(number=1, sender="thanh@kbnn-hotro-cntt.com"),
        received_at=office.clock.now() - timedelta(days=91),
    )
    office.process()
    office.store(request(number=2, sender=IMPOSTOR, text=BAIT))
    office.process()
    assert confirm(office, FIRST).seen_again == ()


def test_a_known_unit_whose_name_was_borrowed_is_not_watched(office: Office) -> None:
    take_in(office, request(number=1))
    desk.close(office.database, office.clock, FIRST, note="xong", actor="agent")
    forged = request(
        number=2,
        text=BAIT,
        reply_to="kbnn@evil.example",
        authentication_results="mx1.vst.gov.vn; dmarc=fail header.from=thcs-hoamai.example",
    )
    assert take_in(office, forged) == {"open_ticket": 1}
    confirmed = confirm(office, SECOND)
    assert set(confirmed.spared) == {"ketoan@thcs-hoamai.example", "thcs-hoamai.example"}
    assert {"kbnn@evil.example", "evil.example", "0987654321"} == set(confirmed.watched)


def test_an_impostor_who_drew_automatic_letters_before_is_watched_all_the_same(office: Office) -> None:
    take_in(office, *(request(number=n, sender=f"{name}@mang-so.example") for n, name in enumerate("ab")))
    answer(office)
    hold(office, number=3, sender="Hỗ trợ Kho bạc Nhà nước <a@mang-so.example>")
    assert {"a@mang-so.example", "mang-so.example"} <= set(confirm(office, "SD261116-000003").watched)


def test_the_stolen_mailbox_of_a_known_unit_is_watched_and_its_colleagues_are_not(office: Office) -> None:
    take_in(office, request(number=1))
    desk.close(office.database, office.clock, FIRST, note="xong", actor="agent")
    stolen = request(
        number=2,
        sender="hieutruong@thcs-hoamai.example",
        text=BAIT,
        authentication_results=PASSED.format("thcs-hoamai.example"),
    )
    assert take_in(office, stolen) == {"open_ticket": 1}
    confirmed = confirm(office, SECOND)
    assert "hieutruong@thcs-hoamai.example" in confirmed.watched
    assert confirmed.spared == ("thcs-hoamai.example",)


def test_a_forged_address_of_ours_or_of_the_state_is_never_watched(office: Office) -> None:
    forged = request(
        sender=f"{OUR_ADDRESS}",
        text=BAIT,
        reply_to="vanthu@sotaichinh.hoamai.gov.vn",
        authentication_results="mx1.vst.gov.vn; dmarc=fail header.from=vst.gov.vn",
    )
    assert take_in(office, forged) == {"hold": 1}
    assert confirm(office).watched == ("0987654321",)


def test_the_sender_of_a_report_is_not_confirmed_as_the_impostor(office: Office) -> None:
    report = request(
        "Báo cáo có người mạo danh cán bộ Kho bạc",
        text="Đơn vị vừa nhận được cuộc gọi của người tự xưng là cán bộ Kho bạc, số 0987 654 321, mạo danh "
        "để xin mật khẩu. Xin báo cáo để Đội hỗ trợ biết.",
    )
    take_in(office, report)
    with pytest.raises(RefusalError, match="reports an impostor"):
        confirm(office)
    assert ticket(office, FIRST).status != TicketStatus.CLOSED


def test_an_impostor_whom_somebody_had_allowed_is_allowed_no_more(office: Office) -> None:
    put(office, ListSort.ALLOW, "khobac-hoamai.example")
    assert take_in(office, request(sender=UNIT, text=BAIT)) == {"open_ticket": 1}
    confirm(office)
    assert entries(office, ListSort.ALLOW) == set()
    assert "khobac-hoamai.example" in entries(office, ListSort.WATCH)


def test_an_allowed_sender_is_answered_until_the_entry_ends(office: Office) -> None:
    take_in(office, request(number=1, sender=UNIT))
    assert letters(office) == []
    put(office, ListSort.ALLOW, "ketoan@khobac-hoamai.example", date(2026, 11, 17))
    take_in(office, request(number=2, sender=UNIT))
    assert len(letters(office)) == 1
    office.clock.forward(days=1, hours=14)  # 23:30 of the last day in Hanoi
    take_in(office, request(number=3, sender=UNIT))
    assert len(letters(office)) == 2
    office.clock.forward(hours=1)
    take_in(office, request(number=4, sender=UNIT))
    assert len(letters(office)) == 2
    assert entries(office) == set()
    assert entries(office, past=True) == {"ketoan@khobac-hoamai.example"}


def test_a_blocked_sender_is_held_until_the_entry_is_taken_off(office: Office) -> None:
    put(office, ListSort.BLOCK, "thcs-hoamai.example")
    assert take_in(office, request(number=1)) == {"hold": 1}
    with pytest.raises(RefusalError, match="takes a reason"):
        senders.remove(office.database, office.means, "thcs-hoamai.example", reason=" ", actor="b")
    taken = senders.remove(office.database, office.means, "thcs-hoamai.example", reason="nhầm", actor="b")
    assert taken == (ListSort.BLOCK,)
    assert take_in(office, request(number=2)) == {"open_ticket": 1}
    [row] = senders.listed(office.database, office.means, past=True)
    assert (row.author, row.removed_by, row.removed_at) == ("agent", "b", office.clock.now())
    assert row.removed_reason == "nhầm"
    with pytest.raises(NotFoundError, match="is on no list"):
        senders.remove(office.database, office.means, "thcs-hoamai.example", reason="x", actor="b")


def test_who_keeps_the_lists_is_in_the_audit_and_no_address_is(office: Office) -> None:
    put(office, ListSort.BLOCK, "xau.example")
    put(office, ListSort.WATCH, "xau.example")
    with pytest.raises(RefusalError):
        put(office, ListSort.BLOCK, "xau.example")
    senders.remove(office.database, office.means, "xau.example", reason="nhầm", actor="b")
    rows = [one for one in auditing.listed(office.database) if one.object == "/senders"]
    digest = hash_of("xau.example")
    assert [(one.actor, one.action, one.data) for one in reversed(rows)] == [
        (actor, action, f'{{"entry":"{digest}","list":"{sort}"}}')
        for actor, action, sort in (
            ("agent", "sender_listed", "block"),
            ("agent", "sender_listed", "watch"),
            ("b", "sender_unlisted", "block"),
            ("b", "sender_unlisted", "watch"),
        )
    ]


def test_an_entry_stands_once_and_an_expired_one_makes_room(office: Office) -> None:
    put(office, ListSort.WATCH, "0987654321", date(2026, 11, 16))
    with pytest.raises(RefusalError, match="is on the watch list since 2026-11-16"):
        put(office, ListSort.WATCH, "+84 987 654 321")
    office.clock.forward(days=1)
    put(office, ListSort.WATCH, "0987654321")
    assert len(senders.listed(office.database, office.means)) == 1
    assert len(senders.listed(office.database, office.means, past=True)) == 2


def test_nobody_is_allowed_and_blocked_at_once(office: Office) -> None:
    put(office, ListSort.BLOCK, "thcs-hoamai.example")
    with pytest.raises(RefusalError, match="is on the block list"):
        put(office, ListSort.ALLOW, "thcs-hoamai.example")


REFUSED = [
    (ListSort.BLOCK, "nonsense", "is no mail address"),
    (ListSort.BLOCK, OUR_ADDRESS, "is our own"),
    (ListSort.WATCH, "024.62764300", "is our own"),
    (ListSort.BLOCK, "gmail.com", "gives mailboxes to anybody"),
    (ListSort.ALLOW, "gmail.com", "gives mailboxes to anybody"),
    (ListSort.BLOCK, "edu.vn", "is no domain but an ending"),
    (ListSort.WATCH, "vst.gov.vn", "is a domain of the state"),
    (ListSort.BLOCK, "sotaichinh.hoamai.gov.vn", "is a domain of the state"),
    (ListSort.ALLOW, "vst-gov.vn", "excuses no such likeness"),
    (ListSort.ALLOW, "0987654321", "is a phone number"),
]


@pytest.mark.parametrize(("sort", "written", "told"), REFUSED)
def test_what_may_not_be_listed_is_refused_with_the_reason(
    office: Office, sort: ListSort, written: str, told: str
) -> None:
    with pytest.raises(RefusalError, match=told):
        put(office, sort, written)
    assert entries(office, past=True) == set()


def test_an_entry_needs_a_reason_and_a_day_to_come(office: Office) -> None:
    with pytest.raises(RefusalError, match="needs a reason"):
        senders.add(office.database, office.means, ListSort.BLOCK, "a@b.example", reason=" ", actor="a")
    with pytest.raises(RefusalError, match="2026-11-15 is over"):
        put(office, ListSort.BLOCK, "a@b.example", date(2026, 11, 15))


def test_what_is_watched_by_hand_is_looked_for_in_old_mail_too(office: Office) -> None:
    take_in(office, request(text="Điện thoại của tôi 0912 345 678."))
    [seen] = put(office, ListSort.WATCH, "0912345678").seen_again
    assert (seen.mail_id, seen.ticket_code) == (1, FIRST)
    assert events(office, FIRST)[-1] == ("seen_again", "agent")


def known(office: Office, address: str) -> bool:
    """Whether the facts of a mail from an address say that its sender is known."""
    question = Question(mail_key="", thread_ids=(), codes=(), sender=address, recipient="")
    with office.database.read() as connection:
        return facts.gather(connection, question, office.clock.now()).known_sender


def test_a_sender_is_known_once_a_letter_reached_him_or_his_ticket_was_settled(office: Office) -> None:
    take_in(office, request(number=1))
    assert not known(office, "ketoan@thcs-hoamai.example")
    answer(office)
    assert known(office, "ketoan@thcs-hoamai.example")
    assert not known(office, "ketoan@thcs-h0amai.example")
    take_in(office, request(number=2, sender=UNIT))
    assert not known(office, "ketoan@khobac-hoamai.example")
    desk.close(office.database, office.clock, SECOND, note="xong", actor="agent")
    assert known(office, "ketoan@khobac-hoamai.example")
    assert not known(office, "")


def test_trust_is_earned_by_an_answer_and_counts_with_proof_alone(office: Office) -> None:
    proof = PASSED.format("khobac-hoamai.example")
    take_in(office, request(number=1, sender=UNIT, authentication_results=proof))
    desk.close(office.database, office.clock, FIRST, note="xong", actor="agent")
    take_in(office, request(number=2, sender=UNIT))
    assert letters(office) == []
    take_in(office, request(number=3, sender=UNIT, authentication_results=proof))
    assert [letter for letter, _, _ in letters(office)] == ["acknowledgement"]
    lookalike = "ketoan@khobac-h0amai.example"
    take_in(office, request(number=4, sender=lookalike, authentication_results=proof.replace("hoa", "h0a")))
    assert ticket(office, "SD261116-000004").verdict == "suspicious"


def test_a_held_ticket_that_was_merely_closed_and_a_confirmed_impostor_earn_no_trust(office: Office) -> None:
    hold(office)
    desk.close(office.database, office.clock, FIRST, note="rác", actor="agent")
    hold(office, number=2)
    release(office, SECOND)
    answer(office)
    assert known(office, "hotro@kbnn-hotro-cntt.com")
    confirm(office, SECOND)
    assert not known(office, "hotro@kbnn-hotro-cntt.com")


def test_marks_are_kept_once_for_a_mail_and_not_for_its_second_delivery(office: Office) -> None:
    raw = request()
    take_in(office, raw, b"X-Copy: 2\r\n" + raw)
    with office.database.read() as connection:
        kept = connection.execute(select(mail_marks.c.mail_id, mail_marks.c.mark)).all()
        assert connection.scalar(select(func.count()).select_from(decisions)) == 2
    assert sorted((row.mail_id, row.mark) for row in kept) == [
        (1, "0900000001"),
        (1, "ketoan@thcs-hoamai.example"),
        (1, "thcs-hoamai.example"),
    ]


DOUBTFUL = "Kế toán <ketoan@khobac-hoamai.example>"


def test_who_was_only_suspicious_is_answered_once_a_person_says_so(office: Office) -> None:
    take_in(office, request(sender=DOUBTFUL))
    with office.database.read() as connection:
        assert desk.find(connection, FIRST).verdict == "suspicious"
        assert outbox.listed(connection) == []
    assert release(office).letter == "acknowledgement"
    with office.database.read() as connection:
        ticket = desk.find(connection, FIRST)
        assert (ticket.queue, ticket.status) == ("0010", "new")
        assert [row.letter for row in outbox.listed(connection)] == ["acknowledgement"]
    with pytest.raises(RefusalError, match="is not held; it is new"):
        release(office)


def test_an_honest_ticket_has_nothing_to_release(office: Office) -> None:
    take_in(office, request())
    with pytest.raises(RefusalError, match="is not held"):
        release(office)


def test_nobody_is_made_an_impostor_by_a_slip_of_the_pen(office: Office) -> None:
    take_in(office, request())
    with pytest.raises(RefusalError, match=r"Nothing about ketoan@thcs-hoamai\.example"):
        confirm(office)
    trust.confirm_impostor(office.database, office.means, FIRST, reason="đã gọi", actor="agent", sure=True)
    assert "ketoan@thcs-hoamai.example" in entries(office, ListSort.WATCH)
