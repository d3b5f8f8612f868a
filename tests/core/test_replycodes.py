"""Reply codes: what they hold, that nobody makes or changes one, and where a mail may bear them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from triage.core.parse import read_mail
from triage.core.replycodes import ReplyCode, ReplyCodes, codes_in, without_codes

KEY = b"k" * 32
CODES = ReplyCodes(KEY)
NOW = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
ONE, OTHER = CODES.write(1, 7, NOW), CODES.write(2, 7, NOW)


@given(st.integers(1, 2**40 - 1), st.integers(1, 2**24 - 1))
def test_a_code_says_what_was_written_whatever_the_case(ticket: int, person: int) -> None:
    code = CODES.write(ticket, person, NOW)
    assert CODES.read(code) == CODES.read(code.lower()) == ReplyCode(ticket, person, date(2026, 11, 23))
    assert len(code) == 43


@pytest.mark.parametrize("place", range(3, 43))
def test_a_code_with_any_letter_changed_is_none(place: int) -> None:
    forged = f"{ONE[:place]}{'A' if ONE[place] != 'A' else 'B'}{ONE[place + 1 :]}"
    assert CODES.read(forged) is None


@pytest.mark.parametrize("code", ["", "TL-", "TL-AAAA", f"{ONE}A", f" {ONE}", ONE.replace("TL-", "")])
def test_what_only_resembles_a_code_is_none(code: str) -> None:
    assert CODES.read(code) is None


def test_a_code_of_another_key_is_none() -> None:
    assert ReplyCodes(b"x" * 32).read(ONE) is None


def test_a_code_is_over_after_its_last_day() -> None:
    read = CODES.read(ONE)
    assert read
    assert not read.is_over(NOW + timedelta(days=7))
    assert read.is_over(NOW + timedelta(days=8))


def test_only_where_the_server_knows_tags_the_code_stands_in_the_address() -> None:
    ours = "hotrocntt@vst.gov.vn"
    assert CODES.address(ours, ONE) == ours
    tagged = ReplyCodes(KEY, tagged=True).address(ours, ONE)
    assert tagged == f"hotrocntt+{ONE.lower()}@vst.gov.vn"
    assert len(tagged.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        (f"To: hotrocntt+{ONE.lower()}@vst.gov.vn\nSubject: {OTHER}", OTHER, (ONE,)),
        (f"To: x@vst.gov.vn\nSubject: Re: [{ONE}]", OTHER, (ONE,)),
        ("Subject: Re: x", f"{ONE}\nĐã gọi.\n\nVào 08:00, Hỗ trợ <a@vst.gov.vn> viết:\n> {OTHER}", (ONE,)),
        ("Subject: Re: x", f"Đã gọi.\n\nVào 08:00, Hỗ trợ <a@vst.gov.vn> viết:\n> Mã trả lời: {ONE}", (ONE,)),
        ("Subject: Re: x", f"Đã gọi.\n\nVào 08:00, A <a@vst.gov.vn> viết:\n> {ONE}\n> {OTHER}", (ONE, OTHER)),
        (f"Subject: x{ONE}", "abc", ()),
        ("Subject: x", "TL-ngắn", ()),
    ],
)
def test_the_best_place_of_a_mail_chooses_the_code(head: str, text: str, found: tuple[str, ...]) -> None:
    raw = f"From: a@b.example\n{head}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    assert codes_in(read_mail(raw.encode())) == found


def test_lines_that_hold_nothing_but_a_code_go_with_it() -> None:
    assert without_codes(f"Mã trả lời: {ONE}\nĐã gọi đơn vị.\n{ONE}.\n") == "Đã gọi đơn vị."
    assert without_codes(f"Theo {ONE} đã gọi.") == "Theo  đã gọi."
