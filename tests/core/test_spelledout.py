import pytest
from hypothesis import given, settings, strategies as st

from triage.core.spelledout import joined_letters


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("gửi m.ậ.t k.h.ẩ.u ngay", "gửi mật khẩu ngay"),
        ("gửi m ậ t k h ẩ u về", "gửi mật khẩu về"),
        ("mã P.I.N, mã O.T.P", "mã pin, mã otp"),
        ("O - T - P", "otp"),
        ("gui m.a.t k.h.a.u", "gui mat khau"),
        ("your p.a.s.s.w.o.r.d now", "your password now"),
        ("ông A. B. C", "ông A. B. C"),
        ("k h ô n g", "k h ô n g"),
        ("U.B.N.D xã", "U.B.N.D xã"),
        ("SOTP, s.top", "SOTP, s.top"),
        ("", ""),
    ],
)
def test_only_secrets_that_are_spelled_out_are_joined(written: str, whole: str) -> None:
    assert joined_letters(written) == whole


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="otpa. -_\n", max_size=300))
def test_letters_are_never_lost(text: str) -> None:
    def letters(of: str) -> str:
        return "".join(filter(str.isalnum, of)).lower()

    assert letters(joined_letters(text)) == letters(text)
