"""The text of documents is read within limits, whoever made them."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from support.papers import TYPES, docx, odt, packed, pdf, xlsx

from triage.core.filetext import ENDINGS, LARGEST_FILE, plain_text
from triage.core.opentext import open_text
from triage.core.sheettext import LONGEST_CELL, LONGEST_TEXT, sheet_text
from triage.core.wordtext import word_text
from triage.core.xmltags import MOST_TAGS, tags
from triage.core.zipnames import MAX_ENTRIES, MAX_INNER


@pytest.mark.parametrize("ending", TYPES)
def test_lines_and_the_rows_of_tables_are_lines(ending: str) -> None:
    text = plain_text(f"Mẫu{ending.upper()}", TYPES[ending]("Một & hai\nTên\t7\tHoa < Cúc\nBa"))
    assert [line.rstrip("\t") for line in text.splitlines() if line] == [
        "Một & hai",
        "Tên\t7\tHoa < Cúc",
        "Ba",
    ]


@pytest.mark.parametrize("name", ["", "mau", "mau.docx.exe", "mau.xls"])
def test_other_files_have_no_text(name: str) -> None:
    assert plain_text(name, docx("một")) == ""


@pytest.mark.parametrize("ending", TYPES)
def test_a_large_file_is_not_read(ending: str) -> None:
    assert plain_text(f"a{ending}", TYPES[ending]("một") + bytes(LARGEST_FILE)) == ""


def test_of_an_open_document_what_was_deleted_or_remarked_is_not_read() -> None:
    kept = (
        "<text:tracked-changes><text:deletion><text:p>xóa</text:p></text:deletion></text:tracked-changes>"
        "<text:p>Một<text:s text:c='2'/>hai<text:tab/>ba<office:annotation><dc:creator>An</dc:creator>"
        "<text:p>ý</text:p></office:annotation>\n  bốn<text:line-break/>năm</text:p><text:h/> ngoài "
        "<text:p>sáu</text:p>"
    )
    text = open_text(packed({"content.xml": kept}))
    assert text.splitlines() == ["Một hai\tba bốn", "năm", "", "sáu"]


def test_cells_are_read_however_their_text_is_kept() -> None:
    sheet = (
        "<x:row><x:c t='inlineStr'><x:is><x:r><x:t>Một</x:t></x:r><x:r><x:t>\nhai</x:t></x:r></x:is></x:c>"
        "<x:c t='str'><x:f>A1</x:f><x:v>ba</x:v></x:c><x:c t='s'><x:v>9</x:v></x:c>"
        "<x:c t='s'><x:v>-1</x:v></x:c><x:c t='s'><x:v>0</x:v></x:c></x:row>"
    )
    strings = "<x:si><x:t>bốn</x:t><x:rPh><x:t>đọc</x:t></x:rPh></x:si>"
    read = sheet_text(packed({"xl/worksheets/sheet2.xml": sheet, "xl/sharedStrings.xml": strings}))
    assert read.split() == ["Một", "hai", "ba", "bốn"]


@pytest.mark.parametrize(
    ("read", "file", "xml"),
    [
        (word_text, "word/document.xml", "<w:t>a</w:t>"),
        (open_text, "content.xml", "<text:p>a</text:p>"),
        (sheet_text, "xl/worksheets/sheet1.xml", "<c><v>a</v></c>"),
    ],
)
def test_a_document_that_swells_is_cut(read: Callable[[bytes], str], file: str, xml: str) -> None:
    text = read(packed({file: xml * 2_000_000}))
    assert 1_000 < len(text) < 2 * MOST_TAGS


def test_a_text_without_tags_is_cut_as_well() -> None:
    assert len(open_text(packed({"content.xml": "<text:p>" + "a" * 3 * MAX_INNER}))) < MAX_INNER


@pytest.mark.parametrize("cell", ["<c t='s'><v>0</v></c>", "<v>0</v>", "<t>a</t>"])
def test_a_long_string_in_many_cells_is_cut(cell: str) -> None:
    row = f"<row><c t='s'>{cell * 20_000}</c></row>"
    long = packed(
        {"xl/worksheets/sheet1.xml": row, "xl/sharedStrings.xml": f"<si><t>{'a' * 1_000_000}</t></si>"}
    )
    assert 0 < len(sheet_text(long)) < LONGEST_TEXT + 2 * LONGEST_CELL


def test_a_document_with_too_many_files_is_not_searched() -> None:
    many = {f"a{at}": "" for at in range(MAX_ENTRIES)}
    assert open_text(packed({**many, "content.xml": "<text:p>a</text:p>"})) == ""


@pytest.mark.parametrize(
    "xml", ["<", "<a", "<a:", "<a:b ", "</", "<w:t ", "<w:t>", "</w:p> ", "<a" + "b" * 5_000]
)
def test_tags_that_never_end_are_gone_over_once(xml: str) -> None:
    many = xml * (MAX_INNER // len(xml))
    assert sum(len(tag.text) for tag in tags(many)) <= MOST_TAGS
    assert not word_text(packed({"word/document.xml": many})).strip()


@settings(deadline=None)
@given(
    st.binary(max_size=2000)
    | st.sampled_from((docx("một"), odt("một"), xlsx("một"), pdf("một"))).flatmap(
        lambda whole: st.tuples(st.integers(0, len(whole)), st.binary(max_size=40)).map(
            lambda cut: whole[: cut[0]] + cut[1] + whole[cut[0] + len(cut[1]) :]
        )
    )
)
def test_no_file_raises(data: bytes) -> None:
    for ending in ENDINGS:
        assert isinstance(plain_text(f"x{ending}", data), str)


@given(
    st.lists(st.sampled_from(("p", "h", "table-cell", "annotation", "si", "t", "rPh", "row", "c t='s'", "v")))
)
def test_no_xml_raises(names: list[str]) -> None:
    xml = "".join(f"<{name}>1</{name.split()[0]}><{name}/></{name.split()[0]}>" for name in names)
    files = ("content.xml", "word/document.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
    for ending in ENDINGS:
        assert isinstance(plain_text(f"x{ending}", packed(dict.fromkeys(files, xml))), str)
