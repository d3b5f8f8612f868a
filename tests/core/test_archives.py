import lzma
import struct
import tarfile
import zlib

import pytest
from hypothesis import given, settings, strategies as st
from support.archives import (
    RAR4,
    RAR5,
    gzip_bomb,
    gzipped,
    nested_zip,
    overlapping_zip,
    pax_record,
    rar4,
    rar5,
    sevenzip,
    tar_by_hand,
    tarred,
    zip_by_hand,
    zip_of_bombs,
    zipped,
)
from support.winmail import windows_1258

from triage.core.archivelist import MOST_MEMBERS
from triage.core.archivenames import names_of
from triage.core.archives import DEEPEST, MOST_GZIPS, MOST_SNIFFED, MOST_UNPACKED, Archive, look_inside
from triage.core.rarnames import rar_members
from triage.core.sevenzip import sevenzip_members
from triage.core.tarnames import tar_members
from triage.core.zipnames import zip_entries

NAMES = ("Bảng kê/Lỗi ký số.pdf", "caidat.exe")
LONG = "thu muc " * 20 + "/Lỗi.pdf"


def codes(archive: Archive) -> set[str]:
    return {note.code for note in archive.notes}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("zip", zipped(dict.fromkeys(NAMES, b"x"))),
        ("rar", rar4(*NAMES)),
        ("rar", rar5(*NAMES)),
        ("7z", sevenzip(*NAMES)),
        ("7z", sevenzip(*NAMES, packer="lzma2")),
        ("7z", sevenzip(*NAMES, packer="none")),
        ("tar", tarred(dict.fromkeys(NAMES, b"x"))),
        ("gz", gzipped(tarred(dict.fromkeys(NAMES, b"x" * 2_000)))),
    ],
)
def test_names_are_listed_whatever_packed_them(kind: str, data: bytes) -> None:
    archive = look_inside(data, "ho-so")
    assert archive.kind == kind
    assert tuple(content.name for content in archive.contents) == NAMES
    assert (archive.locked, archive.hidden, archive.notes) == (False, False, ())


@pytest.mark.parametrize(
    "data", [rar4("a.pdf", locked=True), rar5("a.pdf", locked=True), sevenzip("a.pdf", locked=True)]
)
def test_a_locked_archive_still_tells_its_names(data: bytes) -> None:
    archive = look_inside(data)
    assert [content.name for content in archive.contents] == ["a.pdf"]
    assert (archive.locked, archive.hidden) == (True, False)
    assert archive.contents[0].encrypted


@pytest.mark.parametrize("data", [rar4(hidden=True), rar5(hidden=True), sevenzip("a", hidden=True)])
def test_hidden_names_are_told(data: bytes) -> None:
    archive = look_inside(data)
    assert archive.contents == ()
    assert (archive.locked, archive.hidden, codes(archive)) == (True, True, {"archive_names_hidden"})


def test_archives_inside_are_opened_to_a_limit() -> None:
    archive = look_inside(nested_zip(DEEPEST, {"caidat.exe": b"MZ\0"}))
    assert [content.shown for content in archive.contents][-1] == "lop1.zip › lop2.zip › caidat.exe"
    assert archive.contents[-1].detected == "exe"
    deeper = look_inside(nested_zip(DEEPEST + 1, {"caidat.exe": b"MZ\0"}))
    assert [content.name for content in deeper.contents][-1] == "lop3.zip"
    assert codes(deeper) == {"archive_too_deep"}


def test_every_kind_is_found_in_every_other() -> None:
    inner = {"a.rar": rar5("1.exe"), "b.7z": sevenzip("2.exe"), "c.tgz": gzipped(tarred({"3.exe": b""}))}
    for outer in (zipped(inner), tarred(inner), gzipped(tarred(inner))):
        names = [content.name for content in look_inside(outer).contents]
        assert names == ["a.rar", "1.exe", "b.7z", "2.exe", "c.tgz", "3.exe"]


