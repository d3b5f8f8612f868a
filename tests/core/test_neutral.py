"""What tells of one case is hidden, what explains stays."""

import pytest

from triage.core.neutral import neutral

PLACES = frozenset({"ha noi", "lao cai"})

HIDDEN = (
    ("Kính gửi chị Nguyễn Thị Hà,", "Kính gửi chị [tên],"),
    ("Anh Tuấn thử lại giúp.", "Anh [tên] thử lại giúp."),
    ("Lỗi của Trần Văn Nam từ sáng", "Lỗi của [tên] từ sáng"),
    ("Trường THCS Hoa Mai đã được mở khóa.", "Trường THCS [đơn vị] đã được mở khóa."),
    ("UBND xã Bình Minh nộp lại.", "UBND xã [đơn vị] nộp lại."),
    ("Gọi 0912 345 678 hoặc +84 912345678.", "Gọi [số] hoặc [số]."),
    ("Thư gửi lan.nt@hoamai.example.", "Thư gửi [địa chỉ]."),
    ("Xem https://dvc.hoamai.example/a?b=1 nhé", "Xem [liên kết] nhé"),
    ("Phiếu SD261116-000001, hồ sơ HS-2026-00123.", "Phiếu [mã], hồ sơ [mã]."),
    ("Mã ĐVQHNS 1034567, số tiền 12.000.000 đồng.", "Mã ĐVQHNS [số], số tiền [số] đồng."),
    ("Đã mở khóa ngày 12/03/2026.", "Đã mở khóa ngày [ngày]."),
    ("Mật khẩu: Hoamai@2026 đã đổi.", "Mật khẩu: •••••••••••• đã đổi."),
)
KEPT = (
    "Vào mục Tài khoản, chọn Đổi mật khẩu, chờ 24 giờ rồi thử lại bước 1.",
    "Theo thông báo 7102/TB-KBNN năm 2026 của Kho bạc Nhà nước Hà Nội.",
    "Gỡ rồi cài lại VST-Sign bản 2.1.5, rút USB Token, mở Chrome 120; lỗi HTTP 404 sẽ hết.",
    "[0010#DVC] LỖI ĐĂNG NHẬP",
    "bà Trưởng phòng, anh Kế toán ở Lào Cai",
    "",
)


@pytest.mark.parametrize(("text", "shown"), HIDDEN, ids=[text for text, _ in HIDDEN])
def test_what_tells_of_a_case_is_hidden(text: str, shown: str) -> None:
    assert neutral(text, places=PLACES) == shown


@pytest.mark.parametrize("text", KEPT)
def test_what_explains_stays(text: str) -> None:
    assert neutral(text, places=PLACES) == text


def test_what_the_ticket_knows_is_hidden_wherever_it_stands() -> None:
    said = "Thcs hoa mai báo: bich dùng máy của THCS Hoa Mai, hoa mai nở."
    assert neutral(said, ("THCS Hoa Mai",)) == "[tên] báo: bich dùng máy của [tên], hoa mai nở."


def test_to_hide_twice_changes_nothing() -> None:
    for text, shown in HIDDEN:
        assert neutral(neutral(text, places=PLACES), places=PLACES) == shown


def test_a_long_text_is_read_in_part() -> None:
    assert len(neutral("a b " * 20_000)) <= 20_000
