from email.message import Message

import pytest
from hypothesis import example, given, strategies as st

from triage.web.dispositions import content_disposition


@pytest.mark.parametrize(
    ("name", "plain", "whole"),
    [
        ("bao-cao.pdf", "bao-cao.pdf", "bao-cao.pdf"),
        ("Công văn 12%.pdf", "cong van 12_.pdf", "C%C3%B4ng%20v%C4%83n%2012%25.pdf"),
        ('a"; filename=b.exe', "a__ filename=b.exe", "a_%3B%20filename%3Db.exe"),
        ("../../etc/passwd", "passwd", "passwd"),
        (r"..\..\windows\win.ini", "win.ini", "win.ini"),
        ("x\r\nSet-Cookie: y", "x set-cookie_ y", "x%20Set-Cookie_%20y"),
        ("hoa-don\u202efdp.exe", "hoa-donfdp.exe", "hoa-donfdp.exe"),
        ("a\x00b\x1b[31m\u200b.txt", "ab[31m.txt", "ab%5B31m.txt"),
        ("NUL.txt", "_nul.txt", "_NUL.txt"),
        ("", "tep-3", "tep-3"),
        ("../..", "tep-3", "tep-3"),
    ],
)
def test_a_name_is_written_twice_for_old_and_new_programs(name: str, plain: str, whole: str) -> None:
    expected = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
    assert content_disposition("attachment", name, 3) == expected


@given(st.text())
@example("¸")
@example("℅")
def test_the_header_is_one_line_of_ascii_and_reads_back_as_a_name(name: str) -> None:
    header = content_disposition("inline", name, 3)
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "inline"
    read = message.get_filename()
    assert read
    assert not set(read) & set("/\\")
    assert not read.startswith(".")
