from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_mail, shipped

from triage.core.decision import How, Route
from triage.core.facts import NO_FACTS, Facts, TicketFact
from triage.core.mail import Mail
from triage.core.routing import TRIALS, find_route, reroute
from triage.core.subject import read_subject
from triage.core.tickets import TicketStatus

TICKET = TicketFact(1, "SD260102-000001", "0160", TicketStatus.NEW, frozenset(), None)
HISTORY = Facts(history_queue="3110")


def route(mail: Mail, facts: Facts = NO_FACTS) -> Route:
    rules = shipped()
    return find_route(mail, read_subject(mail.subject, rules.treasuries), facts, rules)


SILENT = ("no rules above the tag", "no unit", "no code of a unit", "no signature")
"""Trials that say nothing where there is nothing to try."""


def codes(found: Route) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_the_thread_goes_before_everything_else() -> None:
    found = route(a_mail("[0010#DVC] x", "KBNN Nam Định"), Facts(thread=TICKET, history_queue="3110"))
    assert (found.queue, found.how) == ("0160", How.THREAD)
    assert found.treasury_name == "KBNN Đà Nẵng"
    assert codes(found) == ["route_thread"]


def test_a_ticket_code_goes_before_the_tag() -> None:
    found = route(a_mail("[0010#DVC] x"), Facts(ticket=TICKET))
    assert (found.queue, found.how) == ("0160", How.TICKET)
    assert codes(found) == ["route_no_thread", "route_ticket"]


def test_the_tag_goes_before_the_senders_history() -> None:
    found = route(a_mail("[0010#DVC] x", sender="a@hanam.gov.vn"), HISTORY)
    assert (found.queue, found.how) == ("0010", How.SUBJECT)


def test_the_history_goes_before_the_domain() -> None:
    found = route(a_mail("x", "Long An", sender="a@hanam.gov.vn"), HISTORY)
    assert (found.queue, found.how) == ("3110", How.SENDER_HISTORY)
    assert found.treasury_name == "KBNN Hậu Giang (nay thuộc Cần Thơ)"


def test_the_domain_goes_before_the_body() -> None:
    found = route(a_mail("x", "Long An", sender="a@stc.hanam.gov.vn"))
    assert (found.queue, found.how) == ("0310", How.SENDER_DOMAIN)


def test_the_body_is_the_last_to_be_asked() -> None:
    found = route(a_mail("x", "Trường B, tỉnh Long An"))
    assert (found.queue, found.how) == ("0510", How.BODY)
    assert len(found.reasons) == len(TRIALS) - len(SILENT)
    assert codes(found)[-1] == "route_body"


def test_nothing_known_is_unrouted_with_every_miss_told() -> None:
    found = route(a_mail("Nhờ hỗ trợ", "Không in được phiếu."))
    assert (found.queue, found.treasury_name, found.how) == ("unrouted", None, How.NONE)
    assert codes(found) == [
        "route_no_thread",
        "route_no_ticket",
        "route_no_tag",
        "route_no_rule",
        "route_no_history",
        "route_no_domain",
        "route_no_subject_hint",
        "route_no_province",
        "unrouted",
    ]


def test_an_office_goes_to_its_province() -> None:
    found = route(a_mail("[0012#DVC] x"))
    assert (found.queue, found.treasury_name) == ("0010", "KBNN Hà Nội")


def test_a_central_code_goes_to_the_central_queue() -> None:
    found = route(a_mail("[0003#DVC] x"))
    assert (found.queue, found.treasury_name) == ("central", "Kho bạc Nhà nước (trung ương)")


@pytest.mark.parametrize(
    ("subject", "reason"),
    [("[9999#DVC] x", "route_tag_unknown"), ("[0010#DVC] Fwd: [0060#DVC] x", "route_tag_conflict")],
)
def test_a_doubtful_tag_is_for_a_person_and_weaker_hints_only_told(subject: str, reason: str) -> None:
    found = route(a_mail(subject, "đơn vị em ở Hải Phòng", sender="a@hanam.gov.vn"), HISTORY)
    assert (found.queue, found.how) == ("unrouted", How.NONE)
    assert codes(found)[2:] == [reason, "hint_sender_history", "hint_sender_domain", "hint_body"]


def test_a_doubtful_tag_does_not_stop_a_thread() -> None:
    assert route(a_mail("[9999#DVC] x"), Facts(thread=TICKET)).queue == "0160"


def test_the_placeholder_leaves_the_way_to_weaker_hints() -> None:
    assert route(a_mail("[SHKB#DVC] x", "KBNN Hậu Giang")).queue == "3110"


def test_a_history_in_a_queue_of_the_service_itself_tells_nothing() -> None:
    assert route(a_mail("x"), Facts(history_queue="security")).queue == "unrouted"
    assert route(a_mail("x"), Facts(history_queue="unrouted")).queue == "unrouted"


