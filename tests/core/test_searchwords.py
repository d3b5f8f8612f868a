"""Texts are cut into the words that they are found by, and secrets never become one."""

from unicodedata import normalize

import pytest
from hypothesis import given, strategies as st
from support.office import MONDAY, request

from triage.core.parse import read_mail
from triage.core.searchentry import MOST_BODY, said_in_mail
from triage.core.searchwords import LONGEST_WORD, searchable, words_of
from triage.core.veil import veil_of


def found(text: str) -> list[tuple[str, str]]:
    return [(word.plain, word.toned) for word in words_of(searchable(text))]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_is_known_without_and_with_its_tones(form: str) -> None:
    assert found(normalize(form, "Đơn vị ABC")) == [("don", "đơn"), ("vi", "vị"), ("abc", "")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a.b@c-d.example", ["a", "b", "c", "d", "example"]),
        ("UNC_thang_8.pdf", ["unc", "thang", "8", "pdf"]),
        ("lo\u00adi", ["loi"]),
        ("ﬁle", ["file"]),
        ("•••• x", ["x"]),
        ("1½", ["11", "2"]),
        ("", []),
    ],
)
def test_words_are_letters_and_digits(text: str, plain: list[str]) -> None:
    assert [word for word, _ in found(text)] == plain


def test_a_block_of_code_is_known_by_its_beginning() -> None:
    assert found("x" * 500) == [("x" * LONGEST_WORD, "")]


@given(st.text(max_size=300))
def test_words_stand_where_they_say(text: str) -> None:
    kept = searchable(text)
    for word in words_of(kept):
        assert kept[word.start : word.end].isalnum()
        assert word.plain.isalnum()
        assert word.toned == "" or word.toned.isalnum()


def test_the_secrets_of_a_mail_are_hidden_in_every_field() -> None:
    raw = request(
        "Xuan2026@kb không vào được",
        sender="Xuan2026@kb <a@x.example>",
        text="Mật khẩu: Xuan2026@kb\n" + "chữ " * 10_000 + "Xuan2026@kb",
    )
    mail = read_mail(raw)
    said = said_in_mail(1, mail, veil_of(mail), MONDAY)
    told = f"{said.subject} {said.sender} {said.recipients} {said.files} {said.body}"
    assert "không vào được" in said.subject
    assert "Xuan2026" not in told
    assert len(said.body) == MOST_BODY