@pytest.mark.parametrize(("name", "inner"), [("so-lieu.csv.gz", "so-lieu.csv"), ("x.tgz", "x.tar"), ("", "")])
def test_a_gzip_holds_one_file_named_by_itself_or_its_archive(name: str, inner: str) -> None:
    assert look_inside(gzipped(b"x", "goc.txt"), name).contents[0].name == "goc.txt"
    assert look_inside(gzipped(b"x"), name).contents[0].name == inner


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (overlapping_zip(200), "archive_overlaps"),
        (gzip_bomb(MOST_UNPACKED // 1_000_000 + 10), "archive_bomb"),
        (zipped({"a.gz": gzip_bomb(40)}), "archive_bomb"),
    ],
)
def test_a_bomb_is_told_and_not_unpacked(data: bytes, code: str) -> None:
    archive = look_inside(data)
    assert archive.is_bomb
    assert code in codes(archive)


def test_a_claim_of_gigabytes_is_a_bomb() -> None:
    data = zipped({"a.bin": bytes(1_000)}).replace(struct.pack("<L", 1_000), struct.pack("<L", 2_000_000_000))
    assert look_inside(data).is_bomb


def test_a_bomb_of_bombs_is_walked_within_the_limits() -> None:
    archive = look_inside(zip_of_bombs(16, 4))
    assert len(archive.contents) <= MOST_MEMBERS
    assert codes(archive) == {"archive_too_deep", "archive_not_whole"}


def test_too_many_members_are_cut_and_told() -> None:
    many = [f"{number}.txt" for number in range(MOST_MEMBERS + 5)]
    for data in (
        rar4(*many),
        sevenzip(*many),
        tarred(dict.fromkeys(many, b"")),
        zipped(dict.fromkeys(many, b"")),
    ):
        archive = look_inside(data)
        assert len(archive.contents) == MOST_MEMBERS
        assert codes(archive) == {"archive_not_whole"}


def test_only_the_first_members_are_looked_into() -> None:
    archive = look_inside(zipped({f"{number}.pdf": b"MZ\0" for number in range(MOST_SNIFFED + 1)}))
    assert [content.detected for content in archive.contents[-2:]] == ["exe", ""]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_a_tar_are_read_whole(form: int) -> None:
    data = tarred({LONG: b"x" * 600, "b.txt": b""}, form=form)
    assert [member.name for member in tar_members(data).members] == [LONG, "b.txt"]
    assert tar_members(data).members[0].size == 600


def test_a_tar_that_ends_early_says_so() -> None:
    data = tarred({"a.txt": b"x" * 5_000, "b.txt": b"x"})
    assert not tar_members(data[:3_000]).whole
    assert tar_members(data).whole


def test_folders_are_no_files() -> None:
    old = rar4("a/b.txt")
    folder = old.replace(struct.pack("<BH", 0x74, 0x8000), struct.pack("<BH", 0x74, 0x80E0))
    assert rar_members(folder).members == ()
    assert [content.name for content in look_inside(zipped({"a/": b"", "a/b": b""})).contents] == ["a/b"]


def test_what_is_no_archive_has_no_list() -> None:
    archive = look_inside(b"van ban")
    assert (archive.kind, archive.contents, archive.notes) == ("", (), ())


def test_a_header_packed_otherwise_is_told_to_be_unread() -> None:
    data = bytearray(sevenzip("a.txt"))
    at = data.find(b"\x23\x03\x01\x01")
    data[at + 1 : at + 4] = b"\x03\x04\x01"
    assert not sevenzip_members(bytes(data)).whole
    assert sevenzip_members(b"7z\xbc\xaf\x27\x1c" + bytes(26)).members == ()


