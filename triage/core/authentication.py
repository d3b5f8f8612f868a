"""What our own mail gateway found out about the sender (RFC 8601), or else what we have verified ourselves.

Anybody can write such a header. Ours are those that carry the gateway's name and stand above the Received
line that the gateway itself wrote; everything below that line came from outside (RFC 8601, section 5).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from triage.core.authresults import MethodResult, Result, authserv_id, parse_results
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults, own_reasons
from triage.core.reasons import Reason

MAX_HEADERS = 20
"""Headers of the gateway that are read; a gateway writes one to three."""

_BY = re.compile(r"\bby\s+([^\s;()]{1,253})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gateway:
    """How to know the headers of our own gateway.

    ``names`` are its authserv-ids, lower case and exact: whoever may choose the name can also forge the line
    below it. ``hosts`` are the names that it gives itself in Received lines, where they differ. ``nameless``
    accepts Microsoft's form, which has no authserv-id. ``below_received`` accepts headers under the gateway's
    own Received line: only for gateways that remove forged ones (RFC 8601, section 5), as OpenDKIM can.
    """

    names: frozenset[str]
    hosts: frozenset[str] = frozenset()
    nameless: bool = False
    below_received: bool = False


@dataclass(frozen=True, slots=True)
class AuthenticationReading:
    """What the gateway says of a mail, or what we found where it says nothing.

    ``aligned`` tells that a passed method speaks for the domain of From (RFC 7489, relaxed unless its owner
    wants more and we verified it ourselves). ``authenticated`` is None where nothing is known; ``forged``
    counts headers in the gateway's name that it cannot have written.
    """

    spf: MethodResult | None
    dkim: tuple[MethodResult, ...]
    dmarc: MethodResult | None
    arc: Result | None
    aligned: bool
    authenticated: bool | None
    forged: int
    reasons: tuple[Reason, ...]


def read_authentication(
    mail: Mail, gateway: Gateway, registrable: Callable[[str], str], own: OwnResults | None = None
) -> AuthenticationReading:
    """Read the gateway's headers. ``registrable`` gives the registered part of a host, for alignment.

    The gateway's answer stands wherever it gives one; elsewhere ``own`` counts, what we found ourselves.
    A header in the gateway's name at the wrong place is believed only where it speaks against the sender:
    nobody forges a failure. Never fails.
    """
    trusted, doubtful = _trusted(mail, gateway)
    reading = _read_values(mail, trusted, registrable)
    if own is not None and reading.authenticated is None:
        reading = _read_own(mail, own, registrable)
    if doubtful and not trusted and reading.authenticated is None:
        against = _read_values(mail, doubtful, registrable)
        reading = against if against.authenticated is False else reading
    if not doubtful:
        return reading
    return replace(reading, forged=len(doubtful), reasons=(*reading.reasons, _FORGED))


def _read_own(mail: Mail, own: OwnResults, registrable: Callable[[str], str]) -> AuthenticationReading:
    """Read what we verified; a gap in it leaves the answer open, unless something was proven all the same."""
    spf, dmarc = _first(list(own.results), "spf"), _first(list(own.results), "dmarc")
    dkim, arc = own.of("dkim"), _first(list(own.results), "arc")
    domains = {sender.domain for sender in mail.senders}
    # The owner's wish for strict alignment is not known while his record is not.
    unsure = dmarc is not None and dmarc.result is Result.TEMPERROR
    same = _itself if unsure else registrable
    proofs = (*dkim, *([spf] if spf else []))
    aligned = len(domains) == 1 and _aligned(next(iter(domains)), proofs, dmarc, same)
    authenticated = True if aligned else None if own.undecided else False
    reasons = own_reasons(own, authenticated=authenticated)
    return AuthenticationReading(
        spf, dkim, dmarc, arc.result if arc else None, aligned, authenticated, 0, reasons
    )


def _itself(host: str) -> str:
    return host


def _read_values(mail: Mail, values: list[str], registrable: Callable[[str], str]) -> AuthenticationReading:
    results = [result for value in values for result in parse_results(value)]
    spf = _first(results, "spf")
    dkim = tuple(result for result in results if result.method == "dkim")
    dmarc = _first(results, "dmarc")
    arc = _first(results, "arc")
    domains = {sender.domain for sender in mail.senders}
    aligned = len(domains) == 1 and _aligned(
        next(iter(domains)), (*dkim, *([spf] if spf else [])), dmarc, registrable
    )
    authenticated = _authenticated(spf, dkim, dmarc, aligned=aligned)
    reasons = (_reason(spf, dkim, dmarc, authenticated=authenticated),)
    return AuthenticationReading(
        spf, dkim, dmarc, arc.result if arc else None, aligned, authenticated, 0, reasons
    )


def _trusted(mail: Mail, gateway: Gateway) -> tuple[list[str], list[str]]:
    """Part the headers in our gateway's name into those that it wrote and those that anybody may have."""
    limit = _own_received(mail, gateway)
    trusted: list[str] = []
    doubtful: list[str] = []
    for at, (name, value) in enumerate(mail.headers):
        if name.lower() == "authentication-results" and _is_ours(value, gateway):
            (trusted if at < limit or gateway.below_received else doubtful).append(value)
    return trusted[:MAX_HEADERS], doubtful[:MAX_HEADERS]


