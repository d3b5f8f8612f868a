from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import mail

from triage.core.mail import Attachment, Mail
from triage.core.unanswered import answers_nothing, left_out, poses_as_answer, unquoted


@pytest.mark.parametrize(
    ("told", "nothing"),
    [
        (mail("Xin chào"), True),
        (mail("Xin chào", subject="Re: Hỏi"), True),
        (mail("Xin chào", answers=("<0@hoacuc.example>",)), False),
        (mail("Xin chào", subject="Fwd: Hỏi"), False),
        (mail("Xin chào\n---------- Forwarded message ---------\nFrom: a@b.example"), False),
        (
            replace(
                mail("Xin chào"),
                attachments=(
                    Attachment("thu.eml", "message/rfc822", 3, inline=False, content_id="", part=1),
                ),
            ),
            False,
        ),
    ],
)
def test_an_answer_and_a_forward_have_a_history(told: Mail, nothing: bool) -> None:  # noqa: FBT001 - a column
    assert answers_nothing(told) is nothing


@pytest.mark.parametrize(
    ("whole", "kept", "rest"),
    [
        ("a\nb", "a\nb", ""),
        ("lời tôi\n> lời họ", "lời tôi", "> lời họ"),
        ("lời\ntôi\n\nlời họ", "lời tôi", "lời họ"),
        ("lời tôi và lời họ", "lời tôi", " và lời họ"),
        ("> trên\nlời tôi\n> dưới", "lời tôi", "> trên\n> dưới"),
        ("lời họ", "", "lời họ"),
    ],
)
def test_what_was_cut_off_is_given_back(whole: str, kept: str, rest: str) -> None:
    assert left_out(whole, kept) == rest


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.text(alphabet="abđ ", max_size=6)), max_size=12))
def test_no_letter_is_lost(lines: list[tuple[bool, str]]) -> None:
    whole = "\n".join(line for _, line in lines)
    kept = "\n".join(line for own, line in lines if own)
    both = Counter(filter(str.isalnum, kept + left_out(whole, kept)))
    assert Counter(filter(str.isalnum, whole)) <= both


def test_quote_marks_are_taken_away() -> None:
    assert unquoted("> > lời họ\nlời tôi") == "lời họ\nlời tôi"


@pytest.mark.parametrize(
    ("subject", "is_one"),
    [("Re: a", True), ("TL: a", True), ("[x] RE : a", True), ("Rẻ", False), ("", False)],
)
def test_an_answer_is_told_by_its_subject(subject: str, is_one: bool) -> None:  # noqa: FBT001 - a column
    assert poses_as_answer(subject) is is_one
