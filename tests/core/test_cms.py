"""Signed, compressed and encrypted objects, as programs write them and as nobody should."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from support.signing import (
    EMAIL,
    ENTITY,
    ISSUER,
    SERIAL,
    SIGNER,
    UNIT,
    compressed,
    enveloped,
    indefinite,
    object_id,
    signed,
)

from triage.core.cms import LARGEST_INFLATED, Compressed, Encrypted, Signed, read_cms
from triage.core.cmsverify import verify
from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.core.tlv import DEEPEST, MOST_VALUES, definite, read_tree


def read_signed(data: bytes) -> Signed:
    found = read_cms(data)
    assert isinstance(found, Signed)
    return found


def one_signature(data: bytes, content: bytes | None) -> Signature:
    (found,) = verify(read_signed(data), content, SignatureKind.SMIME)
    return found


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("attributes", [True, False])
@pytest.mark.parametrize("streamed", [True, False])
def test_a_signature_fits_its_content_and_no_other(kind: str, *, attributes: bool, streamed: bool) -> None:
    data = signed(ENTITY, kind=kind, attributes=attributes)
    data = indefinite(data) if streamed else data
    assert read_signed(data).content == ENTITY
    assert one_signature(data, ENTITY).state is SignatureState.VALID_DIGEST
    assert one_signature(data, ENTITY.replace(b"loi", b"l0i")).state is SignatureState.ALTERED


def test_the_certificate_tells_who_signed() -> None:
    found = one_signature(signed(ENTITY), ENTITY)
    assert (found.name, found.organisation, found.email, found.issuer) == (SIGNER, UNIT, EMAIL, ISSUER)
    assert found.serial == f"{SERIAL:x}"
    told = found.as_json()
    assert (told["valid_from"], told["valid_to"]) == (
        "2026-01-01T00:00:00+00:00",
        "2027-01-01T00:00:00+00:00",
    )
    assert told["chain_checked"] is False
    assert "chưa kiểm tra chuỗi chứng thư" in found.reason().vi
    assert SIGNER in found.reason().vi


def test_a_changed_attribute_or_signature_is_an_alteration() -> None:
    data = signed(ENTITY)
    last = bytes([data[-1] ^ 1])
    assert one_signature(data[:-1] + last, ENTITY).state is SignatureState.ALTERED
    signer = read_signed(data).signers[0]
    changed = data.replace(signer.digest, bytes(len(signer.digest)))
    assert one_signature(changed, ENTITY).state is SignatureState.ALTERED


UNKNOWN_HASH = (object_id("2.16.840.1.101.3.4.2.1"), object_id("2.16.840.1.101.3.4.9.9"))
UNCHECKED: dict[Doubt, Callable[[], tuple[bytes, bytes | None]]] = {
    Doubt.NO_CERTIFICATE: lambda: (signed(ENTITY, names=False), ENTITY),
    Doubt.MALFORMED: lambda: (signed(ENTITY, detached=True), None),
    Doubt.ALGORITHM: lambda: (signed(ENTITY).replace(*UNKNOWN_HASH), ENTITY),
}


@pytest.mark.parametrize("doubt", UNCHECKED)
def test_what_cannot_be_checked_says_why(doubt: Doubt) -> None:
    found = one_signature(*UNCHECKED[doubt]())
    assert (found.state, found.doubt) == (SignatureState.UNVERIFIABLE, doubt)


def test_a_signed_object_without_signers_proves_nothing() -> None:
    found = verify(Signed(ENTITY, (), ()), ENTITY, SignatureKind.SMIME)
    assert [one.doubt for one in found] == [Doubt.MALFORMED]


def test_compressed_content_is_inflated_up_to_a_limit() -> None:
    assert read_cms(compressed(ENTITY)) == Compressed(ENTITY, whole=True)
    bomb = read_cms(compressed(bytes(LARGEST_INFLATED + 1)))
    assert isinstance(bomb, Compressed)
    assert (len(bomb.content), bomb.whole) == (LARGEST_INFLATED, False)


def test_encrypted_content_is_known() -> None:
    assert read_cms(enveloped(ENTITY)) == Encrypted()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x89" + b"\xff" * 9,
        b"\x30\x80" * (DEEPEST + 10),
        b"\x30\x80" * 100_000,
        definite(0x30, b"\x02\x01\x00" * (MOST_VALUES + 1)),
        definite(0x30, object_id("1.2.840.113549.1.7.2")),
        definite(0x30, object_id("1.2.840.113549.1.7.2") + definite(0xA0, definite(0x30, b""))),
        b"not a signature",
    ],
)
def test_nonsense_is_nothing(data: bytes) -> None:
    assert read_cms(data) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_tree(data)
    read_cms(data)


@given(st.integers(0, 1_500), st.integers(1, 255))
@settings(max_examples=150)
def test_a_spoilt_byte_anywhere_never_breaks_the_check(at: int, bits: int) -> None:
    data = bytearray(signed(ENTITY))
    data[at % len(data)] ^= bits
    found = read_cms(bytes(data))
    if isinstance(found, Signed):
        for one in verify(found, found.content, SignatureKind.SMIME):
            assert one.as_json()["state"] in set(SignatureState)


@given(st.integers(0, 1_500))
@settings(max_examples=100)
def test_a_signature_that_is_cut_off_never_breaks_the_check(length: int) -> None:
    found = read_cms(signed(ENTITY)[:length])
    if isinstance(found, Signed):
        assert all(one.doubt or one.state for one in verify(found, found.content, SignatureKind.SMIME))
