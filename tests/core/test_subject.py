import pytest
from hypothesis import given, strategies as st
from support.rulebook import shipped

from triage.core.decision import Form, SubjectReading
from triage.core.subject import read_subject


def read(subject: str) -> SubjectReading:
    return read_subject(subject, shipped().treasuries)


def codes(reading: SubjectReading) -> set[str]:
    return {reason.code for reason in reading.reasons}


def test_the_published_form_is_exact() -> None:
    reading = read("[0010#DVC] Lỗi đăng nhập")
    assert reading.tag == "[0010#DVC]"
    assert (reading.treasury, reading.service, reading.form) == ("0010", "DVC", Form.EXACT)
    assert reading.bare == "Lỗi đăng nhập"
    assert {"tag_exact", "treasury_known"} <= codes(reading)


SLOPPY = [
    ("[3110&DVC]", "3110", "tag_separator"),
    ("[0010-DVC] x", "0010", "tag_separator"),
    ("[0010_DVC] x", "0010", "tag_separator"),
    ("[0010.DVC] x", "0010", "tag_separator"),
    ("[0010/DVC] x", "0010", "tag_separator"),
    ("[0010:DVC] x", "0010", "tag_separator"),
    ("[0010 – DVC] x", "0010", "tag_separator"),
    ("[0010##DVC] x", "0010", "tag_separator"),
    ("[0010 DVC] x", "0010", "tag_separator"),
    ("[0010DVC] x", "0010", "tag_separator"),
    ("[0010][DVC] x", "0010", "tag_separator"),
    ("[0010]#[DVC] x", "0010", "tag_separator"),
    ("[0010]#DVC x", "0010", "tag_bracket_missing"),
    ("[ 0010 # DVC ] x", "0010", "tag_spaces"),
    ("[0010 #\tDVC] x", "0010", "tag_spaces"),
    ("[0 0 1 0 # D V C] x", "0010", "tag_inner_spaces"),
    ("[0010#dvc] x", "0010", "tag_case"),
    ("[0010#Dvc] x", "0010", "tag_case"),
    ("(0010#DVC) x", "0010", "tag_brackets"),
    ("{0010#DVC} x", "0010", "tag_brackets"),
    ("<0010#DVC> x", "0010", "tag_brackets"),
    ("【0010#DVC】x", "0010", "tag_brackets"),
    ("「0010#DVC」x", "0010", "tag_brackets"),
    ("（0010#DVC）x", "0010", "tag_full_width"),
    ("［００１０＃ＤＶＣ］ x", "0010", "tag_full_width"),
    ("[0010＃DVC] x", "0010", "tag_full_width"),
    ("0010#DVC - x", "0010", "tag_no_brackets"),
    ("lỗi 0010#DVC", "0010", "tag_no_brackets"),
    ("[0010#DVC x", "0010", "tag_bracket_missing"),
    ("0010#DVC] x", "0010", "tag_bracket_missing"),
    ("[OO1O#DVC] x", "0010", "tag_letters_for_digits"),
    ("[00l0#DVC] x", "0010", "tag_letters_for_digits"),
    ("[00I0#DVC] x", "0010", "tag_letters_for_digits"),
    ("[3ll0#dvc] x", "3110", "tag_letters_for_digits"),
    ("[\u200b0010\u200b#DVC\u200b] x", "0010", "tag_unseen_characters"),
    ("[00\u00ad10#DVC\u2060] x", "0010", "tag_unseen_characters"),
    ("[0010#ĐVC] x", "0010", "tag_lookalike_letters"),
    ("[0010#DV\u0421] x", "0010", "tag_lookalike_letters"),
    ("[DVC#0010] x", "0010", "tag_order"),
    ("[SHKB0010#DVC] x", "0010", "tag_loose"),
    ("[SHKB: 0010#DVC] x", "0010", "tag_spaces"),
    ("[0010] x", "0010", "tag_no_service"),
    ("[0010#TABMIS] x", "0010", "tag_other_service"),
    ("[0010\u00a0#\u00a0DVC] x", "0010", "tag_full_width"),
]


