import pytest
from hypothesis import given, settings, strategies as st

from triage.core.phrases import MAX_SENTENCE, Hit, lexicon, sentences

LEXICON = lexicon({"noun": ["mã pin", "mã"], "verb": ["cho", "cho em xin"], "word": ["mời"]})


def found(text: str) -> list[tuple[str, str]]:
    return [
        (hit.group, " ".join(sentence.words[hit.start : hit.end]))
        for sentence in sentences(text)
        for hit in LEXICON.find(sentence)
    ]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Mã PIN của tôi", [("noun", "mã pin")]),
        ("ma pin", [("noun", "ma pin")]),
        ("mà thôi, mả cũ", []),
        ("ma va toi", [("noun", "ma")]),
        ("mới về", []),
        ("Mời vào", [("word", "mời")]),
        ("cho em xin mã", [("verb", "cho em xin"), ("noun", "mã")]),
        ("m\u200bã PIN", [("noun", "mã pin")]),
        ("ma\u0303 PIN", [("noun", "mã pin")]),
    ],
)
def test_single_words_need_their_tones_where_the_writer_uses_any(
    text: str, hits: list[tuple[str, str]]
) -> None:
    assert found(text) == hits


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Một câu. Hai câu! Ba câu?", ["Một câu.", "Hai câu!", "Ba câu?"]),
        ("Dòng bị\nngắt giữa chừng", ["Dòng bị ngắt giữa chừng"]),
        ("Kính gửi đơn vị,\nĐề nghị gửi", ["Kính gửi đơn vị,", "Đề nghị gửi"]),
        ("Gửi gồm:\n- Tên\n- Mã\nCảm ơn", ["Gửi gồm:, Tên, Mã", "Cảm ơn"]),
        ("Tại vst.gov.vn nhé", ["Tại vst.gov.vn nhé"]),
        ("", []),
        ("... !!! ---", []),
    ],
)
def test_text_is_cut_into_sentences_and_broken_lines_are_joined(text: str, parts: list[str]) -> None:
    assert [sentence.written for sentence in sentences(text)] == parts


def test_clauses_begin_after_marks() -> None:
    (sentence,) = sentences("Mở tệp, nhập mã (nếu có)")
    assert sorted(sentence.starts) == [0, 2, 4, 6]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=2000))
def test_sentences_of_any_text_are_short_and_hits_lie_inside(text: str) -> None:
    for sentence in sentences(text):
        assert 0 < len(sentence.words) <= MAX_SENTENCE
        assert len(sentence.words) == len(sentence.folded)
        for hit in LEXICON.find(sentence):
            assert isinstance(hit, Hit)
            assert 0 <= hit.start < hit.end <= len(sentence.words)
