"""Checks SPF (RFC 7208) by pyspf, which asks the resolver that it is given and nobody else."""

from typing import Any

import spf

from triage.adapters.nonsense import NONSENSE
from triage.core.authresults import MethodResult, Result
from triage.core.trace import Trace
from triage.ports import Found, NoSuchName, NoSuchRecord, RecordType, Resolver, Silent

LONGEST_RECORD = 4_096
"""Characters of a policy that is evaluated; a longer one only costs time, and no honest one needs them."""

MOST_VOID = 2
"""Look-ups without an answer that a policy may cause (RFC 7208, section 4.6.4)."""

MOST_LABELS = 127
LONGEST_NAME = 253


def check_spf(trace: Trace, resolver: Resolver) -> MethodResult:
    """Check whether the client may send for the envelope sender, or for its HELO where that is null.

    Never raises.
    """
    domain = trace.domain
    if not _is_name(domain) or "." not in domain:
        return MethodResult("spf", Result.NONE, domain if _is_name(domain) else "")
    try:
        answer = _Query(trace, resolver).check()[0]
    except (spf.PermError, *NONSENSE):
        answer = "permerror"
    except spf.TempError:
        answer = "temperror"
    return MethodResult("spf", Result(answer) if answer in set(Result) else Result.NONE, domain)


class _Query(spf.query):  # type: ignore[misc]  # pyspf has no types
    """One evaluation; only the way to DNS differs from the library's own."""

    def __init__(self, trace: Trace, resolver: Resolver) -> None:
        super().__init__(i=str(trace.client), s=trace.sender, h=trace.helo, strict=True)
        self._resolver = resolver

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:  # noqa: ARG002, FBT001, FBT002 - the library's form
        """Answer in the library's form, counting what has no answer."""
        asked = str(name).rstrip(".").lower()
        if not _is_name(asked):
            return []
        known: list[Any] | None = self.cache.get((asked, qtype))
        if known is None:
            known = self._ask(asked, RecordType(qtype))
            self.cache[asked, qtype] = known
        if not known and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > MOST_VOID:
                raise spf.PermError(f"more than {MOST_VOID} look-ups without an answer")
        return list(known)

    def _ask(self, name: str, kind: RecordType) -> list[Any]:
        match self._resolver.look_up(name, kind):
            case Found(values):
                return [_form(kind, at, value) for at, value in enumerate(values)]
            case NoSuchName() | NoSuchRecord():
                return []
            case Silent(why):
                raise spf.TempError(why)

    def validated_ptrs(self) -> list[str]:
        """Give the names of the client that lead back to it; an error is as good as no name (section 5.5)."""
        try:
            names = self.dns_ptr(self.i)[: spf.MAX_PTR]
        except spf.TempError:
            return []
        return [name for name in names if self._leads_back(name)]

    def _leads_back(self, name: str) -> bool:
        try:
            return bool(self.cidrmatch(self.dns_a(name, self.A), self.cidrmax))
        except spf.TempError:
            return False

    def get_explanation(self, spec: str) -> None:
        """Leave the domain's own words alone: nobody reads them here, and they cost a look-up."""
        del spec


def _form(kind: RecordType, at: int, value: str) -> Any:  # noqa: ANN401 - the library's form differs by kind
    match kind:
        case RecordType.TXT:
            if len(value) > LONGEST_RECORD and value[:6].lower() == "v=spf1":
                raise spf.PermError("the policy is too long")
            return (value.encode("utf-8", "replace"),)
        case RecordType.MX:
            return (at, value)
        case RecordType.A | RecordType.AAAA | RecordType.PTR:
            return value


def _is_name(name: str) -> bool:
    labels = name.split(".", MOST_LABELS)
    return len(name) <= LONGEST_NAME and all(0 < len(label) < 64 for label in labels)  # noqa: PLR2004 - RFC 1035, section 2.3.4
