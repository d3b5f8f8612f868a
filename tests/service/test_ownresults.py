"""Verification in the whole pipeline: forged mail of ours is held, proven mail not, and DNS never blocks."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.dns_server import SILENT, DnsServer
from support.office import Office, open_office
from support.rulebook import shipped
from support.signed_mail import CLIENT, a_raw_mail, key_of, published, received, verification

from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.parse import read_mail
from triage.db import decisions, mails
from triage.service import replay
from triage.service.ownresults import is_open, verify_all

NAMES = shipped().trust.names
US, HOA = "vst.gov.vn", "hoacuc.example"
OURS = f"hotrocntt@{US}"
REJECT = {f"_dmarc.{US}": {"TXT": ["v=DMARC1; p=reject"]}, US: {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}}
PASSED = f"Authentication-Results: mx1.vst.gov.vn; dmarc=pass header.from={US}\r\n"
Records = Mapping[str, Sequence[str]]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(f"sqlite:///{tmp_path / 'triage.sqlite'}") as office:
        yield office


def process(office: Office, raw: bytes, zone: Mapping[str, Records], seconds: float = 2) -> list[str]:
    """Process one mail with verification by a zone; gives what DNS was asked."""
    with DnsServer(zone) as server:
        office.means = replace(office.means, verify=verification(server, NAMES, seconds))
        office.store(raw)
        office.process()
        return list(server.asked)


def sender_of(office: Office, mail_id: int = 1) -> tuple[str, set[str], set[str]]:
    """The verdict on a mail, the checks that found something, and the codes of all reasons."""
    with office.database.read() as connection:
        decided = decisions.latest(connection, mail_id)
    assert decided
    judged = decided.document["sender"]
    found = {finding["check"] for finding in judged["findings"]}
    return judged["verdict"], found, {reason["code"] for reason in decided.document["reasons"]}


def outcome_of(office: Office, mail_id: int = 1) -> str:
    with office.database.read() as connection:
        decided = decisions.latest(connection, mail_id)
    assert decided
    return str(decided.document["outcome"])


def test_an_unproven_mail_in_our_own_name_is_held(office: Office) -> None:
    process(office, received(a_raw_mail(OURS), envelope=OURS), REJECT)
    verdict, checks, codes = sender_of(office)
    assert (verdict, outcome_of(office)) == ("impersonation", "hold")
    assert "AUTH_FAIL_PROTECTED" in checks
    assert {"verified_failed", "verified_policy"} <= codes


def test_an_impostor_with_proofs_of_his_own_is_held_all_the_same(office: Office, tmp_path: Path) -> None:
    key = key_of(tmp_path, "vst-gov.example")
    raw = received(a_raw_mail(OURS, [key]), envelope="a@vst-gov.example")
    process(
        office, raw, REJECT | published(key) | {"vst-gov.example": {"TXT": [f"v=spf1 ip4:{CLIENT} -all"]}}
    )
    assert "AUTH_FAIL_PROTECTED" in sender_of(office)[1]


def test_a_lookalike_gains_nothing_by_proving_itself(office: Office, tmp_path: Path) -> None:
    domain = "hotro-vst-gov.example"
    key = key_of(tmp_path, domain)
    raw = a_raw_mail(f"Kho bac Nha nuoc <hotrocntt@{domain}>", [key])
    process(office, received(raw, envelope=f"a@{domain}"), published(key))
    proven = sender_of(office)
    office.means = replace(office.means, verify=None)
    office.store(received(a_raw_mail(f"Kho bac Nha nuoc <hotrocntt@{domain}>", number=2)))
    office.process()
    assert "verified_passed" in proven[2]
    assert proven[:2] == sender_of(office, 2)[:2]
    assert proven[0] in {"suspicious", "impersonation"}


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_a_mail_with_an_aligned_signature_is_authenticated(
    office: Office, tmp_path: Path, algorithm: str
) -> None:
    key = key_of(tmp_path, US, algorithm)
    process(office, received(a_raw_mail(f"canbo@{US}", [key])), REJECT | published(key))
    verdict, checks, codes = sender_of(office)
    assert (verdict, outcome_of(office)) == ("trusted", "open_ticket")
    assert "AUTH_FAIL_PROTECTED" not in checks
    assert "verified_passed" in codes


def test_the_silence_of_dns_holds_nothing_back(office: Office) -> None:
    process(office, received(a_raw_mail(OURS), envelope=OURS), {f"_dmarc.{US}": SILENT, US: SILENT}, 0.3)
    verdict, checks, codes = sender_of(office)
    assert "AUTH_FAIL_PROTECTED" not in checks
    assert verdict != "impersonation"
    assert {"verified_unknown", "verified_dns_silent"} <= codes


def test_where_the_gateway_has_answered_nobody_is_asked(office: Office) -> None:
    asked = process(office, received(a_raw_mail(f"canbo@{US}"), above=PASSED), REJECT)
    assert asked == []
    assert "authentication_passed" in sender_of(office)[2]


def test_an_answer_that_came_with_the_mail_is_no_answer_of_the_gateway(office: Office) -> None:
    raw = received(PASSED.encode() + a_raw_mail(OURS))
    asked = process(office, raw, REJECT)
    assert f"TXT _dmarc.{US}" in asked
    assert "AUTH_FAIL_PROTECTED" in sender_of(office)[1]


def test_without_verification_everything_is_as_before(office: Office) -> None:
    office.store(received(a_raw_mail(OURS), envelope=OURS))
    office.process()
    verdict, checks, codes = sender_of(office)
    assert not {code for code in codes if code.startswith("verified")}
    assert "AUTH_FAIL_PROTECTED" not in checks
    assert verdict != "impersonation"


def test_a_replay_sees_what_was_verified_then_and_asks_nobody(office: Office) -> None:
    process(office, received(a_raw_mail(OURS)), REJECT)
    assert list(replay.compare(office.database, office.means, [1])) == []
    assert "AUTH_FAIL_PROTECTED" in sender_of(office)[1]


def test_mails_wait_for_dns_side_by_side_and_outside_of_any_transaction(
    office: Office, tmp_path: Path
) -> None:
    written: list[int] = []

    def slow(mail: Mail, raw: bytes) -> OwnResults:
        del mail, raw
        other = sqlite3.connect(tmp_path / "triage.sqlite", timeout=0.1)
        other.execute("CREATE TABLE IF NOT EXISTS beside (number INTEGER)")
        other.close()
        written.append(1)
        time.sleep(0.05)
        return OwnResults(())

    office.means = replace(office.means, verify=slow)
    office.store(*(a_raw_mail(f"ketoan@{HOA}", number=number) for number in range(20)))
    assert sum(office.process().outcomes.values()) == 20
    assert len(written) == 20


def test_a_verifier_that_breaks_blocks_no_mail(office: Office) -> None:
    def broken(mail: Mail, raw: bytes) -> OwnResults:
        raise RuntimeError(f"{mail.size} {len(raw)}")

    office.means = replace(office.means, verify=broken)
    office.store(a_raw_mail(f"ketoan@{HOA}"))
    assert office.process().outcomes == {"open_ticket": 1}
    with office.database.read() as connection:
        assert mails.ids(connection, state="stuck") == []


def test_a_mail_that_cannot_be_asked_about_keeps_no_other_from_being_verified(office: Office) -> None:
    asked: list[int] = []

    def verify(mail: Mail, raw: bytes) -> OwnResults:
        asked.append(mail.size + len(raw))
        return OwnResults(())

    office.means = replace(office.means, verify=verify)
    raw = a_raw_mail(f"ketoan@{HOA}")
    good = read_mail(raw)
    spoilt = replace(good, headers=None)  # type: ignore[arg-type]  # what no mail has, so that reading it fails
    assert list(verify_all(office.means, {1: (spoilt, raw), 2: (good, raw)})) == [2]
    assert len(asked) == 1


def test_nothing_is_verified_where_nothing_is_open(office: Office) -> None:
    assert verify_all(office.means, {}) == {}
    assert not is_open(read_mail(received(a_raw_mail(OURS), above=PASSED)), office.means.rules)
    assert is_open(read_mail(received(a_raw_mail(OURS))), office.means.rules)
