"""Whether the signatures of a CMS object fit its content, and whose certificates came with them.

Digests and public keys only: no chain is built, no issuer trusted, no revocation asked for.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    ExtensionNotFound,
    InvalidVersion,
    Name,
    NameOID,
    ObjectIdentifier,
    RFC822Name,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)

from triage.core.cms import Signed, SignerInfo
from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.core.text import clean, one_line
from triage.core.tlv import SET, definite

LONGEST_NAME = 200
LARGEST_KEY = 8_192
"""Bits of an RSA key; a larger one is made to keep others busy."""

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1.3.14.3.2.26": hashes.SHA1(),  # noqa: S303 - told as weak, see _WEAK
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
    "2.16.840.1.101.3.4.2.4": hashes.SHA224(),
}
_OF_SIGNATURE = {
    # some programs name the pair where the hash belongs
    "1.2.840.113549.1.1.5": "1.3.14.3.2.26",
    "1.2.840.113549.1.1.11": "2.16.840.1.101.3.4.2.1",
    "1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
    "1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
    "1.2.840.10045.4.3.2": "2.16.840.1.101.3.4.2.1",
    "1.2.840.10045.4.3.3": "2.16.840.1.101.3.4.2.2",
    "1.2.840.10045.4.3.4": "2.16.840.1.101.3.4.2.3",
}
_WEAK = "1.3.14.3.2.26"
_PSS = "1.2.840.113549.1.1.10"
_BROKEN_CERTIFICATE = (
    *(ValueError, TypeError, KeyError, OverflowError, Warning),
    *(DuplicateExtension, InvalidVersion, UnsupportedAlgorithm, UnsupportedGeneralNameType),
)
"""What a certificate against the rules makes the library raise, its complaints among them."""


def verify(
    signed: Signed, content: bytes | None, kind: SignatureKind, subject: str = ""
) -> tuple[Signature, ...]:
    """Check every signer of a CMS object over the content that it signs; never raises."""
    certificates = tuple(_certificates(signed.certificates))
    if not signed.signers:
        return (Signature(kind, SignatureState.UNVERIFIABLE, Doubt.MALFORMED, subject),)
    return tuple(
        _verify(one, content, certificates, Signature(kind, SignatureState.UNVERIFIABLE, subject=subject))
        for one in signed.signers
    )


def _certificates(all_of: Iterable[bytes]) -> Iterable[Certificate]:
    for der in all_of:
        try:
            yield load_der_x509_certificate(der)
        except _BROKEN_CERTIFICATE:
            continue


def _verify(
    signer: SignerInfo, content: bytes | None, certificates: tuple[Certificate, ...], unknown: Signature
) -> Signature:
    certificate = _certificate_of(signer, certificates)
    if certificate is None:
        return replace(unknown, doubt=Doubt.NO_CERTIFICATE)
    known = _described(certificate, unknown)
    if content is None or not signer.signature:
        return replace(known, doubt=Doubt.MALFORMED)
    algorithm = _OF_SIGNATURE.get(signer.digest_algorithm, signer.digest_algorithm)
    match _fits(certificate, signer, content, algorithm) if algorithm in _HASHES else None:
        case None:
            return replace(known, doubt=Doubt.ALGORITHM)
        case False:
            return replace(known, state=SignatureState.ALTERED)
        case True:
            doubt = Doubt.WEAK if algorithm == _WEAK else Doubt.NONE
            return replace(known, state=SignatureState.VALID_DIGEST, doubt=doubt)


def _certificate_of(signer: SignerInfo, certificates: tuple[Certificate, ...]) -> Certificate | None:
    exact = (one for one in certificates if _is_meant(one, signer))
    # some programs write the issuer's name otherwise than the certificate does
    alike = (one for one in certificates if not signer.key_id and one.serial_number == signer.serial)
    return next(exact, None) or next(alike, None)


def _is_meant(certificate: Certificate, signer: SignerInfo) -> bool:
    try:
        if signer.key_id:
            found = certificate.extensions.get_extension_for_class(SubjectKeyIdentifier)
            return found.value.digest == signer.key_id
        return (
            certificate.serial_number == signer.serial and certificate.issuer.public_bytes() == signer.issuer
        )
    except (*_BROKEN_CERTIFICATE, ExtensionNotFound):
        return False


def _fits(certificate: Certificate, signer: SignerInfo, content: bytes, algorithm: str) -> bool | None:
    """Say whether digest and signature fit the content; None where their kind is not supported."""
    digest = _HASHES[algorithm]
    if not signer.attributes:
        return _is_signed(certificate, signer, content, digest)
    if hashlib.new(digest.name, content, usedforsecurity=False).digest() != signer.digest:
        return False
    # what was signed is the set in DER, not as it stands here (RFC 5652 §5.4)
    return _is_signed(certificate, signer, definite(SET, signer.attributes), digest)


def _is_signed(
    certificate: Certificate, signer: SignerInfo, signed: bytes, algorithm: hashes.HashAlgorithm
) -> bool | None:
    """Say whether a signature was made by the certificate's key; None where its kind is not supported."""
    try:
        key = certificate.public_key()
        match key:
            case rsa.RSAPublicKey() if key.key_size <= LARGEST_KEY:
                key.verify(signer.signature, signed, _padding(signer, algorithm), algorithm)
            case ec.EllipticCurvePublicKey():
                key.verify(signer.signature, signed, ec.ECDSA(algorithm))
            case ed25519.Ed25519PublicKey():
                key.verify(signer.signature, signed)
            case _:
                return None
    except InvalidSignature:
        return False
    except _BROKEN_CERTIFICATE:
        return None
    return True


def _padding(signer: SignerInfo, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if signer.algorithm == _PSS:
        return padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
    return padding.PKCS1v15()


def _described(certificate: Certificate, unknown: Signature) -> Signature:
    try:
        subject, issuer = certificate.subject, certificate.issuer
        known = replace(
            unknown,
            name=_of(subject, NameOID.COMMON_NAME),
            organisation=_of(subject, NameOID.ORGANIZATION_NAME),
            serial=f"{certificate.serial_number:x}"[:LONGEST_NAME],
            issuer=_of(issuer, NameOID.COMMON_NAME) or _of(issuer, NameOID.ORGANIZATION_NAME),
            valid_from=certificate.not_valid_before_utc,
            valid_to=certificate.not_valid_after_utc,
        )
        return replace(known, email=_email(certificate) or _of(subject, NameOID.EMAIL_ADDRESS))
    except _BROKEN_CERTIFICATE:
        return unknown


def _of(name: Name, oid: ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    value = found[0].value if found else ""
    return one_line(clean(value if isinstance(value, str) else ""))[:LONGEST_NAME]


def _email(certificate: Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
        return next(iter(names.get_values_for_type(RFC822Name)), "")[:LONGEST_NAME]
    except (*_BROKEN_CERTIFICATE, ExtensionNotFound):
        return ""
