"""Every identity that the header of one mail shows, judged together."""

from collections.abc import Sequence

from triage.core.decision import Finding, Severity
from triage.core.lookalike.addresses import check_address
from triage.core.lookalike.encoded import encoded_name
from triage.core.lookalike.wording import finding
from triage.core.mail import Address
from triage.core.protected import Protected


def judge_names(
    senders: Sequence[Address],
    reply_to: Sequence[Address],
    sender_header: Address | None,
    return_path: str | None,
    protected: Protected,
    *,
    authenticated: bool | None = None,
) -> tuple[Finding, ...]:
    """Say what From, Reply-To, Sender and Return-Path claim and where they disagree. Never raises.

    ``return_path`` is None where there is none and empty for the null sender. ``authenticated`` is the
    gateway's answer for the domain of From, None where it gave none.
    """
    found: list[Finding] = []
    for each in senders:
        found += check_address(each.name, each.address, protected, authenticated=authenticated)
        found += encoded_name(each, protected)
    first = senders[0] if senders else None
    found += _several(senders, protected)
    for each in reply_to:
        found += _reply_to(first, each, protected)
    if sender_header and sender_header.address and first:
        found += _sent_for(first, sender_header.address, protected, authenticated)
    if return_path and first and "@" in return_path:
        found += _sent_for(first, return_path, protected, authenticated)
    return tuple(dict.fromkeys(found))


def _several(senders: Sequence[Address], protected: Protected) -> list[Finding]:
    if len({each.address.lower() for each in senders}) < 2:  # noqa: PLR2004 -- several means two
        return []
    ours = [each for each in senders if _is_ours(each, protected)]
    mixed = bool(ours) and len(ours) < len(senders)
    severity = Severity.HIGH if mixed else Severity.MEDIUM
    evidence = ", ".join(each.address for each in senders)[:300]
    return [finding("SEVERAL_FROM", severity, protected.address if mixed else None, evidence)]


def _reply_to(first: Address | None, target: Address, protected: Protected) -> list[Finding]:
    if first and target.address.lower() == first.address.lower():
        return []
    found = list(check_address(target.name, target.address, protected))
    if not first:
        return found
    if _is_ours(first, protected) and not _is_ours(target, protected):
        found.append(_mismatch("REPLYTO_MISMATCH", Severity.HIGH, first, target.address))
    elif _is_genuine(first, protected) and not _in_gov_vn(target):
        found.append(_mismatch("REPLYTO_MISMATCH", Severity.MEDIUM, first, target.address))
    elif first.domain != target.domain:
        found.append(_mismatch("REPLYTO_MISMATCH", Severity.LOW, first, target.address))
    return found


def _sent_for(first: Address, other: str, protected: Protected, authenticated: bool | None) -> list[Finding]:  # noqa: FBT001 -- passed on
    """Judge a Sender or Return-Path: elsewhere is how lists work, unless the mail speaks for us."""
    there = Address("", other.strip(" <>"))
    found = [
        each for each in check_address("", there.address, protected) if each.severity is not Severity.INFO
    ]
    readable = [each for each in found if each.check != "ADDRESS_UNREADABLE"]
    if _is_ours(first, protected) and not _is_ours(there, protected) and authenticated is not True:
        readable.append(_mismatch("SENDER_MISMATCH", Severity.MEDIUM, first, there.address))
    return readable


def _mismatch(check: str, severity: Severity, first: Address, other: str) -> Finding:
    return finding(check, severity, first.address.lower(), f"{first.address} ≠ {other}", other)


def _is_ours(who: Address, protected: Protected) -> bool:
    return protected.belongs(who.domain, protected.hosts.ours) is not None


def _is_genuine(who: Address, protected: Protected) -> bool:
    return protected.belongs(who.domain, protected.hosts.genuine) is not None


def _in_gov_vn(who: Address) -> bool:
    return who.domain.endswith(".gov.vn")
