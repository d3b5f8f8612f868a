"""Signed PDF files among attachments."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st
from support.rawmail import multipart, part
from support.signing import SIGNER, pdf

from triage.core.mail import Attachment
from triage.core.parse import parts_of, read_mail
from triage.core.pdfsignatures import LARGEST, MOST_FILES, MOST_SIGNATURES, pdf_signatures, signatures_in
from triage.core.signatures import Doubt, Signature, SignatureState


def only(data: bytes) -> Signature:
    (found,) = signatures_in(data, "a.pdf")
    return found


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_signed_file_is_as_it_was_signed(kind: str) -> None:
    found = only(pdf(kind=kind))
    assert (found.state, found.doubt, found.name) == (SignatureState.VALID_DIGEST, Doubt.NONE, SIGNER)
    assert found.reason().vi.startswith(f"Chữ ký số trong tệp a.pdf của {SIGNER}")


def test_a_changed_file_is_told_from_one_that_goes_on_behind_the_signature() -> None:
    assert only(pdf().replace(b"/Root 1", b"/Root 2")).state is SignatureState.ALTERED
    longer = only(pdf(behind=b"5 0 obj\n<<>>\nendobj\n%%EOF\n"))
    assert (longer.state, longer.doubt) == (SignatureState.VALID_DIGEST, Doubt.ADDED_LATER)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (rb"(Ban Qu\(1\) \101)", "Ban Qu(1) A"),
        (b"<FEFF004C00EA0020005400681ECB>", "Lê Thị"),
        (b"()", ""),
    ],
)
def test_a_file_whose_signature_is_broken_still_names_who_signed(name: bytes, read: str) -> None:
    data = pdf(name=name)
    found = only(data.replace(b"<30", b"<99"))
    assert (found.state, found.doubt, found.name) == (SignatureState.UNVERIFIABLE, Doubt.MALFORMED, read)


@pytest.mark.parametrize(
    "ranges", [b"[0 10 5 10]", b"[0 999999999 9999999999 1]", b"[9 1 9999999999 9999999999]", b"[0 0 0 0]"]
)
def test_byte_ranges_that_make_no_sense_are_not_followed(ranges: bytes) -> None:
    assert only(b"%PDF-1.4 /Type /Sig /ByteRange " + ranges).doubt is Doubt.MALFORMED


def test_a_file_that_is_not_signed_or_no_pdf_has_no_signature() -> None:
    assert signatures_in(b"%PDF-1.4\n", "a.pdf") == ()
    assert signatures_in(b"GIF89a /ByteRange [0 1 2 3]", "a.pdf") == ()


def test_only_so_many_signatures_and_files_are_looked_at() -> None:
    many = b"%PDF-1.4" + b" /ByteRange [0 1 2 3]" * (MOST_SIGNATURES + 5)
    assert len(signatures_in(many, "a.pdf")) == MOST_SIGNATURES
    asked: list[str] = []

    def provide(name: str) -> Callable[[], bytes]:
        return lambda: asked.append(name) or b""  # type: ignore[func-returns-value]

    names = [f"{at}.pdf" for at in range(MOST_FILES + 3)]
    large = Attachment("lon.pdf", "application/pdf", LARGEST + 1, inline=False, content_id="", part=1)
    files = [
        Attachment(name, "application/octet-stream", 1, inline=False, content_id="", part=1) for name in names
    ]
    picture = Attachment("a.png", "image/png", 1, inline=False, content_id="", part=1)
    pdf_signatures([(one, provide(one.name)) for one in (large, picture, *files)])
    assert asked == names[: MOST_FILES - 1]


def test_a_signed_file_is_found_in_its_mail() -> None:
    file = part(
        "application/pdf; name=de-nghi.pdf", base64.encodebytes(pdf()), "Content-Transfer-Encoding: base64"
    )
    raw = multipart("mixed", part("text/plain", b"Gui kem."), file)
    assert [one.subject for one in pdf_signatures(parts_of(read_mail(raw), raw))] == ["de-nghi.pdf"]


@given(st.integers(0, 9_000), st.integers(0, 255))
@settings(max_examples=100)
def test_a_spoilt_file_never_breaks_the_check(at: int, byte: int) -> None:
    data = bytearray(pdf())
    data[at % len(data)] = byte
    assert len(signatures_in(bytes(data), "a.pdf")) <= 1