@pytest.mark.parametrize("place", ["sender_domain", "body"])
def test_a_province_without_a_code_is_named_and_not_routed(place: str) -> None:
    mail = (
        a_mail("x", sender="a@angiang.gov.vn") if place == "sender_domain" else a_mail("x", "tỉnh An Giang")
    )
    found = route(mail)
    assert found.queue == "unrouted"
    assert f"route_{place}_without_code" in codes(found)


def test_two_provinces_in_a_body_decide_nothing() -> None:
    found = route(a_mail("x", "từ Nam Định đến Hà Nam"))
    assert found.queue == "unrouted"
    assert "route_body_several" in codes(found)


def test_the_one_treasury_named_counts_more_than_places() -> None:
    found = route(a_mail("x", "Công ty ở Hà Nội, giao dịch tại KBNN Hậu Giang"))
    assert (found.queue, found.how) == ("3110", How.BODY)


def test_a_tag_in_the_body_counts() -> None:
    found = route(a_mail("Lỗi", "Mã kho bạc: [0160#DVC]\nTrường ở Hà Nội"))
    assert (found.queue, found.how) == ("0160", How.BODY)
    assert codes(found)[-1] == "route_body_tag"


@pytest.mark.parametrize(
    "text", ["SHKB: 0160", "Số hiệu kho bạc 0160", "Mã kho bạc là 0160.", "ma KBNN 0162", "mã số KBNN: 0160"]
)
def test_a_number_that_is_said_to_be_a_treasury_counts(text: str) -> None:
    found = route(a_mail("Lỗi", text))
    assert (found.queue, found.how) == ("0160", How.BODY)


@pytest.mark.parametrize("text", ["mã số thuế 0160123456", "SHKB 01601", "mã kho 0160", "kho bạc năm 0160"])
def test_other_numbers_in_the_body_do_not(text: str) -> None:
    assert route(a_mail("Lỗi", text)).queue == "unrouted"


@pytest.mark.parametrize(
    ("text", "queue"),
    [
        ("tỉnh Hậu Giang (nay là TP Cần Thơ)", "3110"),
        ("thành phố Hải Phòng, trước đây thuộc Hải Dương", "0360"),
        ("giữa Hải Phòng và Hải Dương", "unrouted"),
    ],
)
def test_the_old_name_of_a_province_counts_where_the_text_tells_both(text: str, queue: str) -> None:
    assert route(a_mail("x", text)).queue == queue


def test_two_tags_in_the_body_are_not_chosen_between() -> None:
    assert route(a_mail("Lỗi", "[0160#DVC]\n[0010#DVC]")).queue == "unrouted"


def test_a_signature_is_read_when_the_new_text_names_no_province() -> None:
    mail = replace(a_mail("x"), new_text="Không ký được", text="Không ký được\n--\nUBND xã, Hậu Giang")
    assert route(mail).queue == "3110"


def test_quoted_lines_are_not_read() -> None:
    mail = replace(a_mail("x"), new_text="Cảm ơn", text="Cảm ơn\n> KBNN Hậu Giang đã tiếp nhận")
    assert route(mail).queue == "unrouted"


def test_the_only_near_tag_of_a_subject_is_better_than_the_body() -> None:
    found = route(a_mail("0160-DVC lỗi ký", "Trường ở Hà Nội"))
    assert (found.queue, found.how) == ("0160", How.SUBJECT)
    assert codes(found)[-1] == "route_subject_hint"


def test_a_year_is_no_near_tag() -> None:
    assert route(a_mail("Báo cáo năm 2022 DVC", "Trường ở Hà Nội")).how is How.BODY


@given(st.text(max_size=100), st.text(max_size=300), st.text(max_size=40))
def test_any_mail_gets_a_queue_and_reasons(subject: str, text: str, sender: str) -> None:
    found = route(a_mail(subject, text, sender))
    assert found.queue in {*shipped().treasuries.queues, "unrouted"}
    assert len(found.reasons) >= 3


@pytest.mark.parametrize(
    ("subject", "queue"),
    [
        ("KBNN TP Ha Noi: loi ky so", "0010"),
        ("Lỗi ký số - KBNN Hậu Giang", "3110"),
        ("Trường ở Long An không in được phiếu", "0510"),
        ("SHKB 0160 lỗi ký số", "0160"),
    ],
)
def test_a_province_or_number_in_the_subject_alone_counts(subject: str, queue: str) -> None:
    found = route(a_mail(subject, "Token không nhận trên máy mới."))
    assert (found.queue, found.how) == (queue, How.BODY)


def test_a_province_without_a_number_is_named_by_the_route_that_stays_unrouted() -> None:
    found = route(a_mail("[KBNN Cần Thơ#DVC] Lỗi ký số", "Token không nhận trên máy mới."))
    assert (found.queue, found.treasury_name, found.named) == ("unrouted", None, "KBNN Cần Thơ")
    assert "route_body_without_code" in codes(found)
    assert route(a_mail("Lỗi", "KBNN Hậu Giang")).named is None