def test_a_header_that_claims_gigabytes_is_not_unpacked() -> None:
    packed = lzma.compress(bytes(20_000_000), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
    coder = b"\x01\x21\x21\x01\x18"
    size = b"\xe0" + struct.pack("<L", 20_000_000)[1:]
    header = b"\x17\x06\x00\x01\x09" + b"\xc0" + struct.pack("<L", len(packed))[:2][::-1] + b"\x00"
    header += b"\x07\x0b\x01\x00" + coder + b"\x0c" + size + b"\x00\x00"
    place = struct.pack("<QQL", len(packed), len(header), 0)
    data = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + place + packed + header
    assert not sevenzip_members(data).whole


def test_shifts_in_old_names_are_followed() -> None:
    # letters of the 8-bit name with one upper byte for all, copied as a run
    coded = b"\x1e\xc0" + b"\x82\x00"
    raw = b"abcd\0" + coded
    fields = struct.pack("<LLBLLBBHL", 0, 0, 2, 0, 0, 29, 0x33, len(raw), 0)
    block = struct.pack("<HBHH", 0, 0x74, 0x8200, 7 + len(fields) + len(raw)) + fields + raw
    assert rar_members(RAR4 + block).members[0].name == "".join(
        chr(0x1E00 | ord(letter)) for letter in "abcd"
    )


WIDE_SIZES = struct.pack("<HHQQ", 1, 16, 1, 1)
FULL_SIZES = b"\xff" * 8


@pytest.mark.parametrize("wide_end", [True, False])
def test_the_long_numbers_of_zip64_are_read(wide_end: bool) -> None:  # noqa: FBT001 - a parameter
    data = zip_by_hand(b"ho-so.exe", beside=WIDE_SIZES, sizes=FULL_SIZES, wide_end=wide_end)
    archive = look_inside(data)
    assert [(content.name, content.size) for content in archive.contents] == [("ho-so.exe", 1)]
    assert codes(archive) == set()


def test_a_zip64_behind_a_program_is_found() -> None:
    data = b"MZ" * 50 + zip_by_hand(b"a.exe", beside=WIDE_SIZES, sizes=FULL_SIZES, wide_end=True)
    assert [entry.name for entry in zip_entries(data)] == ["a.exe"]


def test_a_comment_that_looks_like_the_end_hides_no_list() -> None:
    comment = b"PK\x05\x06" + bytes(22)
    data = zipped({"caidat.exe": b"MZ\0"})[:-2] + struct.pack("<H", len(comment)) + comment
    assert [content.name for content in look_inside(data).contents] == ["caidat.exe"]


@pytest.mark.parametrize(
    "raw",
    [
        windows_1258("Báo cáo lỗi ký số tháng 11.docx"),
        "Báo cáo lỗi ký số tháng 11.docx".encode(),
        b"B\xb8o c\xb8o l\xe7i k\xfd s\xe8 th\xb8ng 11.docx",  # TCVN3
    ],
)
def test_names_in_the_charset_of_a_vietnamese_machine_are_read(raw: bytes) -> None:
    names = [
        look_inside(zip_by_hand(raw)).contents[0].name,
        look_inside(tar_by_hand(("x", b"0", b"x")).replace(b"x".ljust(len(raw), b"\0"), raw, 1))
        .contents[0]
        .name,
    ]
    assert set(names) == {"Báo cáo lỗi ký số tháng 11.docx"}


def test_a_short_name_is_read_in_the_charset_of_the_others() -> None:
    long, short = windows_1258("Báo cáo lỗi ký số.docx"), windows_1258("Lỗi.png")
    assert names_of([long, short]) == ["Báo cáo lỗi ký số.docx", "Lỗi.png"]
    assert names_of(["Übung.txt".encode("cp437")]) == ["Übung.txt"]


def unicode_name(raw: bytes, name: str) -> bytes:
    told = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(told)) + told


def test_the_name_beside_the_name_is_read_where_it_does_not_change_the_ending() -> None:
    raw = b"B?ng k?.pdf"
    named = zip_by_hand(raw, beside=unicode_name(raw, "Bảng kê.pdf"))
    assert look_inside(named).contents[0].name == "Bảng kê.pdf"
    for wrong in (unicode_name(b"x.pdf", "Bảng kê.pdf"), unicode_name(raw, "Bảng kê.txt"), b"\x75\x70\x99"):
        assert look_inside(zip_by_hand(raw, beside=wrong)).contents[0].name == "B?ng k?.pdf"


def test_a_name_ends_where_programs_that_unpack_end_it() -> None:
    assert look_inside(zip_by_hand(b"caidat.exe\0.png")).contents[0].name == "caidat.exe"


