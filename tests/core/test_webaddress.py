import pytest
from hypothesis import given, settings, strategies as st

from triage.core.webaddress import WebAddress, parents, read_url, unwrap

BASE = "https://base.example/"


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("https://vst.gov.vn/x", "vst.gov.vn"),
        ("https://vst.gov.vn:443@evil.example/", "evil.example"),
        ("https://vst.gov.vn%2eevil.example/", "vst.gov.vn.evil.example"),
        ("https://vst.gov.vn。evil.example/", "vst.gov.vn.evil.example"),
        ("https://ｖst.gov.vn/", "vst.gov.vn"),
        ("https:\\\\evil.example\\a", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://3405803800/", "203.0.113.24"),
        ("http://[::1]/", "[::1]"),
        ("ht\ntps://evil.example", "evil.example"),
        (" https://evil.example.", "evil.example"),
        ("https://khobạc.vn", "xn--khobc-m11b.vn"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("path/only", "base.example"),
    ],
)
def test_the_host_is_the_one_that_a_browser_goes_to(written: str, host: str) -> None:
    address = read_url(written, BASE)
    assert address is not None
    assert address.host == host


@pytest.mark.parametrize(
    ("written", "disguised"),
    [
        ("http://3405803800/", True),
        ("http://0xcb007118/", True),
        ("http://203.0.113.24/", False),
        ("http://[::1]/", False),
        ("http://a.example/", False),
    ],
)
def test_a_number_that_nobody_can_read_is_disguised(written: str, disguised: bool) -> None:  # noqa: FBT001 - a column of the table
    address = read_url(written)
    assert address is not None
    assert address.disguised_ip is disguised


REDIRECTORS = {"links.example": frozenset({"url"}), "google.com": frozenset({"q"})}


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("https://eu.links.example/?data=1&url=https%3A%2F%2Fevil.example%2Fx", "evil.example"),
        ("https://www.google.com/url?q=https://links.example/%3Furl=https://deep.example", "deep.example"),
        ("https://links.example/?url=javascript:alert(1)", "links.example"),
        ("https://links.example/?other=https://evil.example", "links.example"),
        ("https://other.example/?url=https://evil.example", "other.example"),
    ],
)
def test_known_redirectors_are_looked_through(written: str, host: str) -> None:
    address = read_url(written)
    assert address is not None
    assert unwrap(address, REDIRECTORS).host == host


def test_a_redirector_that_leads_to_itself_comes_to_an_end() -> None:
    inner = "https://links.example/?url=https://links.example/"
    address = read_url(inner)
    assert address is not None
    assert unwrap(address, REDIRECTORS).host == "links.example"


def test_parents_end_before_the_last_label() -> None:
    assert parents("a.b.example") == ("a.b.example", "b.example")
    assert parents("localhost") == ("localhost",)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["", BASE]))
def test_any_text_is_an_address_or_none(text: str, base: str) -> None:
    address = read_url("https://" + text, base)
    assert address is None or isinstance(address, WebAddress)
    if address is not None:
        assert (address.ip is None) or address.host
