"""What a decision tells of signatures, encryption and language."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.rawmail import multipart, part, raw_mail
from support.signing import EMAIL, ENTITY, enveloped, pdf, signed

from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.document import document
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.core.rules import Rulebook

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load_rulebook(ROOT / "rules")


def decided(raw: bytes, rules: Rulebook) -> dict[str, Any]:
    mail = read_mail(raw)
    return document(decide(mail, NO_FACTS, rules, datetime(2026, 11, 12, tzinfo=UTC), parts_of(mail, raw)))


def codes(told: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in told["reasons"]}


def wrapped(data: bytes) -> bytes:
    head = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64"
    return raw_mail(base64.encodebytes(data), content=head)


def test_a_signed_mail_is_decided_by_what_is_inside_and_its_signature_is_told(rules: Rulebook) -> None:
    told = decided(wrapped(signed(ENTITY)), rules)
    assert (told["category"], told["language"]) == ("signature", "vi")
    (signature,) = told["signatures"]
    assert (signature["kind"], signature["state"], signature["email"]) == ("smime", "valid-digest", EMAIL)
    assert signature["chain_checked"] is False
    assert "signature_valid_digest" in codes(told)
    assert "signature_of_other" not in codes(told)


def test_a_certificate_for_another_address_is_told(rules: Rulebook) -> None:
    raw = wrapped(signed(ENTITY)).replace(EMAIL.encode(), b"la@hoamai.example")
    assert "signature_of_other" in codes(decided(raw, rules))


def test_a_changed_mail_is_told(rules: Rulebook) -> None:
    changed = signed(ENTITY).replace(b"loi.png", b"lai.png")
    assert "signature_altered" in codes(decided(wrapped(changed), rules))


def test_an_encrypted_mail_is_told(rules: Rulebook) -> None:
    told = decided(wrapped(enveloped(ENTITY)), rules)
    assert "encrypted" in codes(told)
    assert told["signatures"] == []


def test_signed_pdf_files_are_told_with_their_names(rules: Rulebook) -> None:
    file = part(
        "application/pdf; name=de-nghi.pdf", base64.encodebytes(pdf()), "Content-Transfer-Encoding: base64"
    )
    text = part("text/plain; charset=utf-8", "Em gửi tờ khai đã ký ạ.".encode())
    told = decided(multipart("mixed", text, file), rules)
    assert [(one["kind"], one["file"], one["state"]) for one in told["signatures"]] == [
        ("pdf", "de-nghi.pdf", "valid-digest")
    ]


def test_an_unsigned_mail_has_no_signatures_and_a_language(rules: Rulebook) -> None:
    english = b"Dear support, please reset the password of our user, we cannot log in to the system."
    told = decided(raw_mail(english), rules)
    assert (told["signatures"], told["language"]) == ([], "en")
