from ipaddress import ip_address
from pathlib import Path

import dkim
import pytest
from support.dkim_keys import ed25519_pem, rsa_pem

from triage.adapters.dkim_signing import DkimKey, read_key, sign
from triage.adapters.dns_records import dns_records
from triage.errors import ConfigError

LETTER = (
    b"From: hotro@mail.example\r\nTo: ketoan@hoacuc.example\r\nSubject: =?utf-8?q?M=C3=A3?= yeu cau\r\n"
    b"Date: Mon, 02 Feb 2026 09:00:00 +0700\r\nMessage-ID: <1@mail.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nXin ch\xc3\xa0o,  \r\n.dong co cham\r\n"
)


def key(tmp_path: Path, pem: bytes, selector: str = "s1") -> DkimKey:
    path = tmp_path / f"{selector}.pem"
    path.write_bytes(pem)
    return read_key(path, "mail.example", selector)


def verifies(signed: bytes, *keys: DkimKey, index: int = 0) -> bool:
    zone = {
        record.name + ".": record.text for record in dns_records("mail.example", keys, (), "x@mail.example")
    }

    def answer(name: bytes | str, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - the library's form
        asked = name.decode("ascii") if isinstance(name, bytes) else name
        return zone[asked].encode("ascii") if asked in zone else None

    try:
        return bool(dkim.DKIM(signed, minkey=2048).verify(idx=index, dnsfunc=answer))
    except dkim.DKIMException:
        return False


KEYS = pytest.mark.parametrize(
    "pem", [rsa_pem(), rsa_pem(pkcs8=True), ed25519_pem()], ids=["rsa", "rsa-pkcs8", "ed25519"]
)


@KEYS
def test_a_signed_letter_verifies_with_the_published_key(tmp_path: Path, pem: bytes) -> None:
    one = key(tmp_path, pem)
    signed = sign(LETTER, [one])
    assert signed.endswith(LETTER)
    assert verifies(signed, one)


@KEYS
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Xin ch", b"Xin gi"),
        (b"\r\nFrom: hotro@", b"\r\nFrom: khac@"),
        (b"\r\nFrom: ", b"\r\nFrom: hai@evil.example\r\nFrom: "),
        (b"\r\nTo: ", b"\r\nReply-To: evil@evil.example\r\nTo: "),
        (b"\r\nSubject: ", b"\r\nSubject: khac\r\nSubject: "),
        (b"s=s1", b"s=s2"),
    ],
)
def test_a_changed_letter_does_not_verify(tmp_path: Path, pem: bytes, old: bytes, new: bytes) -> None:
    one = key(tmp_path, pem)
    signed = sign(LETTER, [one])
    assert old in signed
    assert not verifies(signed.replace(old, new, 1), one)


def test_two_keys_give_two_signatures_that_both_verify(tmp_path: Path) -> None:
    both = (key(tmp_path, rsa_pem(), "rsa"), key(tmp_path, ed25519_pem(), "ed"))
    signed = sign(LETTER, both)
    assert signed.count(b"DKIM-Signature:") == 2
    assert verifies(signed, *both, index=0)
    assert verifies(signed, *both, index=1)


def test_without_keys_a_letter_stays_as_it_is() -> None:
    assert sign(LETTER, []) == LETTER


def test_relays_may_change_blanks_but_no_words(tmp_path: Path) -> None:
    one = key(tmp_path, rsa_pem())
    signed = sign(LETTER, [one]).replace(b"Subject: ", b"Subject:   ").replace(b"o,  \r\n", b"o,\r\n")
    assert verifies(signed, one)


@pytest.mark.parametrize(
    ("pem", "told"),
    [
        (b"", "is no unlocked RSA"),
        (b"-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----\n", "is no unlocked RSA"),
        (
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            "is no unlocked RSA",
        ),
        (rsa_pem(1024), "has 1024 bits"),
    ],
)
def test_a_key_that_cannot_serve_is_told_in_one_sentence(tmp_path: Path, pem: bytes, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        key(tmp_path, pem)
    assert "s1.pem" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_and_a_bad_selector_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key(tmp_path / "none.pem", "mail.example", "s1")
    with pytest.raises(ConfigError, match="no name for DNS"):
        read_key(tmp_path / "none.pem", "mail.example", "s 1\r\nx")


def test_a_key_never_shows_itself(tmp_path: Path) -> None:
    shown = repr(key(tmp_path, ed25519_pem(b"K" * 32)))
    assert "private" not in shown
    assert "S0tL" not in shown


def test_the_zone_lines_fit_the_wire(tmp_path: Path) -> None:
    one = key(tmp_path, rsa_pem())
    records = dns_records(
        "mail.example", [one], [ip_address("192.0.2.7"), ip_address("2001:db8::7")], "dmarc@mail.example"
    )
    assert [record.name for record in records] == [
        "s1._domainkey.mail.example",
        "mail.example",
        "_dmarc.mail.example",
    ]
    assert records[1].text == "v=spf1 mx ip4:192.0.2.7 ip6:2001:db8::7 -all"
    assert records[2].text.startswith("v=DMARC1; p=none;")
    strings = records[0].zone_line.split('"')[1::2]
    assert len(strings) == 2
    assert max(map(len, strings)) <= 255
    assert "".join(strings) == one.record
