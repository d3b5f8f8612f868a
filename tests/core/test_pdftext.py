"""The text of a PDF is read as it stands on the page, within limits whoever made it."""

import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from support.papers import pdf, pdf_of

from triage.core.pdfobjects import MOST_UNPACKED, read_pdf
from triage.core.pdftext import LONGEST_TEXT, pdf_text
from triage.core.pdfvalues import MOST_TOKENS, Budget, Name, Ref, Word, pdf_values

CATALOG = ("/Type /Catalog /Pages 2 0 R", b"")
PAGES = ("/Type /Pages /Kids [3 0 R 2 0 R] /Parent 2 0 R", b"")
PAGE = "/Type /Page /Parent 2 0 R /Contents {} /Resources <</Font <</F 5 0 R>>>>"
SIMPLE = ("/Type /Font /Subtype /TrueType /FirstChar 97 /Widths [500 500 600]", b"")
MANY = 400_000


def page(
    drawn: bytes, font: tuple[str, bytes] = SIMPLE, *more: tuple[str, bytes], pack: bool = True
) -> bytes:
    return pdf_of(CATALOG, PAGES, (PAGE.format("4 0 R"), b""), ("", drawn), font, *more, pack=pack)


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        (b"BT /F 10 Tf 10 TL (a) Tj (b) ' T* (c) Tj ET", "a\nb\nc"),
        (b"BT /F 10 Tf 1 0 0 1 9 9 Tm (b) Tj ET BT /F 10 Tf 1 0 0 1 9 50 Tm (a) Tj ET", "a\nb"),
        (
            b"BT /F 10 Tf (ab) Tj 10 0 Td (c) Tj 9 0 Td (a) Tj 60 0 Td (b) Tj 0 -12 TD (c) Tj ET",
            "abc a\tb\nc",
        ),
        (b"BT /F 10 Tf [(a) -50 (b) -300 (c)] TJ 1 Tc (ab) Tj ET", "ab cab"),
        (
            rb"BT /F 10 Tf (\(a\)\101\
b\\) Tj ET",
            "(a)Ab\\",
        ),
        (
            b"q .5 0 0 .5 0 0 cm Q BT /F 10 Tf (a) Tj ET BI ID (((\x00 EI BT /F 10 Tf 0 -20 Td <62> Tj ET",
            "a\nb",
        ),
        (b"BT /F 10 Tf (ch\xe0o \x96) Tj ET", "chào –"),
        (b"BT Tf /F Tf /None 9 Tf Tj [] TJ 1 Td Tm cm Q Q (a) Tj ET", "a"),
    ],
)
@pytest.mark.parametrize("pack", [True, False])
def test_letters_are_put_where_they_are_drawn(drawn: bytes, text: str, pack: bool) -> None:  # noqa: FBT001
    assert pdf_text(page(drawn, pack=pack)) == text


def test_a_font_says_what_its_codes_mean_and_how_wide_they_are() -> None:
    table = (
        b"1 beginbfrange <0001> <0003> <0041> <0005> <0006> [<1EA1> <00660069>] endbfrange\n"
        b"1 beginbfchar <0009> <0020> endbfchar"
    )
    font = "/Subtype /Type0 /ToUnicode 6 0 R /DescendantFonts [<</W [1 [900 100] 3 6 300] /DW 250>>]"
    drawn = b"BT /F 10 Tf <0001000200030009> Tj 15.5 0 Td <000500060007> Tj ET"
    assert pdf_text(page(drawn, (font, b""), ("", table))) == "ABC ạfi"


def test_objects_in_streams_and_the_newest_of_each_are_read() -> None:
    whole = page(b"BT /F 10 Tf (old) Tj ET")
    newer = zlib.compress(b"BT /F 10 Tf (new) Tj ET")
    inner = b"8 0 9 22 " + b"<</Type /Page/F 1>>   " + b"<</Type /Page /Contents 4 0 R>>"
    stream = b"7 0 obj <</Type /ObjStm /N 2 /First 9>>\nstream\n" + inner + b"\nendstream endobj\n"
    update = b"4 0 obj <</Filter [/FlateDecode]>>\nstream\r\n" + newer + b"endstream endobj\n"
    assert pdf_text(whole + update) == "new"
    assert pdf_text(whole + update + stream).split() == ["new", "new"]


@pytest.mark.parametrize(
    "data", [b"", b"%PDF", b"abc", pdf("một") + b"/Encrypt 9 0 R", pdf("một").replace(b"/Flate", b"/LZW")]
)
def test_what_cannot_be_read_has_no_text(data: bytes) -> None:
    assert pdf_text(data).strip() == ""


