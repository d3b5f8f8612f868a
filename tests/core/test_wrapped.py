"""Mails whose content is wrapped, signed or locked: what is in them is read like any other mail."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from support.rawmail import multipart, part, raw_mail
from support.signing import EMAIL, ENTITY, SIGNER, compressed, enveloped, indefinite, signed

from triage.core.defects import Defect
from triage.core.mail import Mail
from triage.core.parse import parts_of, read_mail
from triage.core.signatures import Doubt, SignatureKind, SignatureState
from triage.core.wrapped import MOST_WRAPPERS

TEXT = "Đơn vị em không ký số được trên trang dịch vụ công."
CORPORA = Path(__file__).parents[2] / ".." / "shared" / "corpora"


def wrapped(
    data: bytes, content: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
) -> bytes:
    head = f"Content-Type: {content}\r\nContent-Transfer-Encoding: base64\r\n"
    head += "Content-Disposition: attachment; filename=smime.p7m"
    return raw_mail(base64.encodebytes(data), content=head.encode())


def entity(data: bytes) -> bytes:
    """Make a MIME part of a wrapper."""
    return (
        b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(data)
    )


def beside(content: bytes, signature: bytes, kind: str = "pkcs7") -> bytes:
    """Make a mail with a detached signature."""
    sealed = part(
        f"application/{kind}-signature; name=smime.p7s",
        base64.encodebytes(signature),
        "Content-Transfer-Encoding: base64",
    )
    return multipart("signed", content, sealed)


def armour(data: bytes) -> bytes:
    return b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"


def states(mail: Mail) -> list[SignatureState]:
    return [one.state for one in mail.signatures]


def codes(mail: Mail) -> set[str]:
    return {defect.partition(":")[0] for defect in mail.defects}


SIGNED: dict[str, Callable[[], bytes]] = {
    "der": lambda: wrapped(signed(ENTITY)),
    "ber": lambda: wrapped(indefinite(signed(ENTITY))),
    "rsa": lambda: wrapped(signed(ENTITY, kind="rsa")),
    "x-type": lambda: wrapped(signed(ENTITY), "application/x-pkcs7-mime"),
    "octet-stream": lambda: wrapped(signed(ENTITY), "application/octet-stream"),
    "base64 twice": lambda: wrapped(base64.b64encode(signed(ENTITY))),
    "pem": lambda: wrapped(armour(signed(ENTITY))),
    "compressed outside": lambda: wrapped(compressed(entity(signed(ENTITY)))),
    "compressed inside": lambda: wrapped(signed(entity(compressed(ENTITY)))),
    "with headers": lambda: wrapped(
        signed(b"Content-Type: message/rfc822\r\n\r\nSubject: trong\r\n" + ENTITY)
    ),
    "in a multipart": lambda: multipart("mixed", entity(signed(ENTITY)), part("text/plain", b"")),
}


@pytest.mark.parametrize("how", SIGNED)
def test_what_is_signed_is_read_as_the_mail(how: str) -> None:
    raw = SIGNED[how]()
    mail = read_mail(raw)
    assert mail.text == TEXT
    assert mail.new_text == TEXT
    assert [one.name for one in mail.attachments] == ["loi.png"]
    assert states(mail) == [SignatureState.VALID_DIGEST]
    assert (mail.signatures[0].name, mail.signatures[0].email) == (SIGNER, EMAIL)
    assert not mail.encrypted


def test_attachments_inside_a_wrapper_can_be_taken_out() -> None:
    raw = wrapped(signed(ENTITY))
    mail = read_mail(raw)
    taken = [(inside.name, provide()) for inside, provide in parts_of(mail, raw)]
    assert taken == [("loi.png", b"\x89PNG\r\n\x1a\n")]


def test_a_compressed_mail_is_not_signed() -> None:
    mail = read_mail(wrapped(compressed(ENTITY)))
    assert (mail.text, mail.signatures) == (TEXT, ())


def test_a_signed_file_that_is_no_mail_stays_an_attachment() -> None:
    mail = read_mail(wrapped(signed(b"%PDF-1.7 ...")))
    assert [one.name for one in mail.attachments] == ["smime.p7m"]
    assert states(mail) == [SignatureState.VALID_DIGEST]


def test_an_encrypted_mail_says_so() -> None:
    mail = read_mail(wrapped(enveloped(ENTITY)))
    assert (mail.text, mail.encrypted, mail.signatures) == ("", "smime", ())
    assert codes(mail) == {Defect.ENCRYPTED}


def test_a_wrapper_that_is_broken_stays_an_attachment() -> None:
    mail = read_mail(wrapped(b"broken"))
    assert [one.name for one in mail.attachments] == ["smime.p7m"]
    assert [one.doubt for one in mail.signatures] == [Doubt.MALFORMED]
    assert Defect.WRAPPER_UNREADABLE in codes(mail)


def test_wrappers_within_wrappers_are_opened_up_to_a_limit() -> None:
    content = ENTITY
    for _ in range(MOST_WRAPPERS):
        content = entity(compressed(content))
    assert read_mail(raw_mail(content, content=b"X-Head: 1").replace(b"X-Head: 1\r\n\r\n", b"")).text == TEXT
    deeper = entity(compressed(content))
    mail = read_mail(raw_mail(deeper, content=b"X-Head: 1").replace(b"X-Head: 1\r\n\r\n", b""))
    assert (mail.text, len(mail.attachments)) == ("", 1)


def test_wrappers_that_hold_too_much_are_left_closed() -> None:
    bombs = [entity(compressed(b"\r\n\r\n" + bytes(size))) for size in (28_000_000, 28_000_000, 10_000)]
    mail = read_mail(multipart("mixed", part("text/plain", b"thu"), *bombs))
    assert mail.text.startswith("thu")
    assert len(mail.attachments) == 1
    assert Defect.WRAPPER_TOO_LARGE in codes(mail)


def test_the_type_of_a_wrapped_mail_is_that_of_what_it_holds() -> None:
    assert read_mail(wrapped(signed(ENTITY))).content_type == "multipart/mixed"


def doubts(mail: Mail) -> list[Doubt]:
    return [one.doubt for one in mail.signatures]


def test_a_signature_over_a_part_of_the_mail_says_so() -> None:
    words = part("text/plain; charset=utf-8", "Xin gửi mật khẩu mới về số này.".encode())
    footer = part("text/plain; charset=utf-8", "Chân thư của danh sách".encode())
    content = ENTITY.removesuffix(b"\r\n")
    sealed = part(
        "application/pkcs7-signature",
        base64.encodebytes(signed(content, detached=True)),
        "Content-Transfer-Encoding: base64",
    )
    kind = b'Content-Type: multipart/signed; boundary="trong"\r\n\r\n'
    inner = kind + b"--trong\r\n" + content + b"\r\n--trong\r\n" + sealed + b"\r\n--trong--\r\n"
    for raw in (
        multipart("mixed", words, entity(signed(ENTITY))),
        multipart("mixed", inner, footer),
        multipart("signed", content, sealed, footer),
    ):
        mail = read_mail(raw)
        assert (states(mail), doubts(mail)) == ([SignatureState.VALID_DIGEST], [Doubt.PARTIAL])
        assert "phần khác không được ký" in mail.signatures[0].reason().vi
    alone = read_mail(multipart("mixed", inner, part("text/plain", b" \r\n")))
    assert (states(alone), doubts(alone)) == ([SignatureState.VALID_DIGEST], [Doubt.NONE])


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.75, 0.99])
@pytest.mark.parametrize("write", [lambda der: der, indefinite, compressed])
def test_a_wrapper_that_is_cut_off_says_so(write: Callable[[bytes], bytes], share: float) -> None:
    whole = write(ENTITY if write is compressed else signed(ENTITY))
    mail = read_mail(wrapped(whole[: int(len(whole) * share)]))
    assert codes(mail) & {Defect.WRAPPER_CUT, Defect.WRAPPER_UNREADABLE}
    assert all(state is SignatureState.UNVERIFIABLE for state in states(mail))
    assert bool(mail.signatures) is (write is not compressed or Defect.WRAPPER_UNREADABLE in codes(mail))


def test_a_bare_text_that_is_signed_is_the_text_of_the_mail() -> None:
    mail = read_mail(wrapped(signed(f"{TEXT}\r\n".encode())))
    assert (mail.text, mail.attachments) == (TEXT, ())
    assert states(mail) == [SignatureState.VALID_DIGEST]


def test_a_mail_whose_own_text_can_be_read_is_not_encrypted() -> None:
    words = part("text/plain; charset=utf-8", TEXT.encode())
    mail = read_mail(multipart("mixed", words, entity(enveloped(ENTITY))))
    assert (mail.text, mail.encrypted, codes(mail)) == (TEXT, "", {Defect.PART_ENCRYPTED})
    footer = read_mail(multipart("mixed", entity(enveloped(ENTITY)), words))
    assert (footer.encrypted, codes(footer)) == ("smime", {Defect.ENCRYPTED})


@pytest.mark.parametrize("kind", ["pkcs7", "x-pkcs7"])
def test_a_signature_beside_the_text_is_checked(kind: str) -> None:
    # the line end before the delimiter is the delimiter's
    content = ENTITY.removesuffix(b"\r\n")
    raw = beside(content, signed(content, detached=True), kind)
    mail = read_mail(raw)
    assert (mail.text, states(mail)) == (TEXT, [SignatureState.VALID_DIGEST])
    assert read_mail(raw.replace(b"loi.png", b"lai.png")).signatures[0].state is SignatureState.ALTERED


def test_line_ends_that_a_server_changed_do_not_break_a_signature() -> None:
    content = ENTITY.removesuffix(b"\r\n")
    raw = beside(content, signed(content, detached=True))
    assert states(read_mail(raw.replace(b"\r\n", b"\n"))) == [SignatureState.VALID_DIGEST]
    bare = content.replace(b"\r\n", b"\n")
    as_it_stands = beside(bare, signed(bare, detached=True))
    assert states(read_mail(as_it_stands)) == [SignatureState.VALID_DIGEST]


def test_a_signature_beside_the_text_that_is_none() -> None:
    mail = read_mail(beside(ENTITY, b"not a signature"))
    assert (mail.text, [one.doubt for one in mail.signatures]) == (TEXT, [Doubt.MALFORMED])


def test_pgp_is_told_and_its_encryption_too() -> None:
    text = part("text/plain; charset=utf-8", TEXT.encode())
    sealed = part(
        "application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\r\n\r\n-----END PGP SIGNATURE-----"
    )
    mail = read_mail(multipart("signed", text, sealed))
    assert (mail.text, mail.signatures[0].kind) == (TEXT, SignatureKind.PGP)
    assert mail.signatures[0].doubt is Doubt.NO_KEY
    locked = multipart(
        "encrypted", part("application/pgp-encrypted", b"Version: 1"), part("application/octet-stream", b"x")
    )
    assert read_mail(locked).encrypted == "pgp"
    assert (
        read_mail(raw_mail(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----")).encrypted
        == "pgp"
    )


@given(st.integers(0, 5_000), st.integers(0, 255))
@settings(max_examples=100)
def test_a_spoilt_mail_is_read_all_the_same(at: int, byte: int) -> None:
    raw = bytearray(wrapped(signed(ENTITY)))
    raw[at % len(raw)] = byte
    mail = read_mail(bytes(raw))
    for attachment, provide in parts_of(mail, bytes(raw)):
        assert len(provide()) == attachment.size


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the reference data are not at hand")
def test_a_signature_by_a_real_mail_program_is_checked() -> None:
    mail = read_mail((CORPORA / "mimekit" / "smime" / "thunderbird-signed.txt").read_bytes())
    assert [(one.state, one.name != "") for one in mail.signatures] == [(SignatureState.VALID_DIGEST, True)]
