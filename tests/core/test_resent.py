"""A mail sent on as it came: resent fields before it, and not a byte of it changed."""

from datetime import UTC, datetime

import pytest
from support.office import OUR_ADDRESS, request, shipped_rules

from triage.core.compose import new_message_id
from triage.core.decision import Kind
from triage.core.kind import classify
from triage.core.parse import read_mail
from triage.core.resent import resent
from triage.core.subject import read_subject

AT = datetime(2026, 11, 16, 3, tzinfo=UTC)
ID = new_message_id("resent/x/1", "vst.gov.vn")


def sent_on(raw: bytes, to: str = "binh@kbnn.example") -> bytes | None:
    return resent(raw, ours=OUR_ADDRESS, to=to, at=AT, message_id=ID)


def test_resent_fields_stand_before_a_mail_of_which_nothing_is_changed() -> None:
    raw = request()
    whole = sent_on(b"Return-Path: <a@thcs.example>\r\n" + raw)
    assert whole is not None
    assert whole.endswith(raw)
    assert whole[: -len(raw)].decode() == (
        "Resent-Date: Mon, 16 Nov 2026 03:00:00 +0000\r\n"
        f"Resent-From: {OUR_ADDRESS}\r\nResent-To: binh@kbnn.example\r\nResent-Message-ID: {ID}\r\n"
    )


@pytest.mark.parametrize(
    ("raw", "to"),
    [
        (request().replace(b"\r\n", b"\n"), "binh@kbnn.example"),
        (request(text="dài " * 400), "binh@kbnn.example"),
        (request(text="a\0b"), "binh@kbnn.example"),
        (b"From a@b Mon Nov 16\r\n" + request(), "binh@kbnn.example"),
        (b"Subject: x\r\n", "binh@kbnn.example"),
        (request(), "binh@kbnn.example\r\nBcc: x@xau.example"),
    ],
)
def test_what_smtp_would_not_take_as_it_is_is_not_sent_on(raw: bytes, to: str) -> None:
    assert sent_on(raw, to) is None


def test_a_mail_that_comes_back_is_known_and_forged_fields_are_not() -> None:
    office = shipped_rules().office
    whole = sent_on(request())
    assert whole is not None
    for raw, kind in (
        (whole, Kind.OWN),
        (whole.replace(b"Resent-From: hotrocntt@vst.gov.vn", b"Resent-From: a@thcs.example"), Kind.REQUEST),
        (whole.replace(ID.encode(), b"<x@thcs.example>"), Kind.REQUEST),
    ):
        mail = read_mail(raw)
        subject = read_subject(mail.subject, shipped_rules().treasuries)
        assert classify(mail, subject, office.addresses).kind is kind
