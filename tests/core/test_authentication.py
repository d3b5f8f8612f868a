from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from support.contents import NAMES, mail

from triage.core.authentication import AuthenticationReading, Gateway, read_authentication
from triage.core.authresults import MethodResult, Result, authserv_id, parse_results, without_comments
from triage.core.mail import Address

GATEWAY = Gateway(names=frozenset({"mx1.vst.gov.vn"}))
OWN = ("Received", "from out.example ([203.0.113.9]) by mx1.vst.gov.vn (Postfix) with ESMTPS id 1")
INNER = ("Received", "from mx1.vst.gov.vn by mbx.vst.gov.vn (Postfix) with ESMTPS id 2")
OUTER = ("Received", "from localhost by out.example with ESMTPA id 3")
FROM = "hoacuc.example"


def results(value: str, name: str = "mx1.vst.gov.vn") -> tuple[str, str]:
    return ("Authentication-Results", f"{name}; {value}" if name else value)


def read(
    *headers: tuple[str, str], gateway: Gateway = GATEWAY, sender: str = f"ketoan@{FROM}"
) -> AuthenticationReading:
    told = replace(mail(), headers=headers, senders=(Address("", sender),))
    return read_authentication(told, gateway, NAMES.registrable)


PASS = f"spf=pass smtp.mailfrom={FROM}; dkim=pass header.d={FROM}; dmarc=pass (p=NONE) header.from={FROM}"


@pytest.mark.parametrize(
    ("value", "authenticated"),
    [
        (PASS, True),
        (f"spf=pass smtp.mailfrom={FROM}; dkim=none; dmarc=none header.from={FROM}", True),
        (f"spf=pass smtp.mailfrom=bounce@mail.{FROM}", True),
        (f"spf=fail; dkim=pass header.i=@{FROM} header.s=x", True),
        ("spf=pass smtp.mailfrom=bulk.example; dkim=pass header.d=bulk.example", False),
        (f"spf=pass smtp.mailfrom={FROM}; dmarc=fail header.from={FROM}", False),
        ("dmarc=pass header.from=other.example", False),
        ("spf=none; dkim=none (message not signed); dmarc=none", False),
        ("spf=softfail; dmarc=permerror", False),
        ("spf=temperror; dmarc=temperror", None),
        ("none", None),
        ("", None),
        (f"dkim=hardfail header.d={FROM}", False),
        (f"dkim=fail header.d=a.example; dkim=pass header.d={FROM}", True),
    ],
)
def test_the_gateways_answer_is_read(value: str, authenticated: bool | None) -> None:  # noqa: FBT001 - a column of the table
    reading = read(results(value), OWN, OUTER)
    assert reading.authenticated is authenticated
    assert all(reason.vi and reason.en for reason in reading.reasons)


def test_a_mail_without_any_result_says_nothing() -> None:
    assert read(OWN, OUTER).authenticated is None


def test_headers_of_another_server_are_ignored() -> None:
    reading = read(results(PASS, "mx.evil.example"), OWN, OUTER)
    assert (reading.authenticated, reading.forged) == (None, 0)


def test_a_forged_pass_below_our_own_trace_is_ignored_and_told() -> None:
    reading = read(INNER, OWN, results(PASS), OUTER)
    assert (reading.authenticated, reading.forged) == (None, 1)
    assert "authentication_forged" in {reason.code for reason in reading.reasons}


def test_a_forged_trace_of_ours_below_the_genuine_one_buys_nothing() -> None:
    reading = read(INNER, OWN, results(PASS), OWN, OUTER)
    assert (reading.authenticated, reading.forged) == (None, 1)


def test_the_genuine_answer_beats_a_forged_one() -> None:
    reading = read(INNER, results("dmarc=fail header.from=hoacuc.example"), OWN, results(PASS), OUTER)
    assert (reading.authenticated, reading.forged) == (False, 1)


def test_a_failure_at_the_wrong_place_is_believed_since_nobody_forges_one() -> None:
    assert read(OWN, results("spf=fail; dmarc=fail header.from=hoacuc.example"), OUTER).authenticated is False


def test_a_gateway_that_removes_forged_headers_may_write_below_its_trace() -> None:
    gateway = replace(GATEWAY, below_received=True)
    assert read(OWN, results(PASS), OUTER, gateway=gateway).authenticated is True


def test_where_no_trace_bears_the_gateways_name_only_the_very_top_is_trusted() -> None:
    other = ("Received", "from a by relay.example with ESMTP id 9")
    assert read(results(PASS), other, OUTER).authenticated is True
    assert read(other, results(PASS), OUTER).authenticated is None
    named = replace(GATEWAY, hosts=frozenset({"relay.example"}))
    assert read(OUTER, results(PASS), other, gateway=named).authenticated is True


def test_microsofts_form_without_a_name_is_read_only_where_configured() -> None:
    header = results(PASS + "; compauth=pass reason=100", "")
    assert read(header, OWN).authenticated is None
    assert read(header, OWN, gateway=Gateway(frozenset(), nameless=True)).authenticated is True


def test_several_headers_of_the_gateway_count_together() -> None:
    reading = read(
        results("spf=fail smtp.mailfrom=x.example"),
        results(f"dkim=pass header.d={FROM}"),
        results("arc=pass (i=1)"),
        OWN,
    )
    assert reading.aligned
    assert reading.arc is Result.PASS


def test_two_domains_in_from_are_never_aligned() -> None:
    told = replace(
        mail(), headers=(results(PASS), OWN), senders=(Address("", f"a@{FROM}"), Address("", "b@vst.gov.vn"))
    )
    assert read_authentication(told, GATEWAY, NAMES.registrable).authenticated is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx; spf=pass (a; b=c) smtp.mailfrom=A@B.example", [MethodResult("spf", Result.PASS, "b.example")]),
        ('mx 1; dkim/1 = pass header.d="b.example"', [MethodResult("dkim", Result.PASS, "b.example")]),
        ("mx; dkim=weird header.d=b.example", [MethodResult("dkim", Result.NONE, "b.example")]),
        ("mx; auth=pass smtp.auth=x; iprev=pass", []),
        ("mx; =; ;;; dkim=", []),
        (
            "spf=pass smtp.mailfrom=b.example; dmarc=bestguesspass",
            [MethodResult("spf", Result.PASS, "b.example"), MethodResult("dmarc", Result.NONE, "")],
        ),
    ],
)
def test_one_header_is_parsed(value: str, expected: list[MethodResult]) -> None:
    assert list(parse_results(value)) == expected


def test_comments_may_be_nested_and_quoted() -> None:
    assert without_comments('a(b(c)d)e "(" f').split() == ["a", "e", '"("', "f"]
    assert authserv_id("(c) MX1.vst.gov.vn (d) 1; none") == "mx1.vst.gov.vn"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Received", "Authentication-Results", "X"]), st.text(max_size=80)),
        max_size=6,
    )
)
def test_any_headers_are_read(headers: list[tuple[str, str]]) -> None:
    assert read(*headers).authenticated in {True, False, None}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='mx;= ()"\\/spfdkim.pass', max_size=120))
def test_what_stands_below_our_trace_never_authenticates(value: str) -> None:
    assert read(OWN, ("Authentication-Results", "mx1.vst.gov.vn; " + value), OUTER).authenticated is not True
