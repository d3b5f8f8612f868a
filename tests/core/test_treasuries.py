from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from support.rulebook import shipped

from triage.core.treasuries import Level, Treasury, TreasuryDirectory

HANOI = Treasury("0010", "KBNN Hà Nội", "Hà Nội", Level.PROVINCE, "0010", aliases=("Hà Nội", "HN"))
NO_CODE = Treasury("", "KBNN Hưng Yên", "Hưng Yên", Level.PROVINCE, "", aliases=("Hưng Yên",))
OFFICE = Treasury("0012", "KBNN Ba Đình", "Hà Nội", Level.OFFICE, "")
LOST_OFFICE = Treasury("0412", "KBNN Mỹ Hào", "Hưng Yên", Level.OFFICE, "")
CENTRAL = Treasury("0003", "Sở Giao dịch", "", Level.CENTRAL, "central")
SMALL = TreasuryDirectory((HANOI, NO_CODE, OFFICE, LOST_OFFICE, CENTRAL), {"central": "Kho bạc Nhà nước"})


def provinces(text: str) -> list[str]:
    return [mention.treasury.province for mention in shipped().treasuries.province_mentions(text)]


def test_a_provincial_code_leads_to_its_own_queue() -> None:
    found = SMALL.lookup("0010")
    assert found is not None
    assert (found.queue, found.inferred, found.treasury) == ("0010", False, HANOI)


@pytest.mark.parametrize("code", ["0011", "0012", "0037", "0059"])
def test_a_code_of_an_office_rolls_up_to_the_province_of_its_block(code: str) -> None:
    found = SMALL.lookup(code)
    assert found is not None
    assert (found.queue, found.inferred) == ("0010", True)


def test_a_listed_office_is_named() -> None:
    found = SMALL.lookup("0012")
    assert found is not None
    assert found.office == OFFICE


@pytest.mark.parametrize(
    "code", ["0412", "0410", "0060", "9999", "0004", "0000", "", "10", "abcd", "٠٠١٠", "00100"]
)
def test_nothing_is_guessed_where_the_province_has_no_known_code(code: str) -> None:
    assert SMALL.lookup(code) is None


def test_the_central_treasury_has_one_queue_with_a_name() -> None:
    found = SMALL.lookup("0003")
    assert found is not None
    assert (found.queue, found.inferred) == ("central", False)
    assert SMALL.queue_name("central") == "Kho bạc Nhà nước"


def test_queues_are_those_that_a_code_leads_to() -> None:
    assert SMALL.queues == ("0010", "central")
    assert SMALL.queue_name("unrouted") is None
    assert SMALL.queue_name("0060") is None


def test_a_successor_is_told_and_moves_nothing() -> None:
    directory = shipped().treasuries
    found = directory.lookup("3110")
    assert found is not None
    assert found.queue == "3110"
    assert found.treasury.successor == "Cần Thơ"
    [merged] = [one for one in directory.treasuries if one.province == "Bình Dương" and not one.code]
    assert merged.full_name == "KBNN Bình Dương (nay thuộc TP Hồ Chí Minh)"
    assert directory.queue_name("3110") == "KBNN Hậu Giang (nay thuộc Cần Thơ)"


def test_two_provinces_may_share_a_queue_which_keeps_the_name_of_its_code() -> None:
    joined = replace(NO_CODE, code="0410", queue="0010")
    directory = TreasuryDirectory((joined, HANOI))
    found = directory.lookup("0412")
    assert found is not None
    assert found.queue == "0010"
    assert directory.queue_name("0010") == "KBNN Hà Nội"


def test_the_shipped_directory_has_the_ten_provinces_seen_and_invents_none() -> None:
    known = {
        t.province: t.code for t in shipped().treasuries.treasuries if t.level is Level.PROVINCE and t.code
    }
    assert known == {
        "Hà Nội": "0010", "Hải Phòng": "0060", "Hồ Chí Minh": "0110", "Đà Nẵng": "0160", "Nam Định": "0260",
        "Hà Nam": "0310", "Hải Dương": "0360", "Thái Bình": "0460", "Long An": "0510", "Hậu Giang": "3110",
    }  # fmt: skip


