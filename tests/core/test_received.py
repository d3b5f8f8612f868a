"""One Received line of each kind of server is read, and no client can talk itself into another address."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings, strategies as st

from triage.core.received import MAX_LENGTH, NOTHING, Received, read_received

DATE = "; Mon, 16 Nov 2026 09:29:00 +0700 (+07)"

LINES = [
    (
        "postfix",
        (
            "from mail.hoacuc.example (mail.hoacuc.example [203.0.113.9]) (using TLSv1.3 with cipher "
            "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519) (No client certificate requested) "
            "by mx1.vst.gov.vn (Postfix) with ESMTPS id 4XyZ for <hotrocntt@vst.gov.vn>"
        ),
        ("203.0.113.9", "mail.hoacuc.example", "mx1.vst.gov.vn", "esmtps"),
    ),
    (
        "postfix without a reverse name, by IPv6",
        "from [198.51.100.1] (unknown [IPv6:2001:db8::7]) by mx1.vst.gov.vn (Postfix) with SMTP id 1",
        ("2001:db8::7", "[198.51.100.1]", "mx1.vst.gov.vn", "smtp"),
    ),
    (
        "postfix after a login",
        "from may-1 (unknown [203.0.113.9]) (Authenticated sender: canbo) by mx1.vst.gov.vn with ESMTPSA",
        ("203.0.113.9", "may-1", "mx1.vst.gov.vn", "esmtpsa"),
    ),
    (
        "zimbra's local delivery",
        "from zm.vst.gov.vn (LHLO zm.vst.gov.vn) (10.1.1.5) by zm.vst.gov.vn with LMTP",
        ("10.1.1.5", "zm.vst.gov.vn", "zm.vst.gov.vn", "lmtp"),
    ),
    (
        "dovecot's local delivery",
        "from mx1.vst.gov.vn ([127.0.0.1]) by mx1.vst.gov.vn with LMTP id AbC (envelope-from <a@b.example>)",
        ("127.0.0.1", "mx1.vst.gov.vn", "mx1.vst.gov.vn", "lmtp"),
    ),
    (
        "exchange",
        (
            "from mail.hoacuc.example (203.0.113.9) by mbx.vst.gov.vn (10.1.1.1) with Microsoft SMTP Server "
            "(version=TLS1_2, cipher=TLS_ECDHE) id 15.1.2507.6 via Frontend Transport"
        ),
        ("203.0.113.9", "mail.hoacuc.example", "mbx.vst.gov.vn", "microsoft"),
    ),
    (
        "gmail",
        "from mail.hoacuc.example (mail.hoacuc.example. [203.0.113.9]) by mx.google.com with ESMTPS id d2",
        ("203.0.113.9", "mail.hoacuc.example", "mx.google.com", "esmtps"),
    ),
    (
        "gmail inside",
        "by 2002:a05:6402:1 with SMTP id x1csp1",
        (None, "", "2002:a05:6402:1", "smtp"),
    ),
    (
        "exim",
        "from out.hoacuc.example ([203.0.113.9]:4711 helo=mail.hoacuc.example) by mx1.vst.gov.vn with esmtps",
        ("203.0.113.9", "mail.hoacuc.example", "mx1.vst.gov.vn", "esmtps"),
    ),
    (
        "exim without a reverse name",
        "from [203.0.113.9] (helo=[198.51.100.1]) by mx1.vst.gov.vn with esmtp (Exim 4.97)",
        ("203.0.113.9", "[198.51.100.1]", "mx1.vst.gov.vn", "esmtp"),
    ),
    (
        "sendmail",
        (
            "from mail.hoacuc.example (ident@out.hoacuc.example [203.0.113.9] (may be forged)) "
            "by mx1.vst.gov.vn (8.17.1/8.17.1) with ESMTP id 3"
        ),
        ("203.0.113.9", "mail.hoacuc.example", "mx1.vst.gov.vn", "esmtp"),
    ),
    (
        "qmail",
        "from unknown (HELO [198.51.100.1]) (203.0.113.9) by mx1.vst.gov.vn with SMTP",
        ("203.0.113.9", "[198.51.100.1]", "mx1.vst.gov.vn", "smtp"),
    ),
    (
        "an IPv4 address in the dress of IPv6",
        "from a.example (a.example [::ffff:203.0.113.9]) by MX1.vst.gov.vn. with ESMTP",
        ("203.0.113.9", "a.example", "mx1.vst.gov.vn", "esmtp"),
    ),
]


@pytest.mark.parametrize(
    ("line", "told"), [(line, told) for _, line, told in LINES], ids=[x[0] for x in LINES]
)
def test_the_line_of_each_server_is_read(line: str, told: tuple[str | None, str, str, str]) -> None:
    client, *texts = told
    read = read_received(line + DATE)
    assert read.client == (ip_address(client) if client else None)
    assert [read.helo, read.by, read.protocol] == texts
    assert read.greeted is line.startswith("from")


@pytest.mark.parametrize(
    "line",
    [
        ("from a b ([198.51.100.1]) by mx1.vst.gov.vn (unknown [203.0.113.9]) by mx1.vst.gov.vn with SMTP"),
        ("from a ([198.51.100.1]) extra (unknown [203.0.113.9]) by mx1.vst.gov.vn with SMTP"),
        ("from x (unknown [203.0.113.999]) by mx1.vst.gov.vn with SMTP"),
        "from (unknown [203.0.113.9]) by mx1.vst.gov.vn with SMTP",
    ],
)
def test_a_line_that_is_built_otherwise_gives_no_address(line: str) -> None:
    read = read_received(line)
    assert (read.client, read.by, read.greeted) == (None, "mx1.vst.gov.vn", True)


def test_encoded_words_in_a_greeting_stay_closed() -> None:
    hidden = "=?utf-8?q?a_=28b_=5B198=2E51=2E100=2E1=5D=29_by_mx1=2Evst=2Egov=2Evn?="
    read = read_received(f"from {hidden} (unknown [203.0.113.9]) by mx1.vst.gov.vn (Postfix) with ESMTP")
    assert read.client == ip_address("203.0.113.9")


@pytest.mark.parametrize(
    "line", ["", "by", "from a by", "by (x)", "from (((", "; by a", "from a (by b) with x"]
)
def test_what_is_no_line_says_nothing(line: str) -> None:
    assert read_received(line) == NOTHING


def test_only_the_beginning_of_a_long_line_is_read() -> None:
    assert read_received("from a " + "(" * MAX_LENGTH + " by mx1.vst.gov.vn") == NOTHING
    assert read_received("by mx1.vst.gov.vn " + "x" * 10**6).by == "mx1.vst.gov.vn"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='from by with(;)[]:.=helo 12abHELO\\"%', max_size=120) | st.text(max_size=80))
def test_any_line_is_read(line: str) -> None:
    assert isinstance(read_received(line), Received)
