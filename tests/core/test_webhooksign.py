"""Signatures of webhooks."""

from datetime import UTC, datetime

import pytest

from triage.core.webhooksign import read_secret, signature, signed_headers, written_secret

KEY = bytes(range(32))
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_a_signature_covers_id_moment_and_body() -> None:
    one = signature(KEY, "evt-1", AT, b"{}")
    assert one == signature(KEY, "evt-1", AT, b"{}")
    others = {
        signature(bytes(32), "evt-1", AT, b"{}"),
        signature(KEY, "evt-2", AT, b"{}"),
        signature(KEY, "evt-1", AT.replace(second=1), b"{}"),
        signature(KEY, "evt-1", AT, b"{ }"),
    }
    assert len(others | {one}) == 5


def test_a_signature_is_the_one_that_openssl_makes() -> None:
    # made by: openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f -binary | base64
    assert signature(KEY, "evt-1", AT, b'{"a":1}') == "v1,QK82RhKLYk900X4WcWDSJyDc2nJ9S4WvYrUM6mU08nI="


def test_a_message_bears_three_headers() -> None:
    headers = signed_headers(KEY, "evt-1", AT, b"{}")
    assert headers == {
        "webhook-id": "evt-1",
        "webhook-timestamp": "1795316400",
        "webhook-signature": signature(KEY, "evt-1", AT, b"{}"),
    }


def test_a_written_secret_is_read_back() -> None:
    assert read_secret(written_secret(KEY)) == KEY


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_!!!", written_secret(b"short"), written_secret(bytes(65)), "YWJj" * 10, "whsec_é"],
)
def test_what_is_no_secret_is_not_read(text: str) -> None:
    assert read_secret(text) is None
