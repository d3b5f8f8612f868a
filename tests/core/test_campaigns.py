"""Which mails of impostors make one campaign: a table of what joins them and what never does."""

import random

import pytest
from support.office import request, shipped_rules

from triage.core.campaigns import Fingerprint, Home, Sign, SignSort, Weight, group, numbers_of
from triage.core.impostorsigns import told_by_impostor, told_by_report
from triage.core.parse import parts_of, read_mail
from triage.core.wordprints import FEWEST, print_of, resemblance

BAIT = (
    "Kính gửi quý đơn vị, hệ thống dịch vụ công của Kho bạc sẽ tạm dừng để nâng cấp chứng thư số. "
    "Đề nghị kế toán gửi tên đăng nhập và mật khẩu về hòm thư này trước mười bảy giờ hôm nay, "
    "quá hạn tài khoản của đơn vị sẽ bị khóa và hồ sơ đang chờ sẽ bị trả lại toàn bộ."
)
OTHER_BAIT = (
    "Thông báo từ văn phòng: lãnh đạo đang họp và cần đơn vị chuyển gấp một khoản lệ phí tập huấn. "
    "Sau khi chuyển tiền xin chụp ảnh biên lai gửi lại cho tôi, không gọi điện vì tôi không nghe máy được."
)


def wrote(sender: str, text: str = "Gửi gấp.", subject: str = "Thông báo", number: int = 1) -> Fingerprint:
    raw = request(subject, sender=sender, text=text)
    told = told_by_impostor(read_mail(raw), shipped_rules())
    return Fingerprint(number, told.signs, told.words)


def reports(text: str, sender: str = "Kế toán <ketoan@truong.example>") -> Fingerprint:
    raw = request("Báo mạo danh", sender=sender, text=text)
    mail = read_mail(raw)
    told = told_by_report(mail, shipped_rules(), parts_of(mail, raw))
    return Fingerprint(2, told.signs, told.words)


def numbered(*prints: Fingerprint) -> list[Fingerprint]:
    return [Fingerprint(at, one.signs, one.words, one.tie) for at, one in enumerate(prints, 1)]


def together(*prints: Fingerprint) -> list[tuple[int, ...]]:
    return [one.mails for one in group(numbered(*prints))]


SENT_ON = (
    "Chúng tôi nhận được thư sau.\n\n---------- Forwarded message ---------\n"
    "Từ: Hỗ trợ Kho bạc <{sender}>\nĐến: <ketoan@benh-vien.example>\nChủ đề: Thông báo\n\n{text}"
)
"""How a unit sends on what it got."""

PAIRS = [
    # what joins by itself
    ("một địa chỉ", wrote("A <hotro.kbnn1@gmail.com>"), wrote("B <hotro.kbnn1@gmail.com>"), "address"),
    ("một tên miền", wrote("A <a@kbnn-hotro.example>"), wrote("B <b@mail.kbnn-hotro.example>"), "domain"),
    ("liên kết", wrote("A <a@x.example>", "Vào https://dvc-kb.top/a"), wrote("B <b@dvc-kb.top>"), "domain"),
    (
        "số di động",
        wrote("A <a@x.example>", "Gọi 0999 888 777"),
        wrote("B <b@y.example>", "+84999888777"),
        "phone",
    ),
    (
        "số tài khoản",
        wrote("A <a@x.example>", "Số tài khoản: 123456789012"),
        wrote("B <b@y.example>", "STK 123 456 789 012"),
        "account",
    ),
    (
        "nhóm Zalo",
        wrote("A <a@x.example>", "zalo.me/g/abcxyz123"),
        wrote("B <b@y.example>", "zalo.me/g/abcxyz123"),
        "zalo",
    ),
    (
        "kể lại số",
        wrote("A <a@x.example>", "Gọi 0999 888 777"),
        reports("Có người gọi từ số 0999888777 tự xưng."),
        "phone",
    ),
    (
        "chuyển tiếp",
        wrote("A <a@kbnn-hotro.example>"),
        reports(SENT_ON.format(sender="b@kbnn-hotro.example", text="Gửi mật khẩu.")),
        "domain",
    ),
    # what joins only beside another
    (
        "lời và nhà cung cấp",
        wrote("A <a1@gmail.com>", BAIT),
        wrote("B <b2@gmail.com>", BAIT),
        "provider words",
    ),
    (
        "lời và tổng đài",
        wrote("A <a@x.example>", f"{BAIT} Tổng đài ngân hàng 1900 545 413."),
        wrote("B <b@y.example>", f"{BAIT} Tổng đài ngân hàng 1900545413."),
        "phone words",
    ),
    (
        "tên và nhà cung cấp",
        wrote("Hỗ trợ Kho bạc <lamphuc.khobac1@gmail.com>"),
        wrote("Hỗ trợ Kho bạc <lam.phuc.khobac77@gmail.com>"),
        "persona provider",
    ),
    (
        "dáng tên miền và lời",
        wrote("A <a@kbnn-hotro.top>", BAIT),
        wrote("B <b@kbnn-h0tro.cc>", BAIT.replace("mười bảy giờ", "mười sáu giờ")),
        "shape words",
    ),
    # what never joins
    ("chỉ chung gmail", wrote("A <a1@gmail.com>", BAIT), wrote("B <b2@gmail.com>", OTHER_BAIT), ""),
    ("chỉ chung lời", wrote("A <a@x.example>", BAIT), wrote("B <b@y.example>", BAIT), ""),
    (
        "chỉ chung tổng đài",
        wrote("A <a@x.example>", "Gọi 1900545413"),
        wrote("B <b@y.example>", "1900 545 413"),
        "",
    ),
    (
        "tổng đài và gmail",
        wrote("A <a1@gmail.com>", "Gọi 1900 545 413"),
        wrote("B <b2@gmail.com>", "Hotline 1900545413"),
        "",
    ),
    (
        "chỉ chung tên hiện",
        wrote("Kho bạc Nhà nước <a1@gmail.com>"),
        wrote("Kho bạc Nhà nước <b2@gmail.com>"),
        "",
    ),
    (
        "trang ai cũng dùng",
        wrote("A <a@x.example>", "https://docs.google.com/forms/a https://bit.ly/x https://ultraviewer.net"),
        wrote("B <b@y.example>", "https://docs.google.com/forms/b https://bit.ly/y https://ultraviewer.net"),
        "",
    ),
    (
        "địa chỉ và tổng đài của Kho bạc",
        wrote("A <a@x.example>", "hotrocntt@vst.gov.vn, 02462764300, https://vst.gov.vn"),
        wrote("B <b@y.example>", "hotrocntt@vst.gov.vn, 02462764300, https://vst.gov.vn"),
        "",
    ),
    ("giả tên miền nhà nước", wrote("A <a@hanoi.gov.vn>"), wrote("B <b@hanoi.gov.vn>"), ""),
    (
        "số của người báo",
        wrote("A <a@x.example>", "Gọi 0912 345 678"),
        reports("Có người mạo danh gọi cho chúng tôi.\n\nTrân trọng\nKế toán Lan\nĐT: 0912 345 678"),
        "",
    ),
    (
        "cùng một người báo",
        reports(SENT_ON.format(sender="a@x1.example", text="Gửi mật khẩu.")),
        reports(SENT_ON.format(sender="b@y1.example", text="Chuyển tiền.")),
        "",
    ),
]


