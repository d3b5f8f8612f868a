"""Who is warned of a held mail: the coordinator of the treasury that it names, once, and never ourselves."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_mail, shipped

from triage.core.decision import SECURITY, FileQuietly, HoldForReview, MarkDuplicate, OpenTicket, Outcome
from triage.core.mail import Address, Mail
from triage.core.notices import UNREADABLE, plan_notices, unclickable
from triage.core.subject import read_subject
from triage.core.treasuries import TreasuryDirectory

COORDINATORS = {"Hà Nội": "dau-moi-hn@kho-bac.example", "Hậu Giang": "dau-moi-hg@kho-bac.example"}
OFFICE = shipped().office


def directory(coordinators: dict[str, str]) -> TreasuryDirectory:
    known = shipped().treasuries
    named = tuple(
        replace(one, coordinator=coordinators.get(one.province, "") if one.aliases else "")
        for one in known.treasuries
    )
    return TreasuryDirectory(named, known.queue_names)


def noticed(
    mail: Mail, outcome: Outcome | None = None, coordinators: dict[str, str] | None = None
) -> list[str]:
    treasuries = directory(COORDINATORS if coordinators is None else coordinators)
    subject = read_subject(mail.subject, treasuries)
    notices = plan_notices(mail, subject, outcome or HoldForReview(), treasuries, OFFICE)
    assert all(one.letter == "coordinator_notice" for one in notices)
    return [one.to for one in notices]


@pytest.mark.parametrize(
    ("subject", "text", "province"),
    [
        ("[0010#DVC] Xác minh", "", "Hà Nội"),
        ("[3110#DVC] Xác minh", "Kho bạc Nhà nước Hà Nội thông báo", "Hậu Giang"),
        ("[0013#DVC] Xác minh", "", "Hà Nội"),
        ("KBNN Hậu Giang thông báo", "", "Hậu Giang"),
        ("Thông báo", "Tôi là cán bộ Kho bạc Nhà nước Hà Nội.", "Hà Nội"),
        ("KBNN Hải Phòng", "Kho bạc Nhà nước tỉnh Hậu Giang", "Hậu Giang"),
        ("Thông báo", "Đơn vị ở Hà Nội xin hỏi", None),
        ("[9999#DVC] Xác minh", "", None),
        ("Thông báo", "", None),
    ],
)
def test_the_treasury_that_a_held_mail_names_is_warned(subject: str, text: str, province: str | None) -> None:
    assert noticed(a_mail(subject, text)) == ([COORDINATORS[province]] if province else [])


def test_the_name_that_a_sender_gives_himself_names_a_treasury_too() -> None:
    sender = (Address("Kho bạc Nhà nước Hà Nội", "lan@thuvien.example"),)
    assert noticed(a_mail("Thông báo", senders=sender)) == [COORDINATORS["Hà Nội"]]


def test_a_mail_that_names_many_warns_one() -> None:
    text = "KBNN Hà Nội, KBNN Hậu Giang và KBNN Hà Nội"
    assert noticed(a_mail("[0010#DVC] [3110#DVC]", text)) == [COORDINATORS["Hà Nội"]]


@pytest.mark.parametrize(
    "outcome",
    [OpenTicket(SECURITY), MarkDuplicate(1), FileQuietly(None, None), FileQuietly(1, "SD261116-000001")],
)
def test_only_a_held_mail_warns(outcome: Outcome) -> None:
    assert noticed(a_mail("[0010#DVC] Xác minh"), outcome) == []


@pytest.mark.parametrize("ours", sorted(OFFICE.addresses | OFFICE.misprints))
def test_our_own_mailbox_is_never_warned(ours: str) -> None:
    assert noticed(a_mail("[0010#DVC] Xác minh"), coordinators={"Hà Nội": ours}) == []


def test_as_shipped_nobody_is_warned() -> None:
    assert all(one.coordinator == "" for one in shipped().treasuries.treasuries)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ai.do@xau.example", "ai [.] do [at] xau [.] example"),
        ("ai\u200bdo@xau.example", "aido [at] xau [.] example"),
        ("ai@xấu.example", "ai [at] xấu [.] example"),
        ("", UNREADABLE),
        ("không phải địa chỉ", UNREADABLE),
        ("https://xau.example/@x.example", UNREADABLE),
        ('"<b>gọi ngay</b>"@xau.example', UNREADABLE),
        ("a" * 300 + "@xau.example", UNREADABLE),
    ],
)
def test_the_address_of_an_impostor_is_shown_so_that_nothing_opens_it(address: str, shown: str) -> None:
    assert unclickable(address) == shown


@given(st.text() | st.from_regex(r"[\w.+-]{1,20}@[\w.-]{1,20}", fullmatch=True))
def test_no_address_becomes_a_link_or_markup(address: str) -> None:
    shown = unclickable(address)
    assert not re.search(r"@|\w\.\w|://|[<>\"\r\n]", shown)
