"""What the checks of content must be told about names: which host is genuine, which one imitates."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from triage.core.decision import Finding, Severity
from triage.core.lookalike import check_address, check_domain
from triage.core.lookalike.domains import is_genuine
from triage.core.protected import Protected
from triage.core.publicsuffixes import PublicSuffixes


@dataclass(frozen=True, slots=True)
class NameChecks:
    """The lookalike checks as functions, so that content and names are judged apart.

    ``official`` answers for hosts of the treasury and other genuine ones; ``domain`` and ``address`` give
    what is wrong with a host or an address (nothing for genuine and unrelated ones); ``registrable`` is the
    part of a host that somebody registered; ``listed`` whether a host ends in a suffix that exists.
    """

    official: Callable[[str], bool]
    domain: Callable[[str], tuple[Finding, ...]]
    address: Callable[[str], tuple[Finding, ...]]
    registrable: Callable[[str], str]
    listed: Callable[[str], bool]


def name_checks(protected: Protected, suffixes: PublicSuffixes) -> NameChecks:
    """Bind the lookalike checks to the protected names; a link to whatever ends in gov.vn is genuine."""

    def official(host: str) -> bool:
        name = host.lower().rstrip(".")
        return bool(name) and name.isascii() and (name.endswith(".gov.vn") or is_genuine(name, protected))

    def domain(host: str) -> tuple[Finding, ...]:
        return _flags(check_domain(host, protected))

    def address(written: str) -> tuple[Finding, ...]:
        return () if official(written.rpartition("@")[2]) else _flags(check_address("", written, protected))

    def registrable(host: str) -> str:
        return host if _is_number(host) else suffixes.privatesuffix(host[:253].lower()) or host.lower()

    def listed(host: str) -> bool:
        return suffixes.privatesuffix(host[:253].lower(), accept_unknown=False) is not None

    return NameChecks(official, domain, address, lru_cache(8192)(registrable), lru_cache(8192)(listed))


def _flags(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep what weighs, heaviest first; what the address itself says wrong in form is no imitation."""
    grave = (
        each for each in findings if each.severity in {Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL}
    )
    named = (
        each
        for each in grave
        if each.check not in {"ADDRESS_UNREADABLE", "ADDRESS_ENCODED", "DOMAIN_IP_LITERAL"}
    )
    return tuple(sorted(named, key=lambda each: -each.severity.rank))


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