@pytest.mark.parametrize(("one", "other", "why"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_what_joins_two_mails(one: Fingerprint, other: Fingerprint, why: str) -> None:
    for pair in ((one, other), (other, one)):
        found = group(numbered(*pair))
        told = " ".join(
            sorted({sign.sort.value for each in found for link in each.links for sign in link.signs})
        )
        assert (len(found) == 1, told) == (bool(why), why)


def test_a_campaign_is_what_links_hold_together_each_with_its_reason() -> None:
    first = wrote("A <a@kbnn-hotro.example>")
    bridge = wrote("B <b@kbnn-hotro.example>", "Gọi 0999 888 777")
    last = wrote("C <c@z.example>", "Gọi 0999888777")
    alone = wrote("D <d@w.example>")
    assert together(first, bridge, last, alone) == [(1, 2, 3), (4,)]
    assert together(first, last, alone) == [(1,), (2,), (3,)]
    [found, _] = group(numbered(first, bridge, last, alone))
    assert [(link.mail, link.other, link.signs[0].value) for link in found.links] == [
        (2, 1, "kbnn-hotro.example"),
        (3, 2, "0999888777"),
    ]


def test_groups_are_the_same_in_whatever_order_mails_come() -> None:
    every = numbered(*(one for row in PAIRS for one in row[1:3]))
    expected = group(every)
    for seed in range(5):
        random.Random(seed).shuffle(every)  # noqa: S311 - no secret
        assert group(every) == expected


def test_a_person_brings_together_what_shares_nothing() -> None:
    one, other = Fingerprint(1, (), tie=3), Fingerprint(2, (), tie=3)
    [found] = group(
        [
            one,
            other,
        ]
    )
    assert found.links[0].signs[0].sort is SignSort.HAND


def test_a_sign_that_is_shared_for_one_of_two_mails_joins_neither() -> None:
    strong = Sign(SignSort.PHONE, "0900000001")
    light = Sign(SignSort.PHONE, "0900000001", Weight.SHARED)
    assert len(group([Fingerprint(1, (strong,)), Fingerprint(2, (light,))])) == 2
    assert len(group([Fingerprint(1, (strong,)), Fingerprint(2, (light,)), Fingerprint(3, (strong,))])) == 2


def test_a_number_stays_with_most_of_those_that_came_to_it_first() -> None:
    strong = Sign(SignSort.PHONE, "0900000001")
    groups = group([Fingerprint(1, ()), Fingerprint(2, (strong,)), Fingerprint(3, (strong,))])
    homes = {1: Home(7, 7), 2: Home(7, 7), 3: Home(7, 9)}
    assert numbers_of(groups, homes) == {7: 0, 9: 1}
    homes = {1: Home(7, 7), 2: Home(7, 7), 3: Home(7, 7)}
    assert numbers_of(groups, homes) == {7: 1}


def test_wording_is_compared_without_what_changes_from_mail_to_mail() -> None:
    one = print_of(BAIT + " Gọi 0999 888 777, vào https://a.example/x.")
    other = print_of(BAIT.upper() + " Gọi 0911 222 333, vào https://b.example/y.")
    assert resemblance(one, other) == 1.0
    assert resemblance(print_of(BAIT), print_of(OTHER_BAIT)) < 0.1
    assert print_of("Kính gửi quý đơn vị.") == ()
    assert print_of(" ".join(f"từ{'abcdefghijklmnop'[at]}" for at in range(FEWEST + 3))) != ()


def test_secrets_and_strange_bytes_do_not_get_into_what_is_shown() -> None:
    raw = request(sender="Kho bạc <a@kbnn-hotro.example>", text="Mật khẩu: Abc@12345\n" + BAIT)
    told = told_by_impostor(read_mail(raw), shipped_rules())
    assert "Abc@12345" not in told.wording
    assert told.names == ("Kho bạc",)
    assert told_by_impostor(read_mail(b"\xff\x00"), shipped_rules()).signs == ()