def test_subject_and_text_that_name_two_provinces_decide_nothing() -> None:
    found = route(a_mail("Trường ở Long An", "Trường ở Nam Định"))
    told = {reason.code: reason.vi for reason in found.reasons}
    assert found.queue == "unrouted"
    assert told["route_body_several"].startswith("Tiêu đề và nội dung nêu nhiều tỉnh")


def test_reasons_say_whether_a_tag_was_missing_or_only_unclear() -> None:
    told = {
        subject: next(reason.vi for reason in route(a_mail(subject)).reasons if reason.code == "route_no_tag")
        for subject in ("Lỗi", "9999 DVC lỗi", "[00101#DVC] lỗi")
    }
    assert list(told.values()) == [
        "Tiêu đề không có mã kho bạc.",
        "Tiêu đề không có mã kho bạc viết đủ rõ.",
        "Tiêu đề không có mã kho bạc viết đủ rõ.",
    ]


EXPLAINED = """Kính gửi Quý đơn vị,

Cách ghi tiêu đề ở những thư sau: bắt đầu bằng [SHKB#DVC], trong đó SHKB là số hiệu gồm
bốn chữ số. Ví dụ, đơn vị trên địa bàn thành phố Hà Nội
ghi [0010#DVC].

Trân trọng
"""


def test_the_example_of_our_letter_is_no_treasury_that_somebody_names() -> None:
    assert route(a_mail("Re: Lỗi", f"Vẫn chưa được.\n\n{EXPLAINED}")).queue == "unrouted"
    assert route(a_mail("Re: Lỗi", f"Đơn vị thuộc KBNN Hậu Giang.\n\n{EXPLAINED}")).queue == "3110"


UNROUTED_TICKET = TicketFact(1, "SD260102-000001", "unrouted", TicketStatus.NEW, frozenset(), None)


def moved(subject: str, text: str) -> Route:
    rules = shipped()
    mail = a_mail(subject, text)
    read = read_subject(subject, rules.treasuries)
    return reroute(mail, read, find_route(mail, read, Facts(thread=UNROUTED_TICKET), rules), rules)


@pytest.mark.parametrize(
    ("subject", "text", "queue", "how"),
    [
        ("Re: [0010#DVC] Lỗi", "Vâng ạ", "0010", How.SUBJECT),
        ("Re: ( 3110 & dvc ) Lỗi", "Vâng ạ", "3110", How.SUBJECT),
        ("Re: [9999#DVC] Lỗi", "Đơn vị giao dịch với KBNN Hậu Giang", "3110", How.BODY),
        ("Re: [0010#DVC] hay [3110#DVC]", "Dạ là KBNN Hậu Giang", "3110", How.BODY),
        ("Re: Lỗi", f"Dạ, tỉnh Long An ạ.\n\n{EXPLAINED}", "0510", How.BODY),
    ],
)
def test_a_reply_that_names_the_treasury_moves_an_unrouted_ticket(
    subject: str, text: str, queue: str, how: How
) -> None:
    found = moved(subject, text)
    assert (found.queue, found.how) == (queue, how)
    assert found.treasury_name == shipped().treasuries.queue_name(queue)
    assert codes(found)[0] == "route_thread"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Lỗi", "Vâng, cảm ơn"),
        ("Re: [9999#DVC] Lỗi", "Vâng, cảm ơn"),
        ("Re: Lỗi ở Long An", "Vâng, cảm ơn"),
        ("Re: Lỗi", "Long An hay Nam Định đều bị"),
        ("Re: Lỗi", "KBNN Cần Thơ"),
        ("Re: Lỗi", f"Vẫn chưa được.\n\n{EXPLAINED}"),
    ],
)
def test_a_reply_that_names_none_for_certain_leaves_the_ticket_where_it_is(subject: str, text: str) -> None:
    found = moved(subject, text)
    assert (found.queue, found.how) == ("unrouted", How.THREAD)


SIGNED = (
    "Đơn vị chuyển trụ sở từ Hà Nội, nay không ký được.\n\nTrân trọng,\nNguyễn Thị Mẫu\n"
    "Kế toán Trường B\nTỉnh Long An\nĐT: 0900 000 001"
)


def test_the_province_of_the_signature_goes_before_those_of_the_text() -> None:
    found = route(a_mail("Xin hỏi", SIGNED))
    assert (found.queue, found.how) == ("0510", How.BODY)
    assert codes(found)[-1] == "route_signature"


def test_two_provinces_in_a_signature_decide_nothing() -> None:
    text = SIGNED.replace("Tỉnh Long An", "Tỉnh Long An và tỉnh Nam Định")
    assert "route_signature" not in codes(route(a_mail("Xin hỏi", text)))
