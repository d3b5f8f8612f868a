"""One host judged by its name alone."""

from functools import lru_cache

from triage.core.decision import Finding
from triage.core.lookalike.canonical import LONGEST_HOST, CanonicalHost, canonical_host
from triage.core.lookalike.checks import CHECKS
from triage.core.lookalike.reading import read_host
from triage.core.lookalike.slips import near_name
from triage.core.protected import Protected


def check_domain(
    host: str, protected: Protected, *, authenticated: bool | None = None
) -> tuple[Finding, ...]:
    """Say what a host imitates; empty for genuine and harmless hosts. Never raises, asks no network.

    ``authenticated`` is the gateway's answer for the mail that came from there, None where there is none.
    """
    canonical = canonical_host(host[: 4 * LONGEST_HOST])
    if canonical.plain and not worth_reading(canonical.seen, protected):
        return ()
    return _judge(canonical, protected, authenticated)


@lru_cache(maxsize=4096)
def _judge(host: CanonicalHost, protected: Protected, authenticated: bool | None) -> tuple[Finding, ...]:  # noqa: FBT001 -- a cache key
    if host.plain and is_genuine(host.seen, protected):
        return ()
    reading = read_host(host, protected, authenticated=authenticated)
    found = (check(reading, protected) for check in CHECKS)
    return tuple(each for each in found if each)


def is_genuine(host: str, protected: Protected) -> bool:
    """Tell whether a plain ASCII host is listed as what it seems, or lies below one that is."""
    lists = protected.hosts
    return any(protected.belongs(host, hosts) for hosts in (lists.ours, lists.genuine, lists.known))


def worth_reading(seen: str, protected: Protected) -> bool:
    """Tell cheaply whether any check could find something; most senders of a list stop here."""
    if protected.hint.search(seen):
        return True
    for label in seen.split(".")[:-1]:
        if near_name(label, protected):
            return True
        joined = label.replace("-", "")
        if joined != label and (
            protected.hint.search(joined)
            or near_name(joined, protected)
            or any(near_name(piece, protected) for piece in label.split("-"))
        ):
            return True
    return False
