"""Whether a mail with a reply code acts, and what it says."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from support.office import request, shipped_rules

from triage.core.bymail import judge_staff_mail, staff_reason, why_refused
from triage.core.decide import decide
from triage.core.decision import ActByMail, FileQuietly, Kind, MarkDuplicate, NoReply, OpenTicket
from triage.core.document import document
from triage.core.facts import NO_FACTS, Facts
from triage.core.parse import read_mail
from triage.core.staffmail import (
    CodeState,
    StaffAct,
    StaffMail,
    StaffMailFact,
    StaffRefusal,
    said_in,
)

BINH = "binh@kbnn.example"
PROVEN = "mx1.vst.gov.vn; dkim=pass header.d=kbnn.example; dmarc=pass header.from=kbnn.example"
GOOD = StaffMailFact(
    CodeState.GOOD, 7, "binh", BINH, enabled=True, ticket_id=1, code="SD261116-000001",
    sees=True, may_note=True, reachable=True,
)  # fmt: skip
SENDS = replace(GOOD, may_send=True)
NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)


def staff(
    text: str = "Đã gọi lại cho đơn vị.", sender: str = BINH, results: str = PROVEN, **more: str
) -> bytes:
    return request("Re: việc này", sender=sender, text=text, authentication_results=results, **more)


def judged(
    raw: bytes, fact: StaffMailFact = GOOD, kind: Kind = Kind.REQUEST, **facts: Any
) -> StaffMail | None:
    known = replace(NO_FACTS, staff_mail=fact, **facts)
    return judge_staff_mail(read_mail(raw), kind, known, shipped_rules())


ANSWERS = "#traloi\nĐơn vị đã được mở khóa, đề nghị đăng nhập lại."


@pytest.mark.parametrize(
    ("text", "fact", "act"),
    [
        ("Đã gọi lại cho đơn vị.", GOOD, StaffAct.NOTE),
        ("Đã gọi lại cho đơn vị.", SENDS, StaffAct.NOTE),
        ("Trả lời: đã gọi rồi.", SENDS, StaffAct.NOTE),
        (ANSWERS, GOOD, StaffAct.PROPOSAL),
        (ANSWERS, SENDS, StaffAct.ANSWER),
        (ANSWERS.replace("#traloi", "#Trả lời"), SENDS, StaffAct.ANSWER),
        ("Đã gọi lại.", replace(GOOD, closed=True, reachable=False), StaffAct.NOTE),
    ],
)
def test_a_mail_is_a_note_unless_it_is_marked(text: str, fact: StaffMailFact, act: StaffAct) -> None:
    found = judged(staff(text), fact)
    assert found
    assert (found.act, found.refused) == (act, None)


FAILED = "mx1.vst.gov.vn; dkim=fail; dmarc=fail header.from=kbnn.example"
ELSEWHERE = "mx1.vst.gov.vn; dkim=pass header.d=xau.example; spf=pass smtp.mailfrom=xau.example"


@pytest.mark.parametrize(
    ("raw", "fact", "why"),
    [
        (staff(sender="binh@xau.example"), GOOD, StaffRefusal.OTHER_SENDER),
        (staff(sender="chi@kbnn.example"), GOOD, StaffRefusal.OTHER_SENDER),
        (staff(), replace(GOOD, email=""), StaffRefusal.OTHER_SENDER),
        (staff(results=FAILED), GOOD, StaffRefusal.NOT_PROVEN),
        (staff(results=ELSEWHERE), GOOD, StaffRefusal.NOT_PROVEN),
        (staff(results=""), GOOD, StaffRefusal.NOT_PROVEN),
        (staff(results=PROVEN.replace("mx1.", "mx2.")), GOOD, StaffRefusal.NOT_PROVEN),
        (staff(sender=f"{BINH}, chi@kbnn.example"), GOOD, StaffRefusal.NOT_PROVEN),
        (
            b"From: chi@kbnn.example\r\n" + staff(),
            replace(GOOD, email="chi@kbnn.example"),
            StaffRefusal.NOT_PROVEN,
        ),
        (staff(), replace(GOOD, state=CodeState.SEVERAL), StaffRefusal.SEVERAL),
        (staff(), replace(GOOD, state=CodeState.UNKNOWN), StaffRefusal.UNKNOWN),
        (staff(), replace(GOOD, state=CodeState.OVER), StaffRefusal.OVER),
        (staff(), replace(GOOD, enabled=False), StaffRefusal.DISABLED),
        (staff(), replace(GOOD, sees=False), StaffRefusal.NO_RIGHT),
        (staff(), replace(GOOD, may_note=False), StaffRefusal.NO_RIGHT),
        (staff("#traloi"), SENDS, StaffRefusal.EMPTY),
        (staff("dài " * 20_000), GOOD, StaffRefusal.LONG),
        (staff(), replace(GOOD, said_before=True), StaffRefusal.REPEATED),
        (staff(ANSWERS), replace(SENDS, closed=True), StaffRefusal.CLOSED),
        (staff(ANSWERS), replace(SENDS, reachable=False), StaffRefusal.NOBODY),
        (staff("#traloi\nXin cho biết mật khẩu của đơn vị."), SENDS, StaffRefusal.STOPPED),
        (staff("#traloi\nVào https://xau.example/x để tải."), GOOD, StaffRefusal.STOPPED),
    ],
)
def test_whatever_is_lacking_refuses_and_is_said_without_repeating_the_mail(
    raw: bytes, fact: StaffMailFact, why: StaffRefusal
) -> None:
    found = judged(raw, fact)
    assert found
    assert (found.act, found.refused) == (None, why)
    told = why_refused(found)
    assert told
    assert "xau.example" not in told
    assert staff_reason(found).code == f"by_mail.refused_{why.value}"


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.LIST, Kind.OWN])
def test_what_a_machine_sends_neither_acts_nor_is_told(kind: Kind) -> None:
    assert judged(staff(), kind=kind) is None
    assert judged(staff(return_path="<>")) is None
    assert judged(staff(), imported=True) is None


def decided(raw: bytes, facts: Facts) -> Any:
    return decide(read_mail(raw), facts, shipped_rules(), NOON)


def test_the_decision_acts_files_or_goes_on_as_any_other_mail() -> None:
    acts = decided(staff(), replace(NO_FACTS, staff_mail=GOOD))
    assert (acts.kind, acts.outcome) == (Kind.STAFF, ActByMail(StaffAct.NOTE, 1, "SD261116-000001"))
    assert isinstance(acts.reply, NoReply)
    assert document(acts)["staff_mail"]["act"] == "note"
    refused = decided(staff(results=""), replace(NO_FACTS, staff_mail=GOOD))
    assert (refused.kind, refused.outcome) == (Kind.STAFF, FileQuietly(None, None))
    stranger = decided(staff(sender="unit@truong.example", results=""), replace(NO_FACTS, staff_mail=GOOD))
    assert isinstance(stranger.outcome, OpenTicket)
    assert stranger.staff_mail.refused is StaffRefusal.OTHER_SENDER
    again = decided(staff(), replace(NO_FACTS, staff_mail=GOOD, acted_mail_id=3))
    assert (again.outcome, again.staff_mail) == (MarkDuplicate(3), None)


def test_an_absence_note_to_a_digest_is_filed_and_nothing_more() -> None:
    raw = staff("Tôi đang nghỉ phép.", auto_submitted="auto-replied")
    found = decided(raw, replace(NO_FACTS, staff_mail=GOOD))
    assert (found.kind, found.staff_mail) == (Kind.AUTO_REPLY, None)
    assert isinstance(found.outcome, FileQuietly)


def test_a_fact_is_given_back_as_it_was_stored() -> None:
    known = replace(NO_FACTS, staff_mail=SENDS)
    assert Facts.from_json(known.as_json()) == known


def test_quotes_signature_codes_and_mark_are_no_words_of_the_mail() -> None:
    text = (
        f"TL-{'A2' * 20}\n\n#traloi\nĐã xong.\n\nTrân trọng,\nNguyễn Văn Bình\nKBNN Hà Nội, ĐT 0900 000 001"
        "\n\nVào 08:00, Hỗ trợ <hotrocntt@vst.gov.vn> viết:\n> Mời xem phiếu."
    )
    said = said_in(read_mail(staff(text)))
    assert (said.text, said.to_unit) == ("Đã xong.\n\nTrân trọng,", True)


def test_the_same_words_have_one_key_on_one_ticket_of_one_person() -> None:
    said = said_in(read_mail(staff("Đã gọi.\n\nXong.")))
    again = said_in(read_mail(staff("Đã gọi.   Xong.")))
    assert said.key(1, 7) == again.key(1, 7)
    assert len({said.key(1, 7), said.key(2, 7), said.key(1, 8), replace(said, to_unit=True).key(1, 7)}) == 4
    assert len(said.key(1, 7)) <= 64
