"""Addresses, display names and whole headers: who is claimed, and by whom."""

import pytest
from support.protected_names import shipped

from triage.core.decision import Verdict
from triage.core.lookalike import check_address, check_text, judge_names
from triage.core.mail import Address
from triage.core.weights import verdict_of

FLAGGED = {Verdict.SUSPICIOUS, Verdict.IMPERSONATION}
NAMES = shipped()
OURS = Address("", "hotrocntt@vst.gov.vn")


def verdict(text: str) -> Verdict:
    return verdict_of(check_text(text, NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "hotrocntt@gmail.com",
        "ho.tro.cntt@yahoo.com",
        "hotrocnt@gmail.com",
        "h0trocntt@outlook.com",
        "hotrocntt+kb@proton.me",
        "kbnn.capnhat@gmail.com",
        "k.ho.bac.nha.nuoc@gmail.com",
        "ho64tro75cntt@gmail.com",
        "hotrоcntt@gmail.com",
        "hotro\u200bcntt@gmail.com",
        "vst.gov.vn@outlook.com",
        "khobacnhanuoc@cloud-notify.example",
        "hotrocntt.vst.gov.vn@mailer.example",
        "hotrocntt@vts.gov.vn",
        "hotcrocntt@vst.gov.vn",
        "hotrocntt@vst-gov.vn",
        "khobac.hanoi@gmail.com",
        '"KBNN" <a1@gmail.com>',
        '"K B N N" <a1@gmail.com>',
        '"ΚΒΝΝ" <a1@gmail.com>',
        '"Kh0 bạc Nhà nước" <a1@gmail.com>',
        '"Kho bạc Nhà nước" <info@bulk.example>',
        '"LANH DAO KHO BAC NHA NUOC" <a1@hotmail.com>',
        '"Giám đốc KBNN Hà Nội" <a1@gmail.com>',
        '"hotrocntt vst gov vn" <a1@gmail.com>',
        '"noreply@vst-gov.vn" <a1@gmail.com>',
        "=?utf-8?q?KBNN?= <a1@gmail.com>",
        "=?utf-8?q?kbnn=2Ehotro?=@gmail.com",
        "admin@[192.0.2.7]",
        "h0tr0.kbnn@gmail.com",
        "dvcong.hotro@gmail.com",
        "kbnn.hotro@hoacuc.vn",
        "=?utf-8?q?hotrocntt=40vst=2Egov=2Evn=3E?=@hoacuc.example",
    ],
)
def test_who_poses_as_the_treasury_is_flagged(text: str) -> None:
    assert verdict(text) in FLAGGED


@pytest.mark.parametrize(
    "text",
    [
        "hotrocntt@vst.gov.vn",
        "congttdtkbnn@vst.gov.vn",
        "dvckbnn.thcsnguyendu@gmail.com",
        "ubndphuong5.khobac@gmail.com",
        "ktgdkb.bvhuyen@gmail.com",
        "hotrocntt@cpc.vn",
        "hotrocntt@danang.gov.vn",
        "khoa.bac.nguyen@gmail.com",
        "hotran.cntt@gmail.com",
        "support@misa.com.vn",
        "dvc@longan.gov.vn",
        '"Kế toán giao dịch Kho bạc - Trường Hoa Mai" <ketoan.hoamai@gmail.com>',
        '"Nguyễn Thị Bạc" <bac1985@gmail.com>',
        '"Kho bạc trang sức 925" <cskh@tiembac.example>',
        '"Cổng Dịch vụ công tỉnh Long An" <dichvucong@longan.gov.vn>',
        '"Đội hỗ trợ CNTT Kho bạc Nhà nước" <hotrocntt@vst.gov.vn>',
        '"UBND xã Tân Hoà (DVC KBNN)" <xatanhoa@gmail.com>',
        "dvcong@gmail.com",
        "dvcong1980@yahoo.com",
        "thukho.bac@gmail.com",
        "khobac.silver@gmail.com",
        "giaodichkhobac@hoacuc.vn",
        "dvckbnn@hoacuc.com.vn",
        '"Ban quản lý chợ Kho Bạc" <cho@gmail.com>',
    ],
)
def test_units_and_other_bodies_are_not_flagged(text: str) -> None:
    assert verdict(text) not in FLAGGED