def test_values_are_read_whole() -> None:
    data = b"<< /A#42 [1 -.5 <4> 3 0 R] % note\n /C << /D (x(y)) >> /E true >> Tj ] >> 1 R"
    inner = {"AB": [1.0, -0.5, b"@", Ref(3)], "C": {"D": b"x(y)"}, "E": Word("true")}
    assert list(pdf_values(data, Budget())) == [inner, Word("Tj"), 1.0, Word("R")]
    assert isinstance(next(pdf_values(b"/A", Budget())), Name)


LETTERS = b"BT /F 10 Tf " + b"(aaaa) Tj " * MANY

OVERLAPPING = b"".join(b"%d 0 %d 7000000 " % (at, at) for at in range(9, 9_009)).ljust(8_000_000)


@pytest.mark.parametrize(
    "make",
    [
        lambda: page(b" " * 300_000_000),
        lambda: page(LETTERS),
        lambda: page(b"BT /F 10 Tf (" + b"a" * 50_000_000 + b") Tj"),
        lambda: page(b"BT /F 10 Tf [" + b"(a)" * MANY + b"] TJ"),
        lambda: page(b"BT /F 10 Tf (a) Tj", SIMPLE, ("/Type /ObjStm /N 1 /First 9", b"9 0 " * 50_000_000)),
        lambda: page(b"BT /F 10 Tf (a) Tj", SIMPLE, ("/Type /ObjStm /First 230000", OVERLAPPING)),
        lambda: page(b"BT /F 10 Tf (a) Tj").replace(
            b"/Contents 4 0 R", b"/Contents [" + b"4 0 R " * MANY + b"]"
        ),
        lambda: page(LETTERS[:4_000_000]).replace(
            b"/Contents 4 0 R", b"/Contents [" + b"4 0 R " * 900 + b"]"
        ),
        lambda: pdf_of(CATALOG, PAGES, *[(PAGE.format("3 0 R"), LETTERS)] * 20),
        lambda: pdf_of(*[("/Type /Page /Parent 1 0 R /Contents 1 0 R", b"")] * 10_000),
    ],
    ids=["blanks", "letters", "string", "array", "objects", "overlaps", "refs", "again", "pages", "loop"],
)
def test_a_bomb_is_read_no_further_than_allowed(make: Callable[[], bytes]) -> None:
    data = make()
    assert len(pdf_text(data)) <= LONGEST_TEXT
    file = read_pdf(data)
    for number in file.places:
        assert len(file.stream(Ref(number))) <= MOST_UNPACKED
    assert file.bytes_left > -MOST_UNPACKED


def test_fonts_are_not_kept_beyond_what_a_file_may_have() -> None:
    ranges = b"<0000> <ffff> <0041> endbfrange " * 1_000
    names = " ".join(f"/F{at} {at} 0 R" for at in range(4, 60))
    fonts = [
        ("/Subtype /Type0 /ToUnicode 3 0 R /DescendantFonts [<</W [0 999999999999999 9 0 99999999 9]>>]", b"")
    ] * 56
    drawn = b"BT " + b" ".join(b"/F%d 9 Tf <0001> Tj" % at for at in range(4, 60))
    said = f"/Type /Page /Contents 2 0 R /Resources <</Font <<{names}>>>>"
    assert pdf_text(pdf_of((said, b""), ("", drawn), ("", ranges), *fonts)).startswith("B")


@pytest.mark.parametrize(
    "piece",
    [
        b"(",
        b"(a",
        rb"(\(",
        b"(()",
        b"[",
        b"<<",
        b"<",
        b"<4",
        b"/",
        b"%",
        b"1 0 obj ",
        b">>stream\n",
        b"endstream",
        b"1 ",
        b"1 0 obj <<>>stream\n",
        b"1 0 obj <</Type/Page/Contents 1 0 R>>stream\nendstream",
        b"9",
        b">>         ",
    ],
)
def test_what_never_ends_is_gone_over_once(piece: bytes) -> None:
    many = piece * (1_000_000 // len(piece))
    budget = Budget()
    assert sum(1 for _ in pdf_values(many, budget)) <= MOST_TOKENS
    assert pdf_text(b"%PDF-1.7\n" + many) == pdf_text(page(many)).strip() == ""


@settings(deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from((pdf("Một\thai"), page(b"BT /F 10 Tf [(a) 1] TJ 1 0 0 1 2 3 Tm", pack=False)))
    )
    at = data.draw(st.integers(0, len(whole)))
    more = data.draw(
        st.binary(max_size=9) | st.sampled_from((b"[", b"(", b"<<", b"/Kids 1 0 R", b"999999999999999 "))
    )
    assert isinstance(pdf_text(whole[:at] + more + whole[at + len(more) :]), str)
