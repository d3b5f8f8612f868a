"""The lines of docs/api.md by which a receiver verifies a message do verify one, and no other."""

import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from triage.core.webhooksign import signed_headers, written_secret

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
KEY = bytes(range(32))


def test_the_lines_for_receivers_verify_what_we_sign() -> None:
    text = PAGE.read_text(encoding="utf-8")
    lines = text[text.index("    import base64") : text.index("## The page for everybody")]
    known: dict[str, Any] = {}
    exec(textwrap.dedent(lines), known)  # noqa: S102 - lines of ours
    verified, secret, now = known["verified"], written_secret(KEY), datetime.now(UTC)
    headers = dict(signed_headers(KEY, "msg_1", now, b"{}"))
    assert verified(secret, headers, b"{}")
    assert not verified(secret, headers, b"{ }")
    assert not verified(written_secret(bytes(32)), headers, b"{}")
    assert not verified(secret, {**headers, "webhook-id": "msg_2"}, b"{}")
    assert not verified(secret, dict(signed_headers(KEY, "msg_1", now - timedelta(hours=1), b"{}")), b"{}")
