import hashlib

import pytest
from hypothesis import given, strategies as st
from support.rawmail import HEAD, multipart, part, raw_mail

from triage.core.identity import digest_of_body, mail_key
from triage.core.parse import read_mail

WITHOUT_ID = HEAD.replace(b"Message-ID: <mot@hoamai.example>\r\n", b"")
TRACE = (
    b"Received: from a by b; Mon, 10 Jan 2022 08:41:00 +0700\r\n"
    b"X-Spam-Score: 3\r\n"
    b"Delivered-To: x@y.example\r\n"
)


def key(raw: bytes) -> str:
    return mail_key(read_mail(raw), raw)


@pytest.mark.parametrize("head", [HEAD, WITHOUT_ID])
def test_trace_headers_make_no_other_mail(head: bytes) -> None:
    assert key(TRACE + head + b"\r\nx") == key(head + b"\r\nx")


@pytest.mark.parametrize("head", [HEAD, WITHOUT_ID])
def test_line_ends_and_folding_make_no_other_mail(head: bytes) -> None:
    raw = head + b"\r\nmot  \r\nhai\r\n\r\n"
    assert key(raw) == key(raw.replace(b"\r\n", b"\n"))
    assert key(raw) == key(raw.replace(b"Subject: [0010#DVC] ", b"Subject: [0010#DVC]\r\n "))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ketoan@hoamai.example", b"ketoan@hoalan.example"),
        (b"08:40:00 +0700", b"08:40:01 +0700"),
        (b"[0010#DVC]", b"[3110#DVC]"),
        (b"<mot@hoamai.example>", b"<hai@hoamai.example>"),
    ],
)
def test_mails_that_share_an_id_but_nothing_else_differ(old: bytes, new: bytes) -> None:
    assert key(raw_mail(b"x")) != key(raw_mail(b"x").replace(old, new))


def test_the_same_moment_in_another_zone_is_the_same_mail() -> None:
    assert key(raw_mail(b"x")) == key(raw_mail(b"x").replace(b"08:40:00 +0700", b"01:40:00 +0000"))


@pytest.mark.parametrize(
    "message_id", [b"", b"Message-ID:\r\n", b"Message-ID: <>\r\n", b"Message-ID: <@>\r\n"]
)
def test_without_a_usable_id_the_content_tells_mails_apart(message_id: bytes) -> None:
    head = WITHOUT_ID + message_id
    assert key(head + b"\r\nmot") == key(head + b"\r\nmot\r\n")
    assert key(head + b"\r\nmot") != key(head + b"\r\nhai")
    assert key(head + b"\r\nmot") != key(head.replace(b"To: hotrocntt", b"To: vanthu") + b"\r\nmot")


def test_attachments_tell_mails_without_an_id_apart() -> None:
    one, other = (
        multipart("mixed", part("text/plain", b"x"), part("image/png", image)).replace(HEAD, WITHOUT_ID)
        for image in (b"1", b"2")
    )
    assert key(one) != key(other)


def test_fields_do_not_run_into_one_another() -> None:
    assert key(b"From: a@x\r\nSubject: bc\r\n\r\n") != key(b"From: a@xb\r\nSubject: c\r\n\r\n")


@given(
    st.lists(st.sampled_from([b"a", b" ", b"\t", b"\n", b"\r\n", b"x" * 40_000, b"\n" * 70_000]), max_size=12)
)
def test_a_body_has_the_same_key_in_blocks_as_in_one(pieces: list[bytes]) -> None:
    body = b"a\n" + b"".join(pieces)
    canonical = b"\n".join(line.rstrip() for line in body.split(b"\n")).rstrip()
    assert digest_of_body(b"Subject: x\n\n" + body) == hashlib.sha256(canonical).hexdigest()