@pytest.mark.parametrize(
    "text", ["", "@", "a@", "@b.vn", "a b c", "a@b@", "a@b c.vn", "<>", "Lan <>", "a@b..vn", "x\x00y z"]
)
def test_what_cannot_be_read_is_suspicious_and_says_so(text: str) -> None:
    found = check_text(text, NAMES)
    assert "ADDRESS_UNREADABLE" in {each.check for each in found}
    assert verdict_of(found) is Verdict.SUSPICIOUS


@pytest.mark.parametrize("text", ["abc", "0912345678", "0912.345.678", "a b c", "intranet.", ""])
def test_what_is_no_address_and_no_domain_is_called_so(text: str) -> None:
    [found] = check_text(text, NAMES)
    assert found.check == "ADDRESS_UNREADABLE"
    assert found.why == "Đây không phải là địa chỉ thư hay tên miền."
    assert found.why_en == "This is neither a mail address nor a domain."


@pytest.mark.parametrize("text", ["donvi.example", "donvi.example.", "donvi。vn", "thuế.example", "1.com"])
def test_a_domain_is_a_domain(text: str) -> None:
    assert verdict(text) is Verdict.ORDINARY


def test_a_word_that_is_our_name_is_told_as_such() -> None:
    assert {each.check for each in check_text("kbnn", NAMES)} == {"DOMAIN_TLD_SWAP"}


def test_a_bare_ip_address_is_judged_as_that_of_a_sender_is() -> None:
    for text in ("192.0.2.7", "[192.0.2.7]"):
        assert [each.check for each in check_text(text, NAMES)] == ["DOMAIN_IP_LITERAL"]


def test_an_official_authenticated_sender_is_trusted_and_nobody_else() -> None:
    assert verdict_of(check_address("", "lan@vst.gov.vn", NAMES, authenticated=True)) is Verdict.TRUSTED
    assert verdict_of(check_address("", "lan@vst.gov.vn", NAMES)) is Verdict.ORDINARY
    assert verdict_of(check_address("", "lan@longan.gov.vn", NAMES, authenticated=True)) is Verdict.ORDINARY


def test_our_misspelt_mailbox_weighs_nothing_much_in_an_authenticated_mail() -> None:
    found = check_address("", "hotcrocntt@vst.gov.vn", NAMES, authenticated=True)
    assert "LOCALPART_SLIP" in {each.check for each in found}
    assert verdict_of(found) is Verdict.TRUSTED


def judged(
    senders: list[Address],
    reply_to: list[Address] | None = None,
    sender: Address | None = None,
    path: str | None = None,
) -> Verdict:
    return verdict_of(judge_names(senders, reply_to or [], sender, path, NAMES))


def test_answers_to_our_mail_must_come_home() -> None:
    assert judged([OURS], [OURS]) is Verdict.ORDINARY
    assert judged([OURS], [Address("", "an@gmail.com")]) is Verdict.IMPERSONATION


def test_a_unit_may_ask_for_answers_at_its_private_mailbox() -> None:
    unit = Address("Kế toán", "ketoan@truong.edu.vn")
    assert judged([unit], [Address("", "ketoan.truong@gmail.com")]) is Verdict.ORDINARY


def test_a_fake_in_reply_to_is_found_behind_an_honest_from() -> None:
    assert judged([Address("", "lan@example.com")], [Address("", "hotrocntt@gmail.com")]) in FLAGGED


def test_mail_in_our_name_that_somebody_else_sent_is_suspicious() -> None:
    assert judged([OURS], sender=Address("", "news@bulk.example")) in FLAGGED
    assert judged([OURS], path="<bounce@bulk.example>") in FLAGGED
    assert judged([OURS], path="") is Verdict.ORDINARY


def test_several_from_addresses_are_suspicious_and_worse_if_one_is_ours() -> None:
    lan, nam = Address("", "lan@example.com"), Address("", "nam@example.com")
    assert judged([lan, nam]) is Verdict.SUSPICIOUS
    assert judged([lan, OURS]) is Verdict.IMPERSONATION


def test_a_mail_without_from_is_judged_by_what_it_has() -> None:
    assert judged([], [Address("", "kbnn.hotro@gmail.com")]) in FLAGGED
    assert judged([]) is Verdict.ORDINARY
