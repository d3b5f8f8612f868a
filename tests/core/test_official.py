import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_file, a_mail

from triage.core.official import OFFICIAL_LETTER, official_letter

LETTER = """UBND HUYỆN MẪU
Số: 123/CV-UBND
V/v hỗ trợ lỗi ký số

Kính gửi: Kho bạc Nhà nước

Nội dung.

Nơi nhận:
- Như trên;

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH"""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Công văn", LETTER),
        ("V/v đăng ký sử dụng DVC", "Kính gửi: Kho bạc Nhà nước Hà Nội\nĐơn vị đề nghị hỗ trợ."),
        ("x", "Số: 45/TTr-THCS\nKính gửi: Kho bạc Nhà nước khu vực"),
        ("x", "So: 12/CV-MN\nV/v thay doi ke toan truong"),
        ("x", "Nơi nhận:\n- Lưu: VT\nKT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG"),
        ("V/v xin cấp lại tài khoản", "Số: 7/2026/CV-ABC"),
        ("x", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 1/QĐ-UBND"),
    ],
)
def test_two_signs_of_the_layout_make_an_official_letter(subject: str, text: str) -> None:
    [reason] = official_letter(a_mail(subject, text))
    assert reason.code == OFFICIAL_LETTER
    assert "văn thư" in reason.vi


@pytest.mark.parametrize(
    "name",
    [
        *("CV 12 ho tro DVC.pdf", "Cong van 45.pdf", "Công văn số 12-2026.pdf", "congvan.pdf", "CV-123.PDF"),
        *(
            "123_CV-UBND.pdf",
            "12.CV.THCS.signed.pdf",
            "To trinh 05.docx",
            "45-TB-MN.pdf",
            "QD 12 bo nhiem KTT.pdf",
        ),
        *("cong_van_de_nghi.jpg", "Tờ trình số 3.doc", "TTr 45.pdf"),
    ],
)
def test_a_paper_named_as_one_is_enough(name: str) -> None:
    assert official_letter(a_mail("Nhờ hỗ trợ", "Gửi kèm", attachments=(a_file(name, "application/pdf"),)))


@pytest.mark.parametrize(
    "name",
    [
        "loi.pdf",
        "CV xin viec.pdf",
        "16c1.pdf",
        "bang ke thang 3.xlsx",
        "anh 12.png",
        "cv.zip",
        "hoso_cv.txt",
        "image001.png",
    ],
)
def test_other_files_are_none(name: str) -> None:
    assert not official_letter(
        a_mail("Nhờ hỗ trợ", "Gửi kèm", attachments=(a_file(name, "application/pdf"),))
    )


@pytest.mark.parametrize(
    "text",
    [
        "Theo công văn số 7102/TB-KBNN ngày 28/12/2021, em nhờ hỗ trợ",
        "Kính gửi: Kho bạc Nhà nước\nEm không đăng nhập được",
        "V/v lỗi đăng nhập",
        "Số: 0912345678",
        "Số điện thoại: 0912345678\nKính gửi anh chị",
        "",
    ],
)
def test_a_plain_mail_is_none(text: str) -> None:
    assert official_letter(a_mail("Lỗi", text)) == ()


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_mail_is_told(text: str, name: str) -> None:
    official_letter(a_mail(text[:40], text, attachments=(a_file(name),)))