@pytest.mark.parametrize(("subject", "treasury", "slip"), SLOPPY)
def test_sloppy_tags_are_read_and_the_slip_is_named(subject: str, treasury: str, slip: str) -> None:
    reading = read(subject)
    assert (reading.treasury, reading.form) == (treasury, Form.TOLERATED)
    assert slip in codes(reading)
    assert "tag_exact" not in codes(reading)
    assert reading.tag is not None
    assert reading.tag in subject


@pytest.mark.parametrize(("subject", "treasury", "_slip"), SLOPPY)
@pytest.mark.parametrize("prefix", ["RE: ", "Trả lời: Fwd: ", "[EXTERNAL] TL: "])
def test_prefixes_do_not_hide_a_tag(subject: str, treasury: str, _slip: str, prefix: str) -> None:
    reading = read(prefix + subject)
    assert reading.treasury == treasury
    assert reading.bare in {"x", "lỗi", ""}


@pytest.mark.parametrize(
    "subject",
    [
        "Báo cáo năm 2022 DVC",
        "Thông tư 87/2021 - DVC",
        "Trả lời SD211208-000457 DVC",
        "SD220106-000457#DVC",
        "10010#DVC",
        "00101#DVC",
        "A0010#DVC",
        "0010#DVCX",
        "[0010#DVC1]",
        "12.0010#DVC",
        "87/0010#DVC",
        "0010 DVC",
        "0010-DVC",
        "2022#DVC",
        "[2022-DVC]",
        "[2022] lỗi",
        "công văn số 0010",
        "công văn (0012) của UBND",
        "năm [2021]",
        "[LOLO-DVC]",
        "[EXTERNAL] lỗi DVC",
        "DVC",
        "[]",
        "",
    ],
)
def test_numbers_beside_dvc_are_no_tags(subject: str) -> None:
    reading = read(subject)
    assert (reading.treasury, reading.form, reading.tag) == (None, Form.NONE, None)
    assert "tag_none" in codes(reading)


@pytest.mark.parametrize("subject", ["0010-DVC lỗi", "lỗi 0010 DVC", "năm 2022 DVC", "2022#DVC"])
def test_what_is_not_certain_is_told_as_a_hint(subject: str) -> None:
    assert "tag_hint" in codes(read(subject))


def test_an_unknown_code_in_the_published_form_is_read_and_said_to_be_unknown() -> None:
    reading = read("[9999#DVC] Hỏi")
    assert (reading.treasury, reading.form) == ("9999", Form.EXACT)
    assert {"tag_exact", "treasury_unknown"} <= codes(reading)


def test_a_code_of_an_office_is_inferred() -> None:
    reading = read("[0012#DVC] Hỏi")
    assert (reading.treasury, reading.form) == ("0012", Form.EXACT)
    assert "treasury_inferred" in codes(reading)


def test_the_placeholder_of_the_letter_names_no_treasury() -> None:
    reading = read("[SHKB#DVC] Lỗi")
    assert (reading.tag, reading.treasury, reading.form) == ("[SHKB#DVC]", None, Form.NONE)
    assert (reading.service, reading.bare) == ("DVC", "Lỗi")
    assert "tag_placeholder" in codes(reading)


@pytest.mark.parametrize("subject", ["[SHKB&DVC]", "shkb#dvc lỗi", "(SHKB - DVC) x"])
def test_sloppy_placeholders_are_seen_as_well(subject: str) -> None:
    assert "tag_placeholder" in codes(read(subject))


def test_two_different_tags_are_a_conflict_and_none_is_chosen() -> None:
    reading = read("[0010#DVC] Fwd: [0060#DVC] không ký được")
    assert reading.treasury is None
    assert reading.candidates == ("0010", "0060")
    assert reading.bare == "không ký được"
    conflict = next(reason for reason in reading.reasons if reason.code == "tag_conflict")
    assert "0010" in conflict.vi
    assert "0060" in conflict.en


def test_a_known_and_an_unknown_tag_are_a_conflict() -> None:
    assert read("[0010#DVC] [9999#DVC]").candidates == ("0010", "9999")


