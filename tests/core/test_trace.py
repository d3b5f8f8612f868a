"""Only what our own gateway wrote tells where a mail came in; whatever stands below it came with the mail."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings, strategies as st

from triage.core.authentication import Gateway
from triage.core.trace import MOST_LINES, Trace, Untraced, find_trace, trace_headers

GATEWAY = Gateway(names=frozenset({"mx1.vst.gov.vn"}), hosts=frozenset({"gw.vst.gov.vn"}))
PATH = ("return-path", "<ketoan@hoacuc.example>")
OUTSIDE = "from mail.hoacuc.example (mail.hoacuc.example [203.0.113.9]) by {by} (Postfix) with {with_} id 1"


def received(line: str = OUTSIDE, *, by: str = "mx1.vst.gov.vn", with_: str = "ESMTPS") -> tuple[str, str]:
    return ("received", line.format(by=by, with_=with_))


INNER = received("from mx1.vst.gov.vn (mx1.vst.gov.vn [10.0.0.5]) by mbx.vst.gov.vn (Postfix) with ESMTPS")
FORGED = received("from vst.gov.vn (vst.gov.vn [198.51.100.1]) by mx1.vst.gov.vn (Postfix) with ESMTPS")
HONEST = Trace(ip_address("203.0.113.9"), "mail.hoacuc.example", "ketoan@hoacuc.example")

LMTP = received("from mx1.vst.gov.vn ([127.0.0.1]) by mx1.vst.gov.vn with LMTP id 2")
FILTERED = received("from localhost (localhost [127.0.0.1]) by mx1.vst.gov.vn (Postfix) with ESMTP id 3")
FILTER = received("from mx1.vst.gov.vn ([127.0.0.1]) by localhost (amavis [127.0.0.1]) with ESMTP id 4")
SIGNED_IN = received("from web (localhost [127.0.0.1]) by mx1.vst.gov.vn (Postfix) with ESMTPSA id 5")


@pytest.mark.parametrize(
    "lines",
    [
        [received()],
        [INNER, received()],
        [INNER, received(by="gw.vst.gov.vn")],
        [received(), FORGED],
        [LMTP, received()],
        [LMTP, FILTERED, FILTER, received(), FORGED],
        [FILTERED, FILTER, received(), FORGED],
    ],
)
def test_the_line_that_met_the_outside_is_found(lines: list[tuple[str, str]]) -> None:
    assert find_trace([PATH, *lines], GATEWAY) == HONEST


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], Untraced.NO_GATEWAY),
        ([INNER], Untraced.NO_GATEWAY),
        ([received(by="mx2.vst.gov.vn")], Untraced.NO_GATEWAY),
        ([received(with_="ESMTPSA"), FORGED], Untraced.SUBMITTED),
        ([SIGNED_IN, FORGED], Untraced.SUBMITTED),
        ([received("from a.vst.gov.vn (a [10.0.0.9]) by {by} with {with_}"), FORGED], Untraced.INSIDE),
        ([received("from a (a [fd00::1]) by {by} with {with_}"), FORGED], Untraced.INSIDE),
        ([FILTERED, FILTER, INNER, FORGED], Untraced.INSIDE),
        ([LMTP, INNER, FORGED], Untraced.INSIDE),
        ([received("by {by} with {with_}"), FORGED], Untraced.NO_CLIENT),
        ([received("from a b (a [203.0.113.9]) by {by} with {with_}"), FORGED], Untraced.UNREADABLE),
        ([received("from a( (a [203.0.113.9]) by {by} with {with_}"), FORGED], Untraced.UNREADABLE),
    ],
)
def test_where_the_line_does_not_say_nothing_below_it_is_asked(
    lines: list[tuple[str, str]], why: Untraced
) -> None:
    assert find_trace([PATH, *lines], GATEWAY) is why


@pytest.mark.parametrize(
    ("value", "sender", "domain"),
    [
        ("<ketoan@Hoacuc.example>", "ketoan@Hoacuc.example", "hoacuc.example"),
        ("ketoan@hoacuc.example", "ketoan@hoacuc.example", "hoacuc.example"),
        ("<>", "", "mail.hoacuc.example"),
        ("< >", "", "mail.hoacuc.example"),
        ('<"a b"@hoacuc.example>', "@", ""),
        ("<a@b@vst.gov.vn>", "@", ""),
        ("<ketoan>", "@", ""),
        (f"<{'a' * 65}@hoacuc.example>", "@", ""),
    ],
)
def test_the_envelope_sender_is_read_from_return_path(value: str, sender: str, domain: str) -> None:
    found = find_trace([("return-path", value), received()], GATEWAY)
    assert isinstance(found, Trace)
    assert (found.sender, found.domain) == (sender, domain)


def test_a_return_path_below_our_own_line_came_with_the_mail() -> None:
    assert find_trace([received(), PATH], GATEWAY) is Untraced.NO_ENVELOPE
    assert find_trace([received()], GATEWAY) is Untraced.NO_ENVELOPE


def test_lines_are_not_read_without_end() -> None:
    assert find_trace([PATH, *[INNER] * MOST_LINES, received()], GATEWAY) is Untraced.NO_GATEWAY


def test_headers_are_taken_from_the_bytes_as_they_were_written() -> None:
    raw = b"Return-Path: <a@b.example>\r\nReceived: from =?utf-8?q?a_by_b?=\r\n by mx1\r\n\r\nText"
    assert trace_headers(raw) == (
        ("return-path", "<a@b.example>"),
        ("received", "from =?utf-8?q?a_by_b?= by mx1"),
    )


WORDS = st.sampled_from(
    ["from", "by", "mx1.vst.gov.vn", "(a [198.51.100.1])", "with", "LMTP", "(", ")", ";", "x"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=10).map(" ".join), max_size=6))
def test_nothing_below_our_own_line_ever_changes_the_answer(below: list[str]) -> None:
    headers = [PATH, received(), *(("received", line) for line in below)]
    assert find_trace(headers, GATEWAY) == HONEST
