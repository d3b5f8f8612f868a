"""PGP in a mail: shown without its armour, told, and never believed."""

import base64

import pytest
from hypothesis import given, strategies as st

from triage.core.parse import read_mail
from triage.core.pgp import MOST_TEXTS, is_encrypted, signature_of, without_armour
from triage.core.signatures import Doubt, SignatureKind, SignatureState

KEY = "1122334455667788"
_FINGERPRINT = bytes([22, 33, 4]) + bytes(12) + bytes.fromhex(KEY)
_ISSUER = bytes([9, 16]) + bytes.fromhex(KEY)


def armour(packet: bytes) -> str:
    return (
        "-----BEGIN PGP SIGNATURE-----\nVersion: 1\nComment: thử\n\n"
        f"{base64.encodebytes(packet).decode()}=abcd\n-----END PGP SIGNATURE-----"
    )


def packet(hashed: bytes, unhashed: bytes = b"", *, old: bool = False) -> bytes:
    body = b"\x04\x00\x01\x08" + len(hashed).to_bytes(2, "big") + hashed
    body += len(unhashed).to_bytes(2, "big") + unhashed + b"\0\0\0\0"
    return bytes([0x88 if old else 0xC2, len(body)]) + body


def signed(text: str, signature: str) -> str:
    return f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{text}\n{signature}\n"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (packet(_FINGERPRINT), KEY),
        (packet(_FINGERPRINT, old=True), KEY),
        (packet(b"\x05\x02\0\0\0\0", _ISSUER), KEY),
        (packet(b""), ""),
        (b"\xc2\x03\x03\x00\x01", ""),
        (b"", ""),
    ],
)
def test_a_signature_names_its_key(body: bytes, key: str) -> None:
    found = signature_of(armour(body))
    assert (found.kind, found.state, found.doubt) == (
        SignatureKind.PGP,
        SignatureState.UNVERIFIABLE,
        Doubt.NO_KEY,
    )
    assert found.serial == key


def test_a_clear_signed_text_is_shown_as_it_was_written() -> None:
    text = "Kính gửi đội hỗ trợ,\n\n- -- dấu gạch\n- - mục một\nhết"
    raw = (
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nTrước.\n{signed(text, armour(packet(_ISSUER)))}Sau."
    )
    mail = read_mail(raw.encode())
    assert mail.text == "Trước.\nKính gửi đội hỗ trợ,\n\n-- dấu gạch\n- mục một\nhết\nSau."
    assert [(one.kind, one.serial) for one in mail.signatures] == [(SignatureKind.PGP, KEY)]


def test_several_signed_texts_are_told_one_by_one() -> None:
    text, found = without_armour(signed("một", armour(b"")) + signed("hai", armour(b"")))
    assert (text, len(found)) == ("một\n\nhai\n", 2)
    _, found = without_armour(signed("x", armour(b"")) * (MOST_TEXTS + 1))
    assert len(found) == MOST_TEXTS


@pytest.mark.parametrize(
    "text",
    [
        "thư thường",
        "-----BEGIN PGP SIGNED MESSAGE-----\n\nkhông có chữ ký",
        "-----BEGIN PGP SIGNATURE-----\nchỉ có chữ ký\n-----END PGP SIGNATURE-----",
    ],
)
def test_what_is_not_signed_stays(text: str) -> None:
    assert without_armour(text) == (text, ())


def test_a_locked_text_is_known_by_its_beginning() -> None:
    assert is_encrypted("\n-----BEGIN PGP MESSAGE-----\n\nhQ==")
    assert not is_encrypted("Mail cũ:\n> -----BEGIN PGP MESSAGE-----")


@given(st.text(st.sampled_from("-BEGINPSD \nxyz="), max_size=200), st.binary(max_size=60))
def test_any_text_and_any_signature_are_taken(text: str, body: bytes) -> None:
    without_armour(signed(text, armour(body)))
    signature_of(armour(body))
