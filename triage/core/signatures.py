"""What is known of a signature on a mail or in a document. That its bytes fit is no word on who made it.

Whether a certificate was issued by anybody we trust, or revoked, is never claimed here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.core.reasons import Reason


class SignatureKind(StrEnum):
    """What sort of signature."""

    SMIME = "smime"
    PGP = "pgp"
    PDF = "pdf"


class SignatureState(StrEnum):
    """What came of looking at it."""

    VALID_DIGEST = "valid-digest"
    ALTERED = "altered"
    UNVERIFIABLE = "unverifiable"


class Doubt(StrEnum):
    """Why a signature could not be checked, or what weakens one that fits."""

    NONE = ""
    NO_CERTIFICATE = "no-certificate"
    ALGORITHM = "algorithm"
    WEAK = "weak"
    MALFORMED = "malformed"
    NO_KEY = "no-key"
    ADDED_LATER = "added-later"
    TOO_LARGE = "too-large"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: who signed by the certificate in it, and whether the signed bytes are as they were.

    ``subject`` is the signed file, empty for the mail. ``serial`` is the certificate's in hexadecimal, of PGP
    the id of the key. Moments are UTC; what the certificate does not say is empty or None.
    """

    kind: SignatureKind
    state: SignatureState
    doubt: Doubt = Doubt.NONE
    subject: str = ""
    name: str = ""
    email: str = ""
    organisation: str = ""
    serial: str = ""
    issuer: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def as_json(self) -> dict[str, str | bool | None]:
        """Give the form that is stored and that ``explain --json`` prints."""
        return {
            "kind": self.kind.value,
            "state": self.state.value,
            "doubt": self.doubt.value or None,
            "file": self.subject or None,
            "name": self.name or None,
            "email": self.email or None,
            "organisation": self.organisation or None,
            "serial": self.serial or None,
            "issuer": self.issuer or None,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "chain_checked": False,
        }

    def reason(self) -> Reason:
        """Say it in a sentence."""
        vi, en = _WHOSE[self.kind]
        if self.subject:
            vi, en = f"{vi} trong tệp {self.subject}", f"{en} in {self.subject}"
        if self.name:
            vi, en = f"{vi} của {self._signer}", f"{en} of {self._signer}"
        vi_state, en_state = _STATES[self.state]
        vi_doubt, en_doubt = _DOUBTS[self.doubt]
        chain = _CHAIN if self.state is SignatureState.VALID_DIGEST else ("", "")
        return Reason(
            f"signature_{self.state.value.replace('-', '_')}",
            f"{vi} {vi_state}{vi_doubt}{chain[0]}.",
            f"{en} {en_state}{en_doubt}{chain[1]}.",
        )

    @property
    def _signer(self) -> str:
        return ", ".join(dict.fromkeys(filter(None, (self.name, self.organisation, self.email))))


_WHOSE = {
    SignatureKind.SMIME: ("Chữ ký số S/MIME", "The S/MIME signature"),
    SignatureKind.PGP: ("Chữ ký PGP", "The PGP signature"),
    SignatureKind.PDF: ("Chữ ký số", "The digital signature"),
}
_STATES = {
    SignatureState.VALID_DIGEST: ("khớp với nội dung", "fits the content"),
    SignatureState.ALTERED: (
        "không khớp: nội dung đã bị thay đổi sau khi ký",
        "does not fit: the content was changed after it was signed",
    ),
    SignatureState.UNVERIFIABLE: ("không kiểm tra được", "cannot be checked"),
}
_DOUBTS = {
    Doubt.NONE: ("", ""),
    Doubt.NO_CERTIFICATE: (" vì không kèm chứng thư số", ": no certificate came with it"),
    Doubt.ALGORITHM: (" vì dùng thuật toán chưa hỗ trợ", ": its algorithm is not supported"),
    Doubt.WEAK: (" (thuật toán băm đã lỗi thời)", " (by an outdated hash)"),
    Doubt.MALFORMED: (" vì dữ liệu chữ ký bị hỏng", ": its data are broken"),
    Doubt.NO_KEY: (" vì không có khóa công khai của người ký", ": the signer's public key is not at hand"),
    Doubt.ADDED_LATER: (
        ", nhưng tệp có phần thêm vào sau khi ký",
        ", but something was added to the file after it was signed",
    ),
    Doubt.TOO_LARGE: (" vì tệp quá lớn", ": the file is too large"),
    Doubt.PARTIAL: (
        " của phần được ký, nhưng thư còn phần khác không được ký",
        " of the part that is signed, but other parts of the mail are not signed",
    ),
}
_CHAIN = (
    "; chưa kiểm tra chuỗi chứng thư",
    "; who issued the certificate was not checked",
)


def signed_by_other(signature: Signature, address: str) -> Reason | None:
    """Say so where a mail is signed with a certificate for another address than the sender's."""
    fits = signature.kind is SignatureKind.SMIME and signature.state is SignatureState.VALID_DIGEST
    if not fits or not signature.email or signature.email.lower() == address.lower():
        return None
    return Reason(
        "signature_of_other",
        f"Chứng thư số ký thư là của {signature.email}, không phải địa chỉ gửi.",
        f"The certificate that signed the mail is for {signature.email}, not for the sender's address.",
    )


ENCRYPTED = Reason(
    "encrypted",
    "Thư được mã hóa nên không đọc được nội dung ở đây; người gửi cần gửi lại bản không mã hóa.",
    "The mail is encrypted and cannot be read here; its sender has to send it again in the clear.",
)