def test_the_shipped_directory_has_63_provinces_that_became_34() -> None:
    all_of_them = [t for t in shipped().treasuries.treasuries if t.level is Level.PROVINCE]
    assert len(all_of_them) == 63
    assert len({t.successor or t.province for t in all_of_them}) == 34


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("hanoi.gov.vn", "0010"),
        ("sotuphap.danang.gov.vn", "0160"),
        ("HAIPHONG.GOV.VN", "0060"),
        ("angiang.gov.vn", ""),
    ],
)
def test_the_domain_of_an_authority_tells_its_province(domain: str, code: str) -> None:
    found = shipped().treasuries.by_domain(domain)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "domain", ["", "gov.vn", "xhanoi.gov.vn", "hanoi.gov.vn.example", "gmail.com", "..", "vn"]
)
def test_other_domains_tell_nothing(domain: str) -> None:
    assert shipped().treasuries.by_domain(domain) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trường A, huyện Vị Thủy, Hậu Giang", ["Hậu Giang"]),
        ("truong A, tinh hau giang", ["Hậu Giang"]),
        ("UBND HÀ NỘI", ["Hà Nội"]),
        ("UBND phường 5, TP.HCM", ["Hồ Chí Minh"]),
        ("UBND phường 5, TP. HCM", ["Hồ Chí Minh"]),
        ("thành phố Hồ Chí Minh", ["Hồ Chí Minh"]),
        ("Bà Rịa - Vũng Tàu", ["Bà Rịa - Vũng Tàu"]),
        ("Thừa Thiên - Huế", ["Huế"]),
        ("TP Huế", ["Huế"]),
        ("tỉnh Hoà Bình và tỉnh Hòa Bình", ["Hòa Bình"]),
        ("từ Nam Định đến Hà Nam", ["Nam Định", "Hà Nam"]),
        ("Hậu\nGiang", ["Hậu Giang"]),
        ("KBHG", ["Hậu Giang"]),
        ("P. Hải Dương, TP. Hải Phòng", ["Hải Phòng"]),
        ("P.Hà Giang, tỉnh Tuyên Quang", ["Tuyên Quang"]),
        ("Nguyễn Thái Bình, KBNN Hải Phòng", ["Hải Phòng"]),
        ("UBND TP. Hải Dương", ["Hải Dương"]),
        ("Trần Hưng Đạo, Hà Nội", ["Hà Nội"]),
    ],
)
def test_provinces_are_found_in_texts(text: str, expected: list[str]) -> None:
    assert provinces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "HN",
        "QN, HG, TB, ĐN",
        "chị Nguyễn Thị Huế",
        "gửi cả mẫu biểu",
        "lòng ăn năn",
        "phường Hải Dương",
        "xã Hà Giang",
        "đường Điện Biên Phủ",
        "đường Hồ Chí Minh",
        "Đoàn Thanh niên Cộng sản Hồ Chí Minh",
        "tư tưởng Hồ Chí Minh",
        "Nguyễn Thị Hà\nNội dung: lỗi",
        "kính gửi chị Hà. Nội dung như sau",
        "X. Hà Giang",
        "Đ. Hà Nội, Q. Hòa Bình",
        "xa lộ Hà Nội",
        "Trần Thái Bình",
        "chị Lê Hà Nam",
        "NGUYỄN THỊ HÀ GIANG",
        "Nguyen Van Thai Binh",
        "Trường THPT Nguyễn Thái Bình",
        "An, Giang",
        "",
    ],
)
def test_what_only_looks_like_a_province_is_none(text: str) -> None:
    assert provinces(text) == []


@pytest.mark.parametrize("text", ["KBNN Hà Nội", "Kho bạc Nhà nước thành phố Hà Nội", "kho bạc Hà Nội"])
def test_a_treasury_is_told_from_a_place(text: str) -> None:
    assert [m.as_treasury for m in shipped().treasuries.province_mentions(text)] == [True]


def test_a_place_is_no_treasury() -> None:
    assert [m.as_treasury for m in shipped().treasuries.province_mentions("ở Hà Nội")] == [False]


@given(st.text(max_size=300))
def test_any_text_and_code_are_bearable(text: str) -> None:
    directory = shipped().treasuries
    directory.lookup(text)
    directory.by_domain(text)
    assert len(directory.province_mentions(text)) <= 63


@given(st.integers(0, 9999))
def test_every_code_leads_to_a_listed_queue_or_nowhere(number: int) -> None:
    found = shipped().treasuries.lookup(f"{number:04}")
    assert found is None or found.queue in shipped().treasuries.queues
