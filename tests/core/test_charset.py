"""Texts in every charset that Vietnamese has been mailed in, and texts that must stay what they are."""

import pytest
from hypothesis import given, settings, strategies as st
from support.vietnamese import OTHERS, SENTENCES, encode

from triage.core.charset import decode_text
from triage.core.codecnames import is_known
from triage.core.defects import Defect
from triage.core.oldvietnamese import guess_charset, guess_font
from triage.core.parse import read_mail
from triage.core.text import clean

OLD = ("tcvn3", "tcvn5712", "viscii", "vps", "vni", "cp1258")
FIRST_BYTE_BEYOND_ASCII = 0x80


def decoded(data: bytes, declared: str = "") -> str:
    return decode_text(data, declared, [])


def as_windows_shows(text: str) -> str:
    """Read UTF-8 as windows-1252 does; the five bytes that it leaves out stay control characters."""
    return "".join(
        chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )


@pytest.mark.parametrize("charset", OLD)
def test_hundreds_of_sentences_are_read_in_the_charset_that_they_are_in(charset: str) -> None:
    wrong = [one for one in SENTENCES if decoded(encode(one, charset)).lower() != one.lower()]
    assert (len(SENTENCES), wrong) == (360, [])


@pytest.mark.parametrize("declared", ["us-ascii", "iso-8859-1", "windows-1252", "x-user-defined", "utf-8"])
@pytest.mark.parametrize("charset", OLD)
def test_what_programs_declare_without_looking_is_no_obstacle(charset: str, declared: str) -> None:
    for one in SENTENCES[::13]:
        assert decoded(encode(one, charset), declared).lower() == one.lower()


@pytest.mark.parametrize("charset", ["tcvn3", "vni"])
def test_sentences_typed_in_old_fonts_and_sent_as_utf8_are_converted(charset: str) -> None:
    for sentence in SENTENCES:
        defects: list[str] = []
        typed = encode(sentence, charset).decode("cp1252")
        assert decode_text(typed.encode(), "utf-8", defects).lower() == sentence.lower()
        assert [defect.partition(":")[0] for defect in defects] == [Defect.OLD_FONT]


@pytest.mark.parametrize("rounds", [1, 2])
def test_utf8_that_was_read_as_windows_1252_is_put_right(rounds: int) -> None:
    for sentence in SENTENCES:
        misread = sentence
        for _ in range(rounds):
            misread = as_windows_shows(misread)
        defects: list[str] = []
        assert decode_text(misread.encode(), "utf-8", defects) == sentence
        assert [defect.partition(":")[0] for defect in defects] == [Defect.MISREAD_UTF8]


def test_a_no_break_space_that_became_a_plain_one_is_no_obstacle() -> None:
    misread = as_windows_shows("Em làm ở trường, và đã gửi rồi").replace("\xa0", " ")
    assert decoded(misread.encode()) == "Em làm ở trường, và đã gửi rồi"


def test_good_vietnamese_is_never_touched() -> None:
    for sentence in SENTENCES:
        for written in (sentence, sentence.upper(), sentence.lower()):
            defects: list[str] = []
            assert (decode_text(written.encode(), "utf-8", defects), defects) == (written, [])


@pytest.mark.parametrize(
    "text",
    ["Bài 1.2: VÀO VÀ THOÁT VIM", "Gõ", "toán, hoá, và oán", "Tài khoá", "hoàn toàn là xoài", "Gõ :q!"],
)
@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
def test_good_vietnamese_without_letters_of_its_own_stays(text: str, codec: str) -> None:
    assert decoded(text.encode(codec), "") == text


