"""Lists and earlier dealings: what they change about a judgement, and what they never may."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.office import OUR_ADDRESS, RULES, request

from triage.adapters.rulefiles import load_rulebook
from triage.core.decision import Finding, SenderJudgement, Severity, Verdict
from triage.core.facts import NO_FACTS, Facts
from triage.core.firstreading import first_reading
from triage.core.listchecks import own_marks
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.sender import judge_sender
from triage.core.senderlists import (
    Entry,
    EntryKind,
    ListedSender,
    ListSort,
    exact_address,
    marks_of,
    read_entry,
)

BOOK = load_rulebook(RULES)
UNIT = "ketoan@khobac-hoamai.example"
FLAGS = {Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL}
PASSED = "mx1.vst.gov.vn; dkim=pass header.d={0}; dmarc=pass header.from={0}"
FAILED = "mx1.vst.gov.vn; dkim=fail header.d={0}; dmarc=fail header.from={0}"
BAIT = "Đề nghị đơn vị gửi mật khẩu và mã OTP qua Zalo 0987 654 321 để được hỗ trợ."
REPORT = (
    "Kính gửi Đội hỗ trợ, đơn vị chúng tôi vừa nhận được cuộc gọi từ số 0987 654 321 tự xưng là cán bộ "
    "Kho bạc, yêu cầu kế toán kết bạn Zalo và cung cấp mật khẩu. Xin hỏi có phải mạo danh không?"
)


def an_entry(written: str) -> Entry:
    entry = read_entry(written)
    assert entry is not None
    return entry


def on(sort: ListSort, *written: str) -> tuple[ListedSender, ...]:
    return tuple(ListedSender(sort, an_entry(one), "đã gọi điện kiểm tra") for one in written)


def allowed(*written: str) -> Facts:
    return replace(NO_FACTS, listed=on(ListSort.ALLOW, *written))


def watched(*written: str) -> Facts:
    return replace(NO_FACTS, listed=on(ListSort.WATCH, *written))


def a_mail(
    sender: str = UNIT, text: str = "Đơn vị không đăng nhập được.", sender_field: str = "", **headers: str
) -> Mail:
    raw = request(sender=sender, text=text, **headers)
    return read_mail(f"Sender: {sender_field}\r\n".encode() + raw if sender_field else raw)


def judged(mail: Mail, facts: Facts = NO_FACTS) -> SenderJudgement:
    return judge_sender(mail, facts, BOOK, first_reading(mail, BOOK).content)


def flags(judgement: SenderJudgement) -> set[tuple[str, str]]:
    return {(one.check, one.evidence) for one in judgement.findings if one.severity in FLAGS}


def the(check: str, judgement: SenderJudgement) -> Finding:
    [found] = [one for one in judgement.findings if one.check == check]
    return found


ENTRIES: list[tuple[str, Entry | None]] = [
    ("  Ketoan@ThcS-HoaMai.Example ", Entry(EntryKind.ADDRESS, "ketoan@thcs-hoamai.example")),
    ("<a@b.example>", Entry(EntryKind.ADDRESS, "a@b.example")),
    ("Hoa-Mai.example", Entry(EntryKind.DOMAIN, "hoa-mai.example")),
    ("@hoa-mai.example", Entry(EntryKind.DOMAIN, "hoa-mai.example")),
    ("xn--khobc-m11b.example", Entry(EntryKind.DOMAIN, "khobạc.example")),
    ("khobạc.example", Entry(EntryKind.DOMAIN, "khobạc.example")),
    ("+84 987 654 321", Entry(EntryKind.PHONE, "0987654321")),
    ("0987.654.321", Entry(EntryKind.PHONE, "0987654321")),
    ("1900 1234", Entry(EntryKind.PHONE, "19001234")),
    ("", None),
    ("ketoan", None),
    ("12345", None),
    ("a b@c.example", None),
    ("a@b", None),
    ("a@b.example\r\nBcc: c", None),
    ("-x.example", None),
    ("x..example", None),
    ("a@" + "b" * 400 + ".example", None),
]


@pytest.mark.parametrize(("written", "entry"), ENTRIES)
def test_what_a_person_types_is_read_into_one_spelling(written: str, entry: Entry | None) -> None:
    assert read_entry(written) == entry


@given(st.text(max_size=400))
def test_no_text_makes_reading_an_entry_raise(text: str) -> None:
    entry = read_entry(text)
    assert entry is None or read_entry(entry.text) == entry


def test_a_mail_is_found_by_every_identity_of_its_header_and_by_what_its_text_names() -> None:
    mail = a_mail(
        "Hỗ trợ <a@mail.evil.example>",
        text="Gọi 0987 654 321, Zalo: 0912.345.678, xem hxxp://x.tai-ve[.]example, viết c@other.example.",
        reply_to="b@gmail.com",
        sender_field="d@third.example",
    )
    marks = marks_of(mail, own_marks(BOOK), BOOK.trust.names.registrable)
    assert set(marks.header) == {
        "a@mail.evil.example",
        "mail.evil.example",
        "evil.example",
        "b@gmail.com",
        "d@third.example",
        "third.example",
    }
    assert {"0987654321", "0912345678", "c@other.example", "other.example", "tai-ve.example"} <= set(
        marks.text
    )


def test_what_is_ours_or_the_state_s_marks_no_mail() -> None:
    mail = a_mail(
        OUR_ADDRESS,
        text=f"Gọi 024.62764300, viết {OUR_ADDRESS} hoặc hotcrocntt@vst.gov.vn, xem https://dvc.vst.gov.vn/huong-dan",
    )
    assert marks_of(mail, own_marks(BOOK), BOOK.trust.names.registrable).all == ()


@settings(max_examples=50)
@given(st.binary(max_size=2000))
def test_no_mail_makes_marking_raise(raw: bytes) -> None:
    marks = marks_of(read_mail(raw), own_marks(BOOK), BOOK.trust.names.registrable)
    assert all(mark.isprintable() and len(mark) <= 400 for mark in marks.all)


def test_the_unit_of_these_tests_is_doubted_for_its_name_alone() -> None:
    judgement = judged(a_mail())
    assert judgement.verdict is Verdict.SUSPICIOUS
    assert the("DOMAIN_COMBO", judgement).severity is Severity.MEDIUM


@pytest.mark.parametrize("entry", [UNIT, "khobac-hoamai.example", UNIT.upper()])
def test_an_allowed_sender_is_excused_for_a_light_likeness_of_his_name(entry: str) -> None:
    judgement = judged(a_mail(), allowed(entry))
    assert judgement.verdict is Verdict.ORDINARY
    assert the("DOMAIN_COMBO", judgement).severity is Severity.INFO
    assert "đã gọi điện kiểm tra" in the("LISTED_ALLOWED", judgement).why


LOOKALIKES = [
    "ketoan@khobac-h0amai.example",
    "ketoan@khobac-hoamai.com",
    "ketoan@khobac-hoamaii.example",
    "ketoan@x.khobac-hoamai.example",
    "ketoan@khobac-hoamai.example.khobac-x.com",
    "ketoan@khobạc-hoamai.example",
    "ketoan@ｋhobac-hoamai.example",
    "ketoan@khоbac-hoamai.example",
]


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_a_lookalike_of_an_allowed_domain_inherits_nothing(lookalike: str) -> None:
    mail = a_mail()
    mail = replace(mail, senders=(replace(mail.sender, address=lookalike),))
    facts = allowed("khobac-hoamai.example", UNIT)
    assert flags(judged(mail, facts)) == flags(judged(mail)) != set()


@given(
    position=st.integers(0, len("khobac-hoamai") - 1),
    letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789ạоа"),
)
def test_no_other_spelling_of_an_allowed_address_is_excused(*, position: int, letter: str) -> None:
    name = "khobac-hoamai"
    other = f"ketoan@{name[:position]}{letter}{name[position + 1 :]}.example"
    mail = replace(a_mail(), senders=(replace(a_mail().sender, address=other),))
    facts = allowed(UNIT, "khobac-hoamai.example")
    expected = set() if other == UNIT else flags(judged(mail))
    assert flags(judged(mail, facts)) == expected


def test_an_entry_in_unicode_and_one_in_punycode_are_the_same_exact_name() -> None:
    assert exact_address("A@XN--khobc-m11b.example") == exact_address("a@khobạc.example")
    assert exact_address("a@ｘ.example") != exact_address("a@x.example")


def test_an_allowed_sender_is_not_excused_for_what_he_asks_links_or_carries() -> None:
    mail = a_mail(text=BAIT + "\nXem https://vst.gov.vn.hotro-kbnn.top/dang-nhap")
    before, after = judged(mail), judged(mail, allowed(UNIT))
    assert after.verdict is Verdict.IMPERSONATION
    assert flags(before) - flags(after) == {("DOMAIN_COMBO", the("DOMAIN_COMBO", after).evidence)}


def test_an_allowed_sender_is_not_excused_where_the_gateway_denies_him() -> None:
    mail = a_mail(authentication_results=FAILED.format("khobac-hoamai.example"))
    judgement = judged(mail, allowed(UNIT))
    assert judgement.verdict is Verdict.SUSPICIOUS
    assert the("LISTED_ALLOWED_UNPROVEN", judgement).severity is Severity.INFO


def test_a_forged_mail_in_our_name_is_excused_by_no_entry() -> None:
    mail = a_mail(OUR_ADDRESS, authentication_results=FAILED.format("vst.gov.vn"))
    judgement = judged(mail, allowed(OUR_ADDRESS, "vst.gov.vn"))
    assert judgement.verdict is Verdict.IMPERSONATION
    assert the("AUTH_FAIL_PROTECTED", judgement).severity is Severity.CRITICAL


def test_a_grave_likeness_is_excused_by_no_entry() -> None:
    mail = a_mail("hotrocntt@vst-gov.vn")
    assert judged(mail, allowed("hotrocntt@vst-gov.vn", "vst-gov.vn")).verdict is Verdict.IMPERSONATION


def test_an_allowed_from_excuses_no_reply_to_of_another_house() -> None:
    mail = a_mail(reply_to="ketoan@kbnn-hotro.example")
    judgement = judged(mail, allowed(UNIT))
    assert judgement.verdict is not Verdict.ORDINARY
    assert any("kbnn-hotro.example" in evidence for _, evidence in flags(judgement))


def test_a_second_from_address_ends_all_excuses() -> None:
    mail = a_mail(f"{UNIT}, x@thcs-hoamai.example")
    assert flags(judged(mail, allowed(UNIT))) == flags(judged(mail)) != set()


PIECES = st.lists(
    st.sampled_from(
        [BAIT, REPORT, "Đơn vị không đăng nhập được.", "https://bit.ly/x", "Zalo 0912 345 678", "khobạc"]
    ),
    max_size=3,
).map("\n".join)
SENDERS = st.sampled_from(
    [
        UNIT,
        f"Kho bạc Nhà nước <{UNIT}>",
        OUR_ADDRESS,
        "hotrocntt@vst-gov.vn",
        "a@gmail.com",
        "kbnn.hotro@hoamai.example",
        "",
    ]
)
WRITTEN = st.sampled_from(
    [UNIT, "khobac-hoamai.example", "vst-gov.vn", "gmail.com", "a@gmail.com", "0912345678"]
)


@settings(max_examples=150)
@given(
    sender=SENDERS,
    text=PIECES,
    results=st.sampled_from(["", PASSED.format("khobac-hoamai.example"), FAILED.format("vst.gov.vn")]),
    reply_to=SENDERS,
    against=st.lists(WRITTEN, max_size=2, unique=True),
    favours=st.lists(WRITTEN, max_size=2, unique=True),
    known=st.booleans(),
)
def test_an_allow_entry_never_adds_a_flag(
    *,
    sender: str,
    text: str,
    results: str,
    reply_to: str,
    against: list[str],
    favours: list[str],
    known: bool,
) -> None:
    mail = a_mail(sender, text, authentication_results=results, reply_to=reply_to)
    listed = on(ListSort.WATCH, *against)
    before = replace(NO_FACTS, listed=listed, known_sender=known)
    after = replace(before, listed=(*listed, *on(ListSort.ALLOW, *favours)))
    assert flags(judged(mail, after)) <= flags(judged(mail, before))


def test_a_sender_whom_we_answered_and_who_is_proven_is_doubted_less() -> None:
    mail = a_mail(authentication_results=PASSED.format("khobac-hoamai.example"))
    assert judged(mail).verdict is Verdict.SUSPICIOUS
    known = judged(mail, replace(NO_FACTS, known_sender=True))
    assert known.verdict is Verdict.ORDINARY
    assert the("DOMAIN_COMBO", known).severity is Severity.LOW
    assert the("KNOWN_SENDER", known).severity is Severity.INFO


@pytest.mark.parametrize("results", ["", FAILED.format("khobac-hoamai.example")])
def test_without_proof_an_earlier_answer_counts_for_nothing(results: str) -> None:
    mail = a_mail(authentication_results=results)
    assert judged(mail, replace(NO_FACTS, known_sender=True)) == judged(mail)


def test_a_known_sender_s_new_display_name_is_judged_as_ever() -> None:
    mail = a_mail(
        f"Hỗ trợ Kho bạc Nhà nước <{UNIT}>", authentication_results=PASSED.format("khobac-hoamai.example")
    )
    assert judged(mail, replace(NO_FACTS, known_sender=True)).verdict is Verdict.IMPERSONATION


BLOCKED = [
    ("ketoan@thcs-hoamai.example", {"sender": "ketoan@thcs-hoamai.example"}),
    ("thcs-hoamai.example", {"sender": "ketoan@thcs-hoamai.example"}),
    ("thcs-hoamai.example", {"sender": "ketoan@mail.thcs-hoamai.example"}),
    ("khobạc.example", {"sender": "a@xn--khobc-m11b.example"}),
    ("evil@gmail.com", {"sender": "a@thcs-hoamai.example", "reply_to": "EVIL@gmail.com"}),
    ("evil.example", {"sender": "a@thcs-hoamai.example", "sender_field": "x@evil.example"}),
]


@pytest.mark.parametrize(("entry", "headers"), BLOCKED)
@pytest.mark.parametrize(
    ("sort", "check"), [(ListSort.BLOCK, "LISTED_BLOCKED"), (ListSort.WATCH, "ON_WATCH_LIST")]
)
def test_who_is_blocked_or_watched_is_held(
    entry: str, headers: dict[str, str], sort: ListSort, check: str
) -> None:
    judgement = judged(a_mail(**headers), replace(NO_FACTS, listed=on(sort, entry)))
    assert judgement.verdict is Verdict.IMPERSONATION
    assert the(check, judgement).evidence == entry


def test_a_watched_number_in_the_words_of_a_sender_is_a_flag_and_with_a_demand_a_grave_one() -> None:
    plain = judged(a_mail("a@hoamai.example", "Anh chị kết bạn Zalo 0987654321 nhé."), watched("0987654321"))
    assert the("ON_WATCH_LIST", plain).severity is Severity.MEDIUM
    grave = judged(a_mail("a@hoamai.example", BAIT), watched("0987654321"))
    assert the("ON_WATCH_LIST", grave).severity is Severity.HIGH


def test_who_reports_an_impostor_s_number_is_not_condemned_for_it() -> None:
    judgement = judged(a_mail("a@hoamai.example", REPORT), watched("0987654321"))
    assert the("ON_WATCH_LIST", judgement).severity is Severity.INFO
    assert judgement.verdict is Verdict.ORDINARY


def test_a_watched_number_in_forwarded_words_is_told_and_weighs_nothing() -> None:
    text = (
        f"Chuyển để Đội hỗ trợ xem.\n\n---------- Forwarded message ----------\nFrom: x@y.example\n\n{BAIT}"
    )
    judgement = judged(a_mail("a@hoamai.example", text), watched("0987654321"))
    assert the("ON_WATCH_LIST", judgement).severity is Severity.INFO


def test_an_entry_against_a_sender_outweighs_one_in_his_favour() -> None:
    facts = replace(NO_FACTS, listed=(*on(ListSort.ALLOW, UNIT), *on(ListSort.BLOCK, UNIT)))
    assert judged(a_mail(), facts).verdict is Verdict.IMPERSONATION


def test_facts_come_back_from_json_with_their_lists_and_older_ones_without() -> None:
    facts = replace(watched("0987654321", UNIT), known_sender=True, released=True)
    assert Facts.from_json(facts.as_json()) == facts
    older = {
        name: value
        for name, value in NO_FACTS.as_json().items()
        if name not in {"listed", "known_sender", "released"}
    }
    assert Facts.from_json(older) == NO_FACTS
