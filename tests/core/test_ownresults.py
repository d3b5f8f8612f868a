"""What we verified ourselves counts where the gateway says nothing, and is told as ours."""

from dataclasses import replace

import pytest
from support.contents import NAMES, mail

from triage.core.authentication import AuthenticationReading, Gateway, read_authentication
from triage.core.authresults import MethodResult, Result
from triage.core.facts import Facts
from triage.core.mail import Address
from triage.core.ownresults import SILENT_DNS, OwnResults, own_reasons
from triage.core.trace import Untraced

GATEWAY = Gateway(names=frozenset({"mx1.vst.gov.vn"}))
OURS = ("Received", "from out.example ([203.0.113.9]) by mx1.vst.gov.vn (Postfix) with ESMTPS id 1")
FROM = "hoacuc.example"


def told(value: str) -> tuple[str, str]:
    return ("Authentication-Results", f"mx1.vst.gov.vn; {value}")


def own(gap: str = "", /, *, arc: Result | None = None, **found: Result) -> OwnResults:
    results = [MethodResult(method, result, FROM) for method, result in found.items()]
    return OwnResults(
        (*results, *([MethodResult("arc", arc, "relay.example")] if arc else [])), "reject", gap
    )


PASSED = own(spf=Result.FAIL, dkim=Result.PASS, dmarc=Result.PASS)
FAILED = own(spf=Result.FAIL, dkim=Result.NONE, dmarc=Result.FAIL)
SILENT = own(SILENT_DNS, spf=Result.TEMPERROR, dkim=Result.FAIL, dmarc=Result.TEMPERROR)


def read(
    *headers: tuple[str, str], found: OwnResults | None, sender: str = f"ketoan@{FROM}"
) -> AuthenticationReading:
    written = replace(mail(), headers=headers, senders=(Address("", sender),))
    return read_authentication(written, GATEWAY, NAMES.registrable, found)


def codes(reading: AuthenticationReading) -> set[str]:
    assert all(reason.vi and reason.en for reason in reading.reasons)
    return {reason.code for reason in reading.reasons}


@pytest.mark.parametrize(
    ("found", "authenticated", "code"),
    [
        (PASSED, True, "verified_passed"),
        (FAILED, False, "verified_failed"),
        (SILENT, None, "verified_unknown"),
        (own(dkim=Result.PASS, dmarc=Result.NONE), True, "verified_passed"),
        (own(spf=Result.NONE, dkim=Result.NONE, dmarc=Result.NONE), False, "verified_failed"),
        (own("no_trace", spf=Result.NONE, dmarc=Result.NONE), None, "verified_unknown"),
        (own("no_trace", dkim=Result.PASS, dmarc=Result.NONE), True, "verified_passed"),
        (own("unreadable", spf=Result.NONE, dmarc=Result.FAIL), False, "verified_failed"),
        (own(SILENT_DNS, dkim=Result.PASS, dmarc=Result.TEMPERROR), True, "verified_passed"),
        (own(arc=Result.PASS, spf=Result.FAIL, dmarc=Result.FAIL), False, "verified_arc"),
    ],
)
def test_our_own_results_are_read(found: OwnResults, authenticated: bool | None, code: str) -> None:  # noqa: FBT001 - a column of the table
    reading = read(OURS, found=found)
    assert reading.authenticated is authenticated
    assert code in codes(reading)


def test_with_the_policy_unknown_only_the_very_domain_is_proof_enough() -> None:
    found = OwnResults(
        (MethodResult("dkim", Result.PASS, f"mail.{FROM}"), MethodResult("dmarc", Result.TEMPERROR, FROM)),
        gap=SILENT_DNS,
    )
    assert read(OURS, found=found).authenticated is None


@pytest.mark.parametrize(("word", "answer"), [("pass", True), ("fail", False)])
def test_the_gateways_answer_stands(word: str, answer: bool) -> None:  # noqa: FBT001 - a column of the table
    header = told(f"dmarc={word} header.from={FROM}")
    for found in (PASSED, FAILED, SILENT):
        reading = read(header, OURS, found=found)
        assert reading.authenticated is answer
        assert not any(code.startswith("verified") for code in codes(reading))


def test_a_gateway_that_does_not_know_leaves_it_to_us() -> None:
    assert read(told("dmarc=temperror"), OURS, found=PASSED).authenticated is True
    assert read(told("none"), OURS, found=FAILED).authenticated is False


def test_a_forged_answer_in_the_gateways_name_is_passed_over_and_told() -> None:
    reading = read(OURS, told(f"dmarc=pass header.from={FROM}"), found=FAILED)
    assert (reading.authenticated, reading.forged) == (False, 1)
    assert {"verified_failed", "authentication_forged"} <= codes(reading)


def test_a_proof_of_our_own_beats_an_old_failure_below_our_trace() -> None:
    header = told(f"dmarc=fail header.from={FROM}")
    assert read(OURS, header, found=PASSED).authenticated is True
    assert read(OURS, header, found=SILENT).authenticated is False


def test_two_domains_in_from_are_never_proven() -> None:
    written = replace(
        mail(), headers=(OURS,), senders=(Address("", f"a@{FROM}"), Address("", "b@vst.gov.vn"))
    )
    found = own(dkim=Result.PASS, dmarc=Result.NONE)
    assert read_authentication(written, GATEWAY, NAMES.registrable, found).authenticated is False


@pytest.mark.parametrize("gap", [*(why.value for why in Untraced), SILENT_DNS])
def test_every_gap_is_told_in_words(gap: str) -> None:
    reasons = own_reasons(own(gap, spf=Result.NONE), authenticated=None)
    assert len(reasons) == 2
    assert all(reason.vi and reason.en for reason in reasons)


def test_the_owners_wish_is_told_where_the_mail_fails_it() -> None:
    assert "verified_policy" in {reason.code for reason in own_reasons(FAILED, authenticated=False)}
    assert "verified_policy" not in {reason.code for reason in own_reasons(PASSED, authenticated=True)}


def test_results_are_stored_with_the_facts_and_come_back() -> None:
    for found in (PASSED, SILENT, own("no_trace", arc=Result.PASS), None):
        stored = Facts(own_results=found).as_json()
        assert Facts.from_json(stored) == Facts(own_results=found)
    old = Facts().as_json()
    del old["own_results"]
    assert Facts.from_json(old) == Facts()
