import pytest
from hypothesis import given, strategies as st
from support.office import SetClock

from triage.web.imagetokens import VALID_SECONDS, ImageTokens


def test_a_token_opens_one_part_of_one_mail_for_a_while() -> None:
    clock = SetClock()
    tokens = ImageTokens(clock.now)
    token = tokens.give(7, 3)
    assert tokens.is_good(token, 7, 3)
    assert not tokens.is_good(token, 7, 4)
    assert not tokens.is_good(token, 8, 3)
    assert not ImageTokens(clock.now).is_good(token, 7, 3)
    clock.forward(seconds=VALID_SECONDS - 1)
    assert tokens.is_good(token, 7, 3)
    clock.forward(seconds=1)
    assert not tokens.is_good(token, 7, 3)


def test_nobody_puts_off_the_end_of_a_token() -> None:
    tokens = ImageTokens(SetClock().now)
    ends, _, signature = tokens.give(7, 3).partition(".")
    assert not tokens.is_good(f"{int(ends) + 1}.{signature}", 7, 3)


@pytest.mark.parametrize("token", ["", ".", "1", "x.y", "9" * 200, "99999999999.", "-1.x", "٣.x", "1.é"])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert not ImageTokens(SetClock().now).is_good(token, 7, 3)


@given(st.text())
def test_no_text_raises(token: str) -> None:
    assert not ImageTokens(SetClock().now).is_good(token, 7, 3)


def test_the_key_does_not_show() -> None:
    assert "key" not in repr(ImageTokens(SetClock().now))
