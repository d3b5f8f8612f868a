"""triage explain tells signatures, encryption and language, in words and as JSON."""

import json
from pathlib import Path

from support.commands import triage

MAILS = Path(__file__).parents[1] / "corpus"
SIGNED = MAILS / "073-ky-so-smime-dong-goi.eml"
ENCRYPTED = MAILS / "074-ma-hoa-smime.eml"


def test_a_signature_is_told_in_words() -> None:
    said = triage("explain", SIGNED).stdout
    assert "  signature smime: valid-digest; Lê Thị Hạ, Trường Mầm non Hoa Mai, ketoan@hoamai.example" in said
    assert "chưa kiểm tra chuỗi chứng thư. [signature_valid_digest]" in said
    assert "  language  vi\n" in said
    assert "who issued the certificate was not checked" in triage("explain", "--english", SIGNED).stdout


def test_a_signature_is_told_as_json() -> None:
    told = json.loads(triage("explain", "--json", SIGNED).stdout)
    assert [one["state"] for one in told["signatures"]] == ["valid-digest"]
    assert told["signatures"][0]["valid_to"] == "2027-01-01T00:00:00+00:00"
    assert told["language"] == "vi"


def test_an_encrypted_mail_is_said_to_be_one() -> None:
    said = triage("explain", ENCRYPTED).stdout
    assert "[encrypted]" in said
    assert "  signature smime" not in said
