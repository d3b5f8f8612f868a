"""Signatures are verified with whatever DNS answers; a mail made of nonsense gives an answer as well."""

from pathlib import Path

import pytest
from dkim.crypto import parse_pem_private_key
from hypothesis import given, settings, strategies as st
from support.dkim_keys import _der, _integer, _pem, ed25519_pem, rsa_pem

from triage.adapters.dkim_signing import DkimKey, read_key, sign
from triage.adapters.verify import LONGEST_RECORD, MOST_SIGNATURES, prove, verify_signatures
from triage.core.authresults import MethodResult, Result
from triage.errors import ConfigError

MAIL = b"From: ketoan@hoacuc.example\r\nTo: hotro@mail.example\r\nSubject: Hoi\r\n\r\nXin hoi.\r\n"
TAGS = ("v", "a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t", "x")
NAME = "s1._domainkey.hoacuc.example"


@pytest.fixture(params=[rsa_pem(), ed25519_pem()], ids=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest, tmp_path: Path) -> DkimKey:
    path = tmp_path / "key.pem"
    path.write_bytes(request.param)
    return read_key(path, "hoacuc.example", "s1")


def result(raw: bytes, record: str | None) -> Result:
    [found] = verify_signatures(raw, {NAME: record}.get)
    assert (found.method, found.domain) == ("dkim", "hoacuc.example")
    return found.result


def test_a_good_signature_passes(key: DkimKey) -> None:
    assert result(sign(MAIL, [key]), key.record) is Result.PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Xin hoi", b"Xin gui"),
        (b"Subject: Hoi", b"Subject: Khac"),
        (b"ketoan@", b"giamdoc@"),
        (b"\r\nFrom:", b"\r\nFrom: minh@thuvien.example\r\nFrom:"),
        (b"c=relaxed/relaxed", b"c=simple/simple"),
        (b"h=from", b"h=from : x"),
    ],
)
def test_a_changed_mail_fails(key: DkimKey, old: bytes, new: bytes) -> None:
    signed = sign(MAIL, [key])
    assert old in signed
    assert result(signed.replace(old, new, 1), key.record) is Result.FAIL


def test_a_signature_of_what_proves_nothing_is_no_pass(key: DkimKey) -> None:
    signed = sign(MAIL, [key])
    assert result(signed.replace(b" bh=", b" l=3; bh=", 1), key.record) is Result.POLICY
    assert result(signed.replace(b"h=from", b"h=x", 1).replace(b" from", b" x"), key.record) in {
        Result.PERMERROR,
        Result.FAIL,
    }
    weak = signed.replace(b"a=rsa-sha256", b"a=rsa-sha1", 1).replace(b"a=ed25519-sha256", b"a=rsa-sha1", 1)
    assert result(weak, key.record) is Result.POLICY


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (None, Result.PERMERROR),
        ("x" * (LONGEST_RECORD + 1), Result.PERMERROR),
        ("", Result.FAIL),
        ("v=DKIM1; k=rsa; p=", Result.FAIL),
        ("v=DKIM1; k=rsa; p=????", Result.FAIL),
        ("v=DKIM1; k=ed25519; p=AAAA", Result.FAIL),
        ("v=spf1 -all", Result.FAIL),
        ("một hai ba", Result.FAIL),
    ],
)
def test_a_key_that_is_missing_withdrawn_or_nonsense_is_no_pass(
    key: DkimKey, record: str | None, expected: Result
) -> None:
    assert result(sign(MAIL, [key]), record) is expected


def test_a_silent_dns_is_told_as_such(key: DkimKey) -> None:
    def silent(name: str) -> str | None:
        raise TimeoutError(name)

    [found] = verify_signatures(sign(MAIL, [key]), silent)
    assert found.result is Result.TEMPERROR


def test_signatures_are_verified_in_their_order_and_not_without_end(key: DkimKey) -> None:
    asked: list[str] = []

    def answer(name: str) -> str:
        asked.append(name)
        return key.record

    found = verify_signatures(sign(MAIL, [key] * 50), answer)
    assert found == (MethodResult("dkim", Result.PASS, "hoacuc.example"),) * MOST_SIGNATURES
    assert asked == [NAME] * MOST_SIGNATURES
    assert verify_signatures(MAIL, answer) == ()


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.tuples(
        st.sampled_from([b"DKIM-Signature: ", b"dkim-signature:"]),
        st.lists(st.tuples(st.sampled_from(TAGS), st.text(max_size=12)).map("=".join)).map(
            lambda tags: "; ".join(tags).encode()
        ),
        st.just(b"\r\n" + MAIL),
    ).map(b"".join)
)
def test_nonsense_never_passes_and_never_raises(raw: bytes) -> None:
    for found in verify_signatures(raw, lambda _: "v=DKIM1; k=rsa; p=MAA="):
        assert found.result is not Result.PASS


def test_a_key_whose_halves_do_not_fit_is_refused(tmp_path: Path) -> None:
    fields = _numbers(rsa_pem())
    fields[8] += 1
    path = tmp_path / "key.pem"
    path.write_bytes(_pem("RSA PRIVATE KEY", _der(0x30, b"".join(map(_integer, fields)))))
    with pytest.raises(ConfigError, match="'s1' makes signatures that do not verify"):
        prove([read_key(path, "hoacuc.example", "s1")])


def test_good_keys_are_proved(key: DkimKey) -> None:
    prove([key, key])
    prove([])


def _numbers(pem: bytes) -> list[int]:
    """The nine numbers of an RSA key in the old form: version, modulus, exponents, primes and so on."""
    key = parse_pem_private_key(pem)
    names = ("modulus", "publicExponent", "privateExponent", "prime1", "prime2", "exponent1", "exponent2")
    return [0, *(int(key[name]) for name in names), int(key["coefficient"])]
