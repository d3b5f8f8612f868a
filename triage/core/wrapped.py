"""Mails inside S/MIME: the content of an opaque signature becomes parts of the mail (RFC 8551, RFC 5652).

What was wrapped is read behind the raw mail and numbered behind its parts, so that text, attachments and
checks find it like any other; the wrapper itself becomes a part that consists of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.core.cms import Compressed, Encrypted, Signed, read_cms
from triage.core.defects import Defect, note
from triage.core.fields import is_known_field
from triage.core.filetypes import detect
from triage.core.mime import DEEPEST, MOST_PARTS, Part, Structure, read_structure
from triage.core.parameters import read_parameters, text_parameter
from triage.core.pgp import signature_of
from triage.core.signatures import Doubt, Signature, SignatureKind, SignatureState
from triage.core.transfer import decode_base64, decode_transfer

LARGEST = 50_000_000
"""Bytes that all wrappers of a mail hold together, and of a text whose signature is checked."""

MOST_WRAPPERS = 10
"""Wrappers opened in one mail, those inside others among them."""

_MULTIPARTS = frozenset(("signed", "encrypted"))
_WRAPPERS = frozenset(("pkcs7-mime", "x-pkcs7-mime"))
_SIGNATURES = frozenset(("pkcs7-signature", "x-pkcs7-signature"))
_NOT_SIGNED = _SIGNATURES | {"pgp-signature"}
"""Parts that stand beside what is signed."""

_ANYTHING = frozenset(("octet-stream", "x-octet-stream", "binary"))
_ARMOUR = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----")
_BASE64_OF_CMS = re.compile(rb"\s*(?:-----BEGIN |MI[A-P])")
_LINE_END = re.compile(rb"\r?\n")
_SIGN = re.compile(rb"\S")


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail with its wrappers open; ``encrypted`` names what it is locked with, empty where it is not.

    A mail whose own text goes before what is locked is not: its reader can read it.
    """

    structure: Structure
    signatures: tuple[Signature, ...] = ()
    encrypted: str = ""


def open_mail(raw: bytes, defects: list[str], *, checks: bool = True) -> Opened:
    """Cut a mail into its parts, those inside wrappers among them; ``checks`` its signatures too."""
    structure = read_structure(raw, defects)
    if not any(part.content.sub in _MULTIPARTS or _may_wrap(part) for part in structure.parts):
        return Opened(structure)
    found: list[tuple[Part, Signature]] = []
    locked: list[tuple[Part, str]] = []
    opened = at = 0
    while at < len(structure.parts):
        # opening a part puts what is in it behind all others, where this loop comes to it
        part = structure.parts[at]
        at += 1
        if part.content.main == "multipart":
            locked.append((part, _lock(part)))
            found += ((part.children[0], one) for one in (_detached(structure, part) if checks else ()))
        elif _may_wrap(part) and not part.children and opened < MOST_WRAPPERS:
            opened += 1
            inside = _inside(structure, part, defects, checks=checks)
            found += ((part, one) for one in inside.signatures)
            locked.append((part, inside.encrypted))
            room = len(raw) + LARGEST - len(structure.raw)
            structure = _with_content(structure, part, inside.content, room, defects)
    return Opened(
        structure,
        tuple(_of_mail(structure, part, one) for part, one in found),
        _lock_of_mail(structure, [(part, kind) for part, kind in locked if kind], defects),
    )


def _of_mail(structure: Structure, part: Part, signature: Signature) -> Signature:
    """Say so where a signature fits and yet covers only a part of what the mail shows."""
    if signature.state is not SignatureState.VALID_DIGEST:
        return signature
    covered = {one.number for one in _with_all_inside(part)}
    others = (one for one in structure.parts if one.number not in covered and not one.children)
    bare = not any(one.content.sub not in _NOT_SIGNED and _says(structure, one) for one in others)
    return signature if bare else replace(signature, doubt=Doubt.PARTIAL)


def _with_all_inside(part: Part) -> Iterator[Part]:
    left = [part]
    while left:
        one = left.pop()
        left += (*one.children, *one.files)
        yield one


def _says(structure: Structure, part: Part) -> bool:
    return _SIGN.search(structure.raw, part.start, part.end) is not None


def _lock_of_mail(structure: Structure, locked: list[tuple[Part, str]], defects: list[str]) -> str:
    """Name what the mail is locked with; empty where a text that anybody can read goes before it."""
    if not locked:
        return ""
    texts = [one.start for one in structure.parts if one.content.main == "text" and _says(structure, one)]
    kind = next((kind for part, kind in locked if not texts or part.start < min(texts)), "")
    note(defects, Defect.ENCRYPTED if kind else Defect.PART_ENCRYPTED)
    return kind


def shown_root(structure: Structure) -> Part:
    """Give the mail itself, or what its wrappers hold."""
    part = structure.root
    while part.content.main == "application" and part.children:
        part = part.children[0]
    return part


@dataclass(frozen=True, slots=True)
class _Inside:
    """What a wrapper holds; no content where it cannot be opened or holds no mail."""

    content: bytes = b""
    signatures: tuple[Signature, ...] = ()
    encrypted: str = ""


_MALFORMED = Signature(SignatureKind.SMIME, SignatureState.UNVERIFIABLE, Doubt.MALFORMED)


def _may_wrap(part: Part) -> bool:
    if part.content.main != "application":
        return False
    if part.content.sub in _WRAPPERS:
        return True
    return part.content.sub in _ANYTHING and _file_name(part).endswith("smime.p7m")


def _file_name(part: Part) -> str:
    given = read_parameters(part.first("content-disposition"), [])
    name = text_parameter(given, "filename", "", []) or text_parameter(
        part.content.parameters, "name", "", []
    )
    return name.strip().lower()


