"""Secrets are found and hidden, and what everybody may read stays."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from triage.core.privacy import CLASSES, HIDDEN, disclosed, find_secrets, mask, secret_values
from triage.core.secretkinds import Secret
from triage.core.text import fold

HERE = Path(__file__).parent
MARKED = re.compile("⟦([^⟧]*)⟧")


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


FOUND = [line.split("\t", 1) for line in lines("secrets_found.tsv")]
NONE = lines("secrets_none.tsv")


def written(text: str) -> str:
    return text.replace("\\n", "\n").replace("⟦", "").replace("⟧", "")


@pytest.mark.parametrize(("kind", "text"), FOUND, ids=[row[1] for row in FOUND])
def test_a_secret_is_found_where_it_stands(kind: str, text: str) -> None:
    plain = written(text)
    found = find_secrets(plain)
    assert [plain[one.start : one.end] for one in found] == MARKED.findall(text.replace("\\n", "\n"))
    assert {one.kind.value for one in found} == {kind}


@pytest.mark.parametrize("text", [row[1] for row in FOUND])
def test_a_secret_is_found_without_tones_too(text: str) -> None:
    plain = "".join(fold(char) if char.isalpha() and not char.isascii() else char for char in written(text))
    assert len(find_secrets(plain)) == len(MARKED.findall(text))


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(written(text)) == written(text)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_secret_stays_without_tones_too(text: str) -> None:
    plain = fold(written(text))
    assert mask(plain) == plain


@pytest.mark.parametrize("blanks", [" ", "\t", "\u00a0", "\n", "|"])
@pytest.mark.parametrize("word", ["CCCD", "hộ chiếu", "mã xác thực là", "mật khẩu", "mk:\n", "STK", "PIN là"])
def test_endless_blanks_behind_a_word_are_passed_over(word: str, blanks: str) -> None:
    # some of them once took longer than anybody waits: the limit of a test ends it
    text = f"{word}{blanks * 20_000}. Lỗi 1234567"
    assert mask(text) == text


def test_there_are_enough_lines() -> None:
    assert len(FOUND) >= 150
    assert len(NONE) >= 150
    assert {row[0] for row in FOUND} == {
        *("password", "file_password", "pin", "otp", "remote", "token", "citizen_id", "account", "card")
    }


def test_a_mask_tells_only_the_class_of_the_length() -> None:
    assert mask("mật khẩu: abc1") == "mật khẩu: ••••"
    assert mask("mật khẩu: abc12") == mask("mật khẩu: abc12345") == "mật khẩu: ••••••••"
    assert mask("mật khẩu: " + "a1" * 30) == "mật khẩu: ••••••••••••"


def test_what_surrounds_a_secret_stays_as_written() -> None:
    text = "Em gửi: Mật khẩu: “Abc@12345”, SĐT 0912345678, mã SD211208-123456, ĐVQHNS 1012345, 1.500.000đ."
    assert mask(text) == text.replace("Abc@12345", "••••••••••••")


def test_a_secret_is_found_again_without_its_word() -> None:
    text = "Mật khẩu: Kbnn@2024x. Em gõ Kbnn@2024x thì báo lỗi."
    assert "Kbnn" not in mask(text)
    values = secret_values(text)
    assert values == ("Kbnn@2024x",)
    assert mask("Đăng nhập bằng Kbnn@2024x không được", values) == "Đăng nhập bằng •••••••••••• không được"


def test_short_or_common_values_are_not_looked_for_elsewhere() -> None:
    assert secret_values("mk: 1234, mật khẩu là SaoBienXanh, mã PIN: 123456") == ()


def test_what_shows_nothing_does_not_hide_a_secret() -> None:
    assert "Abc" not in mask("mật\u200b khẩu: Abc@12345")
    assert "Abc" not in mask("mật khẩu: \u2060Abc@12345")
    assert "12345" not in mask("m\u1ead\u0074 kh\u0061\u0302\u0309u: Abc@12345")


def test_what_should_be_changed_is_named_once_and_in_order() -> None:
    told = disclosed("mã PIN: 12345678, mật khẩu: Abc@123, mật khẩu: Abc@124, CCCD 001085001234, OTP: 112233")
    assert [kind.value for kind in told] == ["password", "pin", "otp"]
    assert disclosed("CCCD 001085001234, STK: 0011004123456, pass giải nén: 1234") == ()


PIECES = (
    *(
        "mật khẩu",
        "mat khau",
        ": ",
        "là ",
        "= ",
        "mk",
        "pass",
        "PIN ",
        "mã PIN: ",
        "OTP ",
        "mã OTP là ",
        "CCCD: ",
    ),
    *("STK: ", "TK: ", "UltraViewer ", "ID: ", "Abc@12345", "12345678", "001085001234", "9523.3.1012345"),
    *(
        "4111 1111 1111 1111",
        "user/",
        "•••• ",
        "\n",
        ", ",
        ". ",
        "của em ",
        "mới ",
        "đăng nhập ",
        "0912345678",
    ),
    *(
        "quên ",
        "file ",
        "SD211208-123456",
        "[0010#DVC] ",
        "1.500.000 đồng",
        "15/03/2026",
        "“",
        "”",
        "(",
        ")",
        "/",
    ),
    *(";", "|", " ", "kt01"),
)
WORDS = st.sampled_from(PIECES)
TEXTS = st.lists(WORDS, max_size=24).map("".join) | st.text(max_size=300)


def _values(text: str, found: tuple[Secret, ...]) -> list[str]:
    return [text[one.start : one.end] for one in found]


@settings(max_examples=150)
@given(TEXTS)
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@settings(max_examples=150)
@given(TEXTS)
def test_secrets_are_apart_in_order_and_gone_after_masking(text: str) -> None:
    found = find_secrets(text)
    for one, other in pairwise(found):
        assert one.end <= other.start
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert not find_secrets(mask(text))
    runs = re.findall(f"{HIDDEN}+", mask(re.sub(HIDDEN, "", text)))
    assert all(len(run) % CLASSES[0] == 0 for run in runs)


@settings(max_examples=100)
@given(st.from_regex(r"[A-Z][a-z]{2,6}[@#!][0-9]{3,6}", fullmatch=True), TEXTS, TEXTS)
def test_no_character_of_a_password_is_left(secret: str, before: str, after: str) -> None:
    masked = mask(f"{before}\nMật khẩu: {secret}\n{after}")
    assert secret not in masked


@given(st.text(alphabet="matkhu :=\n\t0123456789.-/@", max_size=2000))
def test_any_text_is_read(text: str) -> None:
    find_secrets(text)
