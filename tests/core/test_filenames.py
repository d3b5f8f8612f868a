import pytest
from hypothesis import given, strategies as st

from triage.core.filenames import LONGEST, safe_name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Lỗi ký số.png", "Lỗi ký số.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\bang-ke.xlsx", "bang-ke.xlsx"),
        ("..", "tep-3"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("", "tep-3"),
        ("a\x00b\x1b[31m\r\nc.txt", "ab[31m c.txt"),
        ("cong-van-\u202efdp.exe", "cong-van-fdp.exe"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("CON.txt", "_CON.txt"),
        ("a.pdf. . ", "a.pdf"),
        ("\u200b\u200b", "tep-3"),
    ],
)
def test_a_name_becomes_harmless(name: str, wanted: str) -> None:
    assert safe_name(name, 3) == wanted


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("Lỗi ký số " * 100 + ".pdf", 1)
    assert name.endswith(".pdf")
    assert len(name.encode()) <= LONGEST


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder(name: str) -> None:
    safe = safe_name(name, 1)
    assert safe.strip()
    assert safe not in {".", ".."}
    assert not set("/\\\0\n\r") & set(safe)
    assert len(safe.encode()) <= LONGEST + 20
    assert safe[0] not in ".-~"