def _own_received(mail: Mail, gateway: Gateway) -> int:
    """Give the place of the topmost Received line that the gateway wrote.

    Where none bears its name, only what stands above every Received line is trusted; a mail without any
    trace came in past all gateways, so that the place tells nothing and the name must do.
    """
    traces = [(at, value) for at, (name, value) in enumerate(mail.headers) if name.lower() == "received"]
    for at, value in traces:
        by = _BY.search(value)
        if by and by.group(1).lower().rstrip(".") in gateway.names | gateway.hosts:
            return at
    return traces[0][0] if traces else len(mail.headers)


def _is_ours(value: str, gateway: Gateway) -> bool:
    name = authserv_id(value)
    return name in gateway.names if name else gateway.nameless


def _first(results: list[MethodResult], method: str) -> MethodResult | None:
    """Give a method's answer; where the gateway gives several, the worst of them."""
    found = [result for result in results if result.method == method]
    return next((result for result in found if result.result is not Result.PASS), found[0] if found else None)


def _aligned(
    domain: str,
    passed: tuple[MethodResult, ...],
    dmarc: MethodResult | None,
    registrable: Callable[[str], str],
) -> bool:
    if not domain or (dmarc is not None and dmarc.result is Result.FAIL):
        return False
    if dmarc is not None and dmarc.result is Result.PASS:
        return not dmarc.domain or registrable(dmarc.domain) == registrable(domain)
    owners = {
        registrable(result.domain) for result in passed if result.result is Result.PASS and result.domain
    }
    return registrable(domain) in owners


def _authenticated(
    spf: MethodResult | None, dkim: tuple[MethodResult, ...], dmarc: MethodResult | None, *, aligned: bool
) -> bool | None:
    """Answer yes, no, or None where nothing was said or a look-up failed for the moment."""
    if aligned:
        return True
    said = [result for result in (spf, *dkim, dmarc) if result is not None]
    if not said or all(result.result is Result.TEMPERROR for result in said):
        return None
    return False


def _reason(
    spf: MethodResult | None,
    dkim: tuple[MethodResult, ...],
    dmarc: MethodResult | None,
    *,
    authenticated: bool | None,
) -> Reason:
    said = [
        f"{result.method}={result.result}" + (f" ({result.domain})" if result.domain else "")
        for result in (spf, *dkim[:3], dmarc)
        if result
    ]
    shown = ", ".join(said)
    if authenticated is None:
        return Reason(
            "authentication_unknown",
            "Máy chủ cửa ngõ không nói gì về người gửi.",
            "Our gateway says nothing about the sender.",
        )
    if authenticated:
        return Reason(
            "authentication_passed",
            f"Máy chủ cửa ngõ xác nhận tên miền người gửi: {shown}.",
            f"Our gateway confirms the sender's domain: {shown}.",
        )
    return Reason(
        "authentication_failed",
        f"Máy chủ cửa ngõ không xác nhận được tên miền người gửi: {shown}.",
        f"Our gateway could not confirm the sender's domain: {shown}.",
    )


_FORGED = Reason(
    "authentication_forged",
    "Thư mang sẵn kết quả xác thực ghi tên máy chủ của mình; phần đó bị bỏ qua.",
    "The mail came in with results in our gateway's name; they were ignored.",
)
