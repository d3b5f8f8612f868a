"""A whole mail is verified by DNS on the loopback: keys, policies, alignment, silence and forgeries."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st
from support.arc_sealing import seal
from support.dkim_keys import rsa_pem
from support.dns_server import SILENT, DnsServer
from support.rulebook import shipped
from support.signed_mail import CLIENT, a_raw_mail, key_of, published, received, verification

from triage.adapters.dkim_signing import DkimKey, sign
from triage.adapters.verify import (
    LARGEST_SEALED,
    LONGEST_HEAD,
    MOST_HEADERS,
    MOST_SEALS,
    verify_chain,
    verify_signatures,
)
from triage.core.authresults import MethodResult, Result
from triage.core.ownresults import OwnResults
from triage.core.parse import read_mail

NAMES = shipped().trust.names
HOA, US, EVIL = "hoacuc.example", "vst.gov.vn", "evil.example"
Records = Mapping[str, Sequence[str]]
REJECT = {f"_dmarc.{US}": {"TXT": ["v=DMARC1; p=reject; sp=quarantine"]}}


def verify(raw: bytes, zone: Mapping[str, Records], seconds: float = 2) -> OwnResults:
    with DnsServer(zone) as server:
        return verification(server, NAMES, seconds)(read_mail(raw), raw)


def told(own: OwnResults) -> dict[str, str]:
    return {one.method: one.result.value for one in own.results}


def spf(text: str, domain: str = HOA) -> dict[str, Records]:
    return {domain: {"TXT": [text]}}


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_signature_of_the_author_proves_the_mail(tmp_path: Path, algorithm: str) -> None:
    key = key_of(tmp_path, HOA, algorithm)
    own = verify(received(a_raw_mail(f"ketoan@{HOA}", [key])), published(key) | spf("v=spf1 -all"))
    assert MethodResult("dkim", Result.PASS, HOA) in own.results
    assert told(own) == {"spf": "fail", "dkim": "pass", "dmarc": "none"}
    assert (own.policy, own.gap) == ("", "")


@pytest.mark.parametrize(
    ("policy", "spf_text", "signed_by", "dmarc"),
    [
        ("v=DMARC1; p=reject", f"v=spf1 ip4:{CLIENT} -all", None, "pass"),
        ("v=DMARC1; p=reject", "v=spf1 -all", None, "fail"),
        ("v=DMARC1; p=reject", "v=spf1 ~all", HOA, "pass"),
        ("v=DMARC1; p=reject", "v=spf1 ~all", f"mail.{HOA}", "pass"),
        ("v=DMARC1; p=reject; adkim=s", "v=spf1 ~all", f"mail.{HOA}", "fail"),
        ("v=DMARC1; p=reject", "v=spf1 ~all", EVIL, "fail"),
    ],
)
def test_the_policy_of_the_author_is_applied(
    tmp_path: Path, policy: str, spf_text: str, signed_by: str | None, dmarc: str
) -> None:
    keys = [key_of(tmp_path, signed_by)] if signed_by else []
    zone = {f"_dmarc.{HOA}": {"TXT": [policy]}} | spf(spf_text)
    for key in keys:
        zone |= published(key)
    own = verify(received(a_raw_mail(f"ketoan@{HOA}", keys)), zone)
    assert told(own)["dmarc"] == dmarc
    assert own.policy == "reject"


def test_a_domain_below_has_the_policy_of_its_owner() -> None:
    own = verify(received(a_raw_mail(f"a@mail.{US}")), REJECT)
    assert (told(own)["dmarc"], own.policy) == ("fail", "quarantine")


def test_an_impostors_own_proofs_prove_nothing_about_us(tmp_path: Path) -> None:
    key = key_of(tmp_path, EVIL)
    raw = received(a_raw_mail(f"hotrocntt@{US}", [key]), envelope=f"a@{EVIL}")
    own = verify(raw, REJECT | published(key) | spf(f"v=spf1 ip4:{CLIENT} -all", EVIL))
    assert told(own) == {"spf": "pass", "dkim": "pass", "dmarc": "fail"}


def test_an_impostor_gains_nothing_by_the_silence_of_his_own_dns(tmp_path: Path) -> None:
    key = key_of(tmp_path, EVIL)
    raw = received(a_raw_mail(f"hotrocntt@{US}", [key]), envelope=f"a@{EVIL}")
    own = verify(raw, REJECT | {EVIL: SILENT, f"s1._domainkey.{EVIL}": SILENT}, seconds=0.4)
    assert told(own) == {"spf": "temperror", "dkim": "temperror", "dmarc": "fail"}
    assert own.gap == ""


@pytest.mark.parametrize("silent", [f"_dmarc.{US}", US, f"s1._domainkey.{US}"])
def test_the_silence_of_the_authors_dns_leaves_it_open(tmp_path: Path, silent: str) -> None:
    raw = received(a_raw_mail(f"hotrocntt@{US}", [key_of(tmp_path, US)]), envelope=f"a@{US}")
    own = verify(raw, REJECT | {silent: SILENT}, seconds=0.6)
    assert (told(own)["dmarc"], own.gap) == ("temperror", "dns")


def test_without_any_answer_nothing_is_known_and_time_is_bounded(tmp_path: Path) -> None:
    key = key_of(tmp_path, US)
    zone = dict.fromkeys([f"_dmarc.{US}", US, f"s1._domainkey.{US}"], SILENT)
    own = verify(received(a_raw_mail(f"hotrocntt@{US}", [key]), envelope=f"a@{US}"), zone, seconds=0.3)
    assert set(told(own).values()) == {"temperror"}


@pytest.mark.parametrize(
    ("raw", "gap"),
    [
        (a_raw_mail(f"hotrocntt@{US}"), "no_trace"),
        (received(a_raw_mail(f"hotrocntt@{US}"), by="mx9.vst.gov.vn"), "no_trace"),
        (received(a_raw_mail(f"hotrocntt@{US}"), client="10.0.0.7"), "inside"),
        (received(a_raw_mail(f"hotrocntt@{US}"), client="300.0.0.7"), "unreadable"),
    ],
)
def test_without_a_trace_spf_is_none_and_says_why(raw: bytes, gap: str) -> None:
    own = verify(raw, REJECT | spf(f"v=spf1 ip4:{CLIENT} -all", US))
    assert (told(own)["spf"], own.gap) == ("none", gap)


def test_a_forged_trace_below_our_own_is_never_asked_about() -> None:
    forged = received(a_raw_mail(f"hotrocntt@{US}"), envelope=f"hotrocntt@{US}", client="198.51.100.1")
    own = verify(received(forged, envelope=f"a@{US}"), REJECT | spf("v=spf1 ip4:198.51.100.1 -all", US))
    assert (told(own)["spf"], told(own)["dmarc"]) == ("fail", "fail")


def test_two_domains_in_from_have_no_policy(tmp_path: Path) -> None:
    key = key_of(tmp_path, HOA)
    raw = received(a_raw_mail(f"a@{HOA}, b@{US}", [key]))
    own = verify(raw, REJECT | published(key))
    assert (told(own)["dmarc"], own.policy) == ("none", "")


def test_a_chain_of_forwarders_is_noted_and_proves_nothing() -> None:
    sealed = seal(a_raw_mail(f"hotrocntt@{US}"), "relay.example", "arc", rsa_pem())
    key = published(_arc_key())
    own = verify(received(sealed, envelope="a@relay.example"), REJECT | key)
    assert MethodResult("arc", Result.PASS, "relay.example") in own.results
    assert told(own)["dmarc"] == "fail"


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        (lambda raw: raw, Result.PASS),
        (lambda raw: raw.replace(b"Hoi ve", b"Tra tien"), Result.FAIL),
        (lambda raw: raw.replace(b"nh", b"mm"), Result.FAIL),
        (lambda raw: raw.replace(b"cv=none", b"cv=pass"), Result.FAIL),
        (lambda raw: raw.replace(b"i=1;", b"i=7;"), Result.FAIL),
        (lambda raw: b"ARC-Seal: i=1; cv=none\r\n" * MOST_SEALS + raw, Result.POLICY),
        (lambda raw: raw + b"x" * LARGEST_SEALED, Result.POLICY),
        (lambda raw: b"ARC-Seal: i=1;" + b" " * 99 + b"b=\r\n" + raw, Result.POLICY),
    ],
)
def test_a_chain_is_verified(changed: Callable[[bytes], bytes], result: Result) -> None:
    raw = changed(seal(a_raw_mail(f"a@{HOA}"), "relay.example", "arc", rsa_pem()))
    [found] = verify_chain(raw, lambda _: _arc_key().record)
    assert found.result is result


def test_a_silent_dns_leaves_a_chain_open_and_a_missing_key_fails_it() -> None:
    raw = seal(a_raw_mail(f"a@{HOA}"), "relay.example", "arc", rsa_pem())

    def silent(name: str) -> str | None:
        raise TimeoutError(name)

    assert [one.result for one in verify_chain(raw, silent)] == [Result.TEMPERROR]
    assert [one.result for one in verify_chain(raw, lambda _: None)] == [Result.FAIL]
    assert verify_chain(a_raw_mail(f"a@{HOA}"), silent) == ()


def test_rows_of_blanks_cost_no_time_and_change_no_signature(tmp_path: Path) -> None:
    key = key_of(tmp_path, HOA, "ed25519")
    signed = a_raw_mail(f"a@{HOA}", [key], text="a b\r\nc")
    raw = signed.replace(b"a b\r\nc", b"a" + b" \t" * 300_000 + b"b" + b" " * 200_000 + b"\r\nc \r\n")
    assert b"c=relaxed/relaxed" in signed
    assert verify_signatures(raw, lambda _: key.record) == (MethodResult("dkim", Result.PASS, HOA),)


@pytest.mark.parametrize("tail", [b"", b"\r\n", b"\r\n" * 400_000, b" \r\n\t\r\n", b"\n\n"])
def test_empty_lines_at_the_end_change_no_signature(tmp_path: Path, tail: bytes) -> None:
    key = key_of(tmp_path, HOA, "ed25519")
    raw = a_raw_mail(f"a@{HOA}", [key]) + tail
    assert verify_signatures(raw, lambda _: key.record) == (MethodResult("dkim", Result.PASS, HOA),)
    [changed] = verify_signatures(raw + b"\rx", lambda _: key.record)
    assert changed.result is Result.FAIL


@pytest.mark.parametrize(
    "head",
    [
        b"X: y\r\n" * (MOST_HEADERS + 1),
        b"X: " + b"y" * LONGEST_HEAD + b"\r\n",
        b"X: y\r\n" + b" \r\n" * (LONGEST_HEAD // 3),
    ],
)
def test_a_mail_with_headers_without_end_has_no_signature(tmp_path: Path, head: bytes) -> None:
    key = key_of(tmp_path, HOA, "ed25519")
    assert verify_signatures(head + sign(a_raw_mail(f"a@{HOA}"), [key]), lambda _: key.record) == ()


@pytest.mark.parametrize(
    "written",
    [
        b"v=1; a=rsa-sha256; d=hoacuc.example; s=s1; h=from;" + b"\r\n " * 5_000 + b"b=AAAA; bh=AAAA",
        b"v=1; a=rsa-sha256; d=hoacuc.example; s=s1; bh=AAAA; b=AAAA; h=from" + b":x" * 3_000,
    ],
)
def test_an_unwieldy_signature_is_none(written: bytes) -> None:
    raw = b"DKIM-Signature: " + written + b"\r\n" + a_raw_mail(f"a@{HOA}")
    [found] = verify_signatures(raw, lambda _: "v=DKIM1; p=MAA=")
    assert found.result is Result.PERMERROR


PIECES = st.sampled_from(
    [b"Received: from a (b [203.0.113.9]) by mx1.vst.gov.vn with ESMTP\r\n", b"Return-Path: <a@b.vn>\r\n",
     b"From: a@hoacuc.example\r\n", b"From: b@vst.gov.vn\r\n", b"ARC-Seal: i=1; d=a.example; s=s; b=AA==\r\n",
     b"ARC-Message-Signature: i=1; h=from; d=a.example; s=s; b=AA==; bh=AA==\r\n", b"\r\n", b" folded\r\n",
     b"ARC-Authentication-Results: i=1; a\r\n", b"DKIM-Signature: v=1; d=hoacuc.example; h=from; b=AA==\r\n"]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=40), max_size=12).map(b"".join))
def test_any_bytes_are_verified(raw: bytes) -> None:
    own = verify(raw, {})
    assert {"spf", "dmarc"} <= told(own).keys()
    assert Result.PASS not in {one.result for one in own.results}


@lru_cache(maxsize=1)
def _arc_key() -> DkimKey:
    with TemporaryDirectory() as folder:
        return key_of(Path(folder), "relay.example", selector="arc")