@pytest.mark.parametrize("subject", ["[0010#DVC] Re: [0010#DVC] x", "[0010#DVC] (0010&dvc)"])
def test_the_same_tag_twice_is_no_conflict(subject: str) -> None:
    assert (read(subject).treasury, read(subject).candidates) == ("0010", ())


def test_an_office_and_its_own_province_are_no_conflict() -> None:
    reading = read("[0010#DVC] Fwd: [0012#DVC] x")
    assert (reading.treasury, reading.candidates) == ("0010", ())


@pytest.mark.parametrize(
    "prefix",
    [
        "Re: ",
        "RE:",
        "re : ",
        "Fwd: ",
        "FW: ",
        "fw:",
        "TL: ",
        "Trả lời: ",
        "TRẢ LỜI:",
        "CT: ",
        "Chuyển tiếp: ",
        "[EXTERNAL] ",
        "[External]: ",
        "Re[2]: ",
        "RE(3): ",
        "Re：",
        "Re: FW: TL: [EXTERNAL] Trả lời: Re[2]: fwd: CT: ",
        "[EXTERNAL] [EXTERNAL] Re: ",
        "Re: " * 200,
    ],
)
def test_prefixes_are_taken_away_in_any_number(prefix: str) -> None:
    assert read(prefix + "Lỗi ký số").bare == "Lỗi ký số"


def test_words_that_begin_like_a_prefix_stay() -> None:
    assert read("Retrieve: x").bare == "Retrieve: x"
    assert read("Trả lời thư trước").bare == "Trả lời thư trước"


@pytest.mark.parametrize(
    "subject",
    [
        "SD211208-123456",
        "Re: [SD211208-123456] [0010#DVC] x",
        "hỏi về sd211208-123456 ạ",
        "Mã SD 211208 - 123456",
        "SD211208–123456",
        "S\u200bD211208-123456",
        "ＳＤ２１１２０８－１２３４５６",
    ],
)
def test_a_ticket_code_is_found_anywhere(subject: str) -> None:
    reading = read(subject)
    assert reading.ticket == "SD211208-123456"
    assert "ticket_code" in codes(reading)


@pytest.mark.parametrize(
    "subject", ["SD211308-123456", "SD211208-12345", "SD211208-1234567", "XSD211208-123456"]
)
def test_what_is_no_day_or_no_number_is_no_ticket_code(subject: str) -> None:
    assert read(subject).ticket is None


def test_the_first_of_several_ticket_codes_is_taken_and_the_rest_told() -> None:
    reading = read("SD211208-000002 và SD211208-000001")
    assert reading.ticket == "SD211208-000002"
    assert "ticket_several" in codes(reading)


def test_a_tag_and_a_ticket_code_leave_the_bare_subject() -> None:
    assert read("Trả lời: SD220106-000457 [3110#DVC] Hồ sơ rút dự toán").bare == "Hồ sơ rút dự toán"
    assert read("0010#DVC - khong vao duoc").bare == "khong vao duoc"


def test_an_endless_subject_is_cut_and_said_to_be() -> None:
    reading = read("x" * 100_000 + "[0010#DVC]")
    assert reading.treasury is None
    assert len(reading.bare) <= 2_000
    assert "subject_cut" in codes(reading)


@given(st.text(max_size=400))
def test_any_subject_is_read(subject: str) -> None:
    reading = read(subject)
    assert reading.reasons
    assert reading.tag is None or reading.tag in subject
    assert reading.treasury is None or not reading.candidates


_NOISE = st.text(alphabet="[]()#&-_. 0189OolIDVCdvcSHKBđ\u200bＤ０", max_size=60)


@given(_NOISE)
def test_noise_of_tag_characters_yields_four_digits_or_none(subject: str) -> None:
    reading = read(subject)
    assert reading.treasury is None or (len(reading.treasury) == 4 and reading.treasury.isdigit())


@given(st.text(alphabet="xyz ắủ:", max_size=20), st.text(alphabet="xyz ắủ", max_size=20))
def test_an_exact_tag_is_found_wherever_it_stands(before: str, after: str) -> None:
    reading = read(f"{before} [0010#DVC] {after}")
    assert (reading.treasury, reading.form) == ("0010", Form.EXACT)
