import struct

import pytest
from hypothesis import given, settings, strategies as st
from support.winmail import packed_rtf

from triage.core.rtf import DEEPEST, LARGEST, MOST_TOKENS, text_of_rtf
from triage.core.rtf_packed import LARGEST as LARGEST_UNPACKED, unpack_rtf


@pytest.mark.parametrize(
    ("rtf", "wanted"),
    [
        (rb"{\rtf1\ansi Loi ky so\par Gap}", "Loi ky so\nGap"),
        (rb"{\rtf1\ansi L\u7895?i \u273?\u259?ng nh\u7853?p}", "Lỗi đăng nhập"),
        (rb"{\rtf1\ansi\uc2 k\u253\'fd\'fd s\u7889 xxo}", "ký sốo"),
        (rb"{\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset163 Times;}}\f1 L\'ea\f0  caf\'e9}", "Lê café"),
        (rb"{\rtf1{\*\htmltag64 <p>}an{\pict 0102}\'41{\info{\author x}}}", "anA"),
        (rb"{\rtf1 a\~b\_c\{d\}\\}", "a b-c{d}\\".replace(" ", "\xa0", 1)),
        (rb"{\rtf1 a{\field{\*\fldinst HYPERLINK x}{\fldrslt xem}}}", "axem"),
        (rb"{\rtf1 a\bin5 }}{{{b}", "ab"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "\U0001f600"),
        (b"{\\rtf1 a\r\nb\\cell c\\row}", "ab\tc"),
        (b"khong phai RTF", ""),
        (b"", ""),
    ],
)
def test_the_text_of_a_document(rtf: bytes, wanted: str) -> None:
    assert text_of_rtf(rtf) == wanted


def test_deep_and_long_documents_end_at_a_limit() -> None:
    assert text_of_rtf(b"{\\rtf1 a" + b"{" * (DEEPEST + 10) + b"b") == "a"
    assert len(text_of_rtf(b"{\\rtf1 " + b"a" * (LARGEST + 100))) < LARGEST
    assert len(text_of_rtf(b"{\\rtf1 " + b"a\\b " * MOST_TOKENS)) < MOST_TOKENS


def test_packed_text_is_unpacked() -> None:
    rtf = rb"{\rtf1\ansi\par Xin chao}"
    assert unpack_rtf(packed_rtf(rtf)) == rtf
    plain = struct.pack("<LL4sL", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    assert unpack_rtf(plain) == rtf


def test_repetitions_are_copied_even_into_themselves() -> None:
    # the examples of [MS-OXRTFCP] §4.1 and §4.2
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpack_rtf(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack_rtf(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_a_claim_of_great_length_is_not_believed() -> None:
    endless = struct.pack("<LL4sL", 0, 2**32 - 1, b"LZFu", 0) + b"\xff\x0c\xcf" * 500_000
    assert len(unpack_rtf(endless)) <= LARGEST_UNPACKED
    assert unpack_rtf(b"") == unpack_rtf(b"x" * 40) == b""


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(noise: bytes) -> None:
    unpack_rtf(struct.pack("<LL4sL", 0, 5_000, b"LZFu", 0) + noise)
    assert isinstance(text_of_rtf(b"{\\rtf1" + noise), str)


@given(st.text(alphabet="{}\\'*ubin0123456789 fa\n", max_size=200))
def test_any_mark_up_is_survived(noise: str) -> None:
    text_of_rtf(b"{\\rtf1" + noise.encode())