def test_an_archive_inside_is_opened_under_any_name_but_a_document_is_not() -> None:
    inner = zipped({"caidat.exe": b"MZ\0"})
    shown = [content.shown for content in look_inside(zipped({"anh.png": inner, "du-lieu": inner})).contents]
    assert shown == ["anh.png", "anh.png › caidat.exe", "du-lieu", "du-lieu › caidat.exe"]
    assert len(look_inside(zipped({"a.docx": inner, "b.jar": inner})).contents) == 2


def test_gzips_behind_one_another_are_one() -> None:
    data = tarred({"sach.txt": b"x" * 2_000, "caidat.exe": b"MZ\0"})
    archive = look_inside(gzipped(data[:700]) + gzipped(data[700:]))
    assert [content.name for content in archive.contents] == ["sach.txt", "caidat.exe"]
    assert codes(archive) == set()
    assert codes(look_inside(gzipped(b"x") * (MOST_GZIPS + 1))) == {"archive_not_whole"}


@pytest.mark.parametrize("data", [rar4(*NAMES), rar5(*NAMES)])
def test_a_rar_that_is_cut_off_says_so(data: bytes) -> None:
    assert rar_members(data).whole
    assert not rar_members(data[: len(data) // 2]).whole
    assert not rar_members(data[:-3]).whole


def test_records_of_a_tar_are_read_by_their_length() -> None:
    lie = pax_record(b"comment", b"x\n30 path=vo-hai.txt") + pax_record(b"path", b"caidat.exe")
    members = tar_members(tar_by_hand(("x", b"x", lie), ("y.txt", b"0", b"MZ\0"))).members
    assert [member.name for member in members] == ["caidat.exe"]


def test_the_size_in_a_record_of_a_tar_counts() -> None:
    hidden = tar_by_hand(("caidat.exe", b"0", b"MZ\0"))
    decoy = tar_by_hand(("vo-hai.txt", b"0", b"x"))[:1024]
    data = (
        tar_by_hand(("x", b"x", pax_record(b"size", b"1024")), ("a.bin", b"0", b""))[:-1024] + decoy + hidden
    )
    assert [member.name for member in tar_members(data).members] == ["a.bin", "caidat.exe"]
    endless = tar_by_hand(("x", b"x", pax_record(b"size", b"9" * 6_000)), ("a.bin", b"0", b""))
    assert [member.name for member in tar_members(endless).members] == ["a.bin"]


def test_headers_of_a_tar_that_are_no_files_are_left_out() -> None:
    data = tar_by_hand(
        ("g", b"g", pax_record(b"comment", b"x")), ("K", b"K", b"dich\0"), ("a.txt", b"0", b"x")
    )
    assert [member.name for member in tar_members(data).members] == ["a.txt"]
    assert tar_members(data).whole


WHOLE = [
    zip_by_hand(windows_1258("Lỗi.pdf"), beside=WIDE_SIZES, sizes=FULL_SIZES, wide_end=True),
    tar_by_hand(("x", b"x", pax_record(b"path", b"Loi.pdf") + pax_record(b"size", b"1")), ("a", b"0", b"x")),
    zipped({"a.zip": zipped({"b.exe": b"x" * 50})}),
    rar4(*NAMES, locked=True),
    rar5(*NAMES, locked=True),
    sevenzip(*NAMES),
    sevenzip(*NAMES, packer="none"),
    gzipped(tarred({LONG: b"x", "b.zip": zipped({"c": b""})})),
    tarred({LONG: b"x", "b": b"y"}, form=tarfile.PAX_FORMAT),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.binary(max_size=30), st.integers(0, 500), st.booleans())
def test_any_damage_is_survived(data: bytes, noise: bytes, at: int, instead: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    broken = data[:at] + noise + data[at + (len(noise) if instead else 0) :]
    archive = look_inside(broken, "a.gz")
    assert len(archive.contents) <= MOST_MEMBERS
    assert all(len(content.path) < DEEPEST for content in archive.contents)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([RAR4, RAR5, b"7z\xbc\xaf\x27\x1c\x00\x04"]), st.binary(max_size=300))
def test_any_bytes_behind_a_signature_are_survived(start: bytes, noise: bytes) -> None:
    look_inside(start + noise)
