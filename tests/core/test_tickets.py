"""Ticket codes in texts: in either case, among blanks and dashes of every kind, not inside a longer word."""

import pytest

from triage.core.tickets import find_codes


@pytest.mark.parametrize(
    "text",
    [
        "SD261122-000001",
        "sd261122-000001",
        "mã Sd261122-000001.",
        "(sD261122-000001)",
        "mã:SD 261122 \u2013 000001",
        "SD\u200b261122-\u00a0000001",
        "_SD261122-000001",
        "đSD261122-000001",
        "\u017fd261122-000001",
    ],
)
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    assert [str(code) for code in find_codes(text)] == ["SD261122-000001"]


@pytest.mark.parametrize(
    "text",
    [
        "USD261122-000001",
        "usd261122-000001",
        "1SD261122-000001",
        "\u017fSD261122-000001",
        "SD261122-0000012",
        "SD261322-000001",
        "SD261122-000000",
        "SD26112-000001",
        "SD261122 000001",
    ],
)
def test_what_only_resembles_a_code_is_none(text: str) -> None:
    assert find_codes(text) == ()


def test_codes_come_in_their_order_each_once() -> None:
    found = find_codes("SD261122-000002, sd261122-000001 và SD261122-000002")
    assert [str(code) for code in found] == ["SD261122-000002", "SD261122-000001"]