@pytest.mark.parametrize("text", OTHERS)
@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "latin-1", "iso8859-15", "cp1258"])
def test_other_languages_never_become_vietnamese(text: str, codec: str) -> None:
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return
    # of the Western charsets two share all letters, so that one is read for the other
    for declared in ("", "us-ascii", codec):
        kept = decoded(data, declared)
        if codec == "iso8859-15" and declared != codec:
            kept = kept.replace("¤", "€")
        assert kept == text, declared


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        ("x-viet-tcvn5712", b"K\xddnh g\xf6i \xa7\xe9i h\xe7 tr\xee"),
        ("TCVN", b"K\xddnh g\xf6i \xa7\xe9i h\xe7 tr\xee"),
        ("tcvn3", b"K\xddnh g\xf6i \xa7\xe9i h\xe7 tr\xee"),
        ("viscii", b"K\xednh g\xd8i \xd0\xb5i h\xb2 tr\xfe"),
        ("csVISCII", b"K\xednh g\xd8i \xd0\xb5i h\xb2 tr\xfe"),
        ("VISCII1.1-1", b"K\xednh g\xd8i \xd0\xb5i h\xb2 tr\xfe"),
        ("x-viet-vps", b"K\xednh g\xbai \xf1\xb6i h\x87 tr\xae"),
        ("x-vps", b"K\xednh g\xbai \xf1\xb6i h\x87 tr\xae"),
        ("x-vni", b"K\xednh g\xf6\xfbi \xd1o\xe4i ho\xe3 tr\xf4\xef"),
        ("x-viet-vni", b"K\xednh g\xf6\xfbi \xd1o\xe4i ho\xe3 tr\xf4\xef"),
    ],
)
def test_an_old_charset_is_known_by_its_names(declared: str, data: bytes) -> None:
    defects: list[str] = []
    assert is_known(declared)
    assert (decode_text(data, declared, defects), defects) == ("Kính gửi Đội hỗ trợ", [])
    # one byte would prove nothing by its content
    assert decoded("Kính gửi".encode(), declared) == "Kính gửi"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KÝnh göi", "Kính gửi"),
        ("Kính göûi", "Kính gửi"),
        ("Kính gá»\xadi", "Kính gửi"),
        ("NguyÔn V¨n An", "Nguyễn Văn An"),
        ("[0010#DVC] Lçi kÕt nèi", "[0010#DVC] Lỗi kết nối"),
        ("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "CỘNG HÒA Xã HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñôn vò em khoâng vaøo ñöôïc trang", "Đơn vị em không vào được trang"),
        ("Đơn vị em.\nTr­êng TiÓu häc CÇu D©y", "Đơn vị em.\nTrường Tiểu học Cầu Dây"),
    ],
)  # fmt: skip
def test_a_short_text_is_repaired_where_it_makes_no_sense_otherwise(typed: str, meant: str) -> None:
    mail = read_mail(f"Subject: {typed.splitlines()[0]}\r\n\r\n{typed}".encode())
    assert (mail.text, mail.subject) == (meant, meant.splitlines()[0])
    assert mail.defects


@pytest.mark.parametrize(
    "text",
    [
        "Müller",
        "José Muñoz",
        "Noël",
        "5 µm",
        "«allá»…",
        "Ã",
        "XÃ HỘI",
        "Â Ê Ô",
        "xem §2",
        "®",
        "Ý",
        "ngày 1¾",
    ],
)
def test_a_text_too_short_to_tell_stays(text: str) -> None:
    defects: list[str] = []
    assert (decode_text(text.encode(), "utf-8", defects), defects) == (text, [])


def test_windows_1258_declared_for_another_charset_is_not_believed() -> None:
    defects: list[str] = []
    assert decode_text(encode(SENTENCES[0], "tcvn3"), "windows-1258", defects) == SENTENCES[0]
    assert defects == ["other-charset: text declared as 'windows-1258' was read as TCVN3 (ABC)"]


def test_a_short_raw_subject_is_read_as_the_text_below_it() -> None:
    for charset in OLD:
        subject = encode("Lỗi ký số", charset)
        mail = read_mail(b"Subject: " + subject + b"\r\n\r\n" + encode(SENTENCES[0], charset))
        assert (mail.subject, mail.text) == ("Lỗi ký số", SENTENCES[0])


@pytest.mark.parametrize("charset", OLD)
def test_a_raw_name_is_read_as_the_html_below_it(charset: str) -> None:
    html = b'<div><font face=".VnTime" size="3">%b</font></div>' % encode(SENTENCES[0], charset)
    sender = b"From: %b <sen@hoasen.example>\r\n" % encode("Lê Thị Sen", charset)
    mail = read_mail(
        sender + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n" + html + b"\r\n--b--\r\n"
    )
    assert (mail.sender.name, mail.text) == ("Lê Thị Sen", SENTENCES[0])


def test_html_tags_do_not_weigh_against_the_words_between_them() -> None:
    html = b'<p class="MsoNormal" style="margin:0"><span lang=EN>%b</span></p>' % encode(SENTENCES[7], "vni")
    assert SENTENCES[7] in decoded(html)


def test_a_text_of_two_languages_is_converted_where_it_is_vietnamese() -> None:
    old = encode(SENTENCES[3], "tcvn3").decode("cp1252")
    disclaimer = "This e-mail is confidential © 2021 Example Corp. – please delete it."
    both = f"{old}\n{SENTENCES[4]}\n{disclaimer}"
    assert decoded(both.encode()) == f"{SENTENCES[3]}\n{SENTENCES[4]}\n{disclaimer}"


@given(st.binary(max_size=300), st.sampled_from(["", *OLD, "x-viet-vps", "utf-8", "us-ascii"]))
@settings(max_examples=200)
def test_any_bytes_give_clean_text(data: bytes, declared: str) -> None:
    text = decoded(data, declared)
    assert text == clean(text)


@given(st.text(st.characters(max_codepoint=0x7F), max_size=200))
def test_ascii_is_nobodys_guess(text: str) -> None:
    assert (guess_charset(text.encode()), guess_font(text)) == (None, None)


@pytest.mark.parametrize(
    "declared", ["us-ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "utf-8"]
)
def test_plain_ascii_is_no_fault_whatever_superset_it_is_declared_as(declared: str) -> None:
    defects: list[str] = []
    assert (decode_text(b"Loi ky so", declared, defects), defects) == ("Loi ky so", [])