def _inside(structure: Structure, part: Part, defects: list[str], *, checks: bool) -> _Inside:
    if part.end - part.start > 2 * LARGEST:
        note(defects, Defect.WRAPPER_UNREADABLE)
        return _Inside()
    data = _binary(decode_transfer(structure.body(part), part.encoding))
    match read_cms(data):
        case Signed(content=content, whole=whole) as signed:
            if not whole:
                note(defects, Defect.WRAPPER_CUT)
            return _Inside(content or b"", _of_wrapper(signed) if checks else ())
        case Compressed(content=content, whole=whole, cut=cut):
            if not whole:
                note(defects, Defect.WRAPPER_CUT if cut else Defect.WRAPPER_TOO_LARGE)
            return _Inside(content)
        case Encrypted():
            return _Inside(encrypted="smime")
        case None:
            note(defects, Defect.WRAPPER_UNREADABLE)
            return _Inside(signatures=(_MALFORMED,) if checks else ())


def _of_wrapper(signed: Signed) -> tuple[Signature, ...]:
    """Check the signatures over what a wrapper holds; one that is cut off was not altered for that."""
    if not signed.signers:
        # a letter that only brings certificates signs nothing
        return () if signed.whole else (_MALFORMED,)
    found = _verified(signed, signed.content)
    if signed.whole:
        return found
    altered = SignatureState.ALTERED
    return tuple(
        replace(one, state=_MALFORMED.state, doubt=_MALFORMED.doubt) if one.state is altered else one
        for one in found
    )


def _binary(data: bytes) -> bytes:
    """Undo a base64 that the transfer encoding does not declare, and the lines that PEM puts around it."""
    return decode_base64(_ARMOUR.sub(b"", data)) if _BASE64_OF_CMS.match(data) else data


def _verified(signed: Signed, content: bytes | None) -> tuple[Signature, ...]:
    from triage.core.cmsverify import verify  # noqa: PLC0415 - loads for 0.1 s, and few mails are signed

    return verify(signed, content, SignatureKind.SMIME)


def _with_content(
    structure: Structure, part: Part, content: bytes, room: int, defects: list[str]
) -> Structure:
    """Put the mail inside a wrapper behind the raw mail and make it the part's one child."""
    if not _is_entity(content):
        if part is not structure.root or not _is_text(content):
            return structure
        # some programs sign a bare text, without the headers of a MIME part
        content = b"\r\n" + content
    if len(content) > room:
        note(defects, Defect.WRAPPER_TOO_LARGE)
        return structure
    inner = read_structure(content, defects)
    if str(inner.root.content) == "message/rfc822":
        # some programs wrap the mail with its headers (RFC 8551 §3.1)
        inner = read_structure(decode_transfer(inner.body(inner.root), inner.root.encoding), defects)
    deepest = part.depth + 1 + max(one.depth for one in inner.parts)
    if deepest > DEEPEST or len(structure.parts) + len(inner.parts) > MOST_PARTS:
        note(defects, Defect.TOO_DEEP, DEEPEST)
        return structure
    shift, count = len(structure.raw), len(structure.parts)
    for one in inner.parts:
        one.number += count
        one.depth += part.depth + 1
        one.start += shift
        one.end += shift
    part.children.append(inner.root)
    return Structure(structure.raw + inner.raw, structure.parts + inner.parts)


def _is_entity(content: bytes) -> bool:
    """Say whether bytes begin as a MIME part does: a signed file may be any bytes."""
    return is_known_field(content, 0) or content.startswith((b"\r\n", b"\n"))


def _is_text(content: bytes) -> bool:
    kind = detect(content)
    return kind is not None and kind.code in {"txt", "html"}


def _lock(part: Part) -> str:
    if part.content.sub != "encrypted":
        return ""
    kinds = {child.content.sub for child in part.children}
    protocol = part.content.parameters.get("protocol", b"").lower()
    return "pgp" if b"pgp" in protocol or "pgp-encrypted" in kinds else "smime"


def _detached(structure: Structure, part: Part) -> tuple[Signature, ...]:
    """Look at the signature beside a text (RFC 1847)."""
    if part.content.sub != "signed" or len(part.children) < 2:  # noqa: PLR2004 - what is signed and its signature
        return ()
    beside = part.children[1]
    data = decode_transfer(structure.body(beside), beside.encoding)
    if beside.content.sub == "pgp-signature":
        return (signature_of(data.decode("ascii", "replace").replace("\r\n", "\n")),)
    if beside.content.sub not in _SIGNATURES:
        return ()
    signed = read_cms(_binary(data))
    return _over(signed, _signed_bytes(structure, part)) if isinstance(signed, Signed) else (_MALFORMED,)


def _over(signed: Signed, content: bytes) -> tuple[Signature, ...]:
    """Check a signature over lines that end in CRLF, as they are signed, and else as they stand here."""
    if len(content) > LARGEST:
        return (Signature(SignatureKind.SMIME, SignatureState.UNVERIFIABLE, Doubt.TOO_LARGE),)
    found = _verified(signed, _LINE_END.sub(b"\r\n", content))
    if all(one.state is not SignatureState.ALTERED for one in found):
        return found
    exact = _verified(signed, content)
    return found if any(one.state is SignatureState.ALTERED for one in exact) else exact


def _signed_bytes(structure: Structure, part: Part) -> bytes:
    """Give the first part with its headers: what stands between the first two delimiter lines."""
    line = re.compile(rb"(?:\A|\n)--" + re.escape(part.content.boundary) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)")
    lines = line.finditer(structure.raw, max(part.start - 1, 0), part.end)
    first, second = next(lines, None), next(lines, None)
    if first is None:
        return b""
    return structure.raw[first.end() : second.start() if second else part.end].removesuffix(b"\r")
