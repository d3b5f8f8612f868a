from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import rules

from triage.core.direction import Aim, Direction, request_direction
from triage.core.text import fold

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "directions.tsv").read_text(encoding="utf-8").splitlines()
]


def direction(text: str) -> Direction:
    return request_direction(text.replace("\\n", "\n"), rules())


@pytest.mark.parametrize(("label", "text"), ROWS, ids=[row[1][:60] for row in ROWS])
def test_a_demand_is_told_from_an_honest_mention(label: str, text: str) -> None:
    assert (direction(text).aim is Aim.SOLICITATION) == (label == "asks")


@pytest.mark.parametrize("text", [text for label, text in ROWS if label == "asks"])
def test_a_demand_without_tones_is_still_one(text: str) -> None:
    plain = "\\n".join(fold(line) for line in text.split("\\n"))
    assert direction(plain).aim is Aim.SOLICITATION


def test_a_demand_names_the_secret_and_shows_the_sentence() -> None:
    demands = direction("Trường đang nghỉ hè. Quý đơn vị vui lòng đọc mã PIN cho cán bộ. Trân trọng.").demands
    assert [(demand.asked, demand.sentence) for demand in demands] == [
        ("pin", "Quý đơn vị vui lòng đọc mã PIN cho cán bộ.")
    ]


def test_a_line_that_the_mail_program_broke_is_one_sentence() -> None:
    assert direction("Đề nghị các đơn vị khẩn trương cung cấp tên đăng nhập,\nmật khẩu để đối chiếu.").demands


def test_a_forwarded_demand_is_not_the_senders_own() -> None:
    read = direction(
        "Nhờ xem giúp thư này.\n\n-------- Forwarded Message --------\nFrom: a@b.example\n\n"
        "Đề nghị đơn vị cung cấp mật khẩu."
    )
    assert read.demands == ()
    assert [demand.asked for demand in read.carried] == ["password"]
    assert read.aim is not Aim.SOLICITATION


def test_a_demand_hidden_in_a_forward_without_own_words_counts_as_own() -> None:
    read = direction("---------- Forwarded message ----------\nĐề nghị đơn vị cung cấp mật khẩu.")
    assert read.aim is Aim.SOLICITATION


def test_a_report_is_told_as_one_and_its_own_demand_beats_it() -> None:
    story = "Có người tự xưng cán bộ Kho bạc gọi cho em, yêu cầu đọc mã OTP."
    assert direction(story).aim is Aim.REPORT
    assert direction(story + " Để bảo vệ, đề nghị quý đơn vị cung cấp mật khẩu.").aim is Aim.SOLICITATION


def test_a_question_whether_something_is_genuine_is_a_report() -> None:
    assert direction("Trang https://kbnn-dvc.com có phải của Kho bạc không ạ?").report


@pytest.mark.parametrize(
    ("text", "given_away"),
    [
        ("Tài khoản ktt01, mật khẩu: Abc@12345", ("password",)),
        ("mã PIN là 87654321", ("pin",)),
        ("Mã OTP: 123456 em vừa nhận", ("otp",)),
        ("UltraViewer ID: 104552319", ("remote",)),
        ("mat khau: Matkhau1", ("password",)),
        ("mật khẩu: không vào được", ()),
        ("Mật khẩu giải nén: 1234", ()),
        ("mật khẩu của em bị khóa", ()),
        ("Lỗi mật khẩu: E1001", ("password",)),
    ],
)
def test_a_secret_that_the_sender_writes_down_is_named_but_never_kept(
    text: str, given_away: tuple[str, ...]
) -> None:
    read = direction(text)
    assert read.discloses == given_away
    assert not any(char.isdigit() for char in "".join(read.discloses))


def test_each_aim_but_none_has_a_reason_in_both_languages() -> None:
    texts = {
        Aim.SOLICITATION: "Vui lòng cung cấp mật khẩu.",
        Aim.REPORT: "Có người lạ gọi xin mã OTP.",
        Aim.DISCLOSURE: "mã PIN: 87654321",
        Aim.PROBLEM: "Em quên mật khẩu.",
    }
    for aim, text in texts.items():
        read = direction(text)
        assert read.aim is aim
        assert all(reason.vi and reason.en for reason in read.reasons)
        assert read.reasons
    assert direction("Xin chào.").reasons == ()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_a_direction(text: str) -> None:
    assert request_direction(text, rules()).aim in Aim


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["đề nghị", "cung cấp", "mật khẩu", "em", "không", ",", ".", "\n", ">", '"', "lại", "?"]
        )
    )
)
def test_any_order_of_its_own_words_has_a_direction(words: list[str]) -> None:
    read = request_direction(" ".join(words), rules())
    assert (read.aim is Aim.SOLICITATION) <= bool(read.demands)
