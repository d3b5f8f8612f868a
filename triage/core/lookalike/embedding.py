"""Official hosts that stand whole inside another, and official hosts drawn with other letters."""

import re
from functools import lru_cache

from triage.core.decision import Finding, Severity
from triage.core.lookalike.reading import Reading
from triage.core.lookalike.wording import EMBEDDED_RESPELT, finding
from triage.core.protected import Protected
from triage.core.spelling.folds import shapes

_L_AS_I = str.maketrans("l", "i")


def disguised_official(reading: Reading, protected: Protected) -> Finding | None:
    """Find a host that reads as an official one and is spelt in other letters or digits."""
    seen = reading.host.seen
    drawn = shapes(seen)
    for form in (seen, drawn, drawn.translate(_L_AS_I)):
        official = protected.belongs(form, protected.hosts.ours | protected.hosts.genuine)
        if official and (form != seen or not reading.host.plain):
            if form != seen and reading.restricted:
                return None
            return finding("DOMAIN_HOMOGLYPH", Severity.HIGH, official, reading.evidence(form), reading.owner)
    return None


@lru_cache(maxsize=4)
def _embedded(protected: Protected) -> re.Pattern[str]:
    hosts = sorted(protected.hosts.ours | protected.hosts.genuine, key=len, reverse=True)
    spelt = ("[.-]?".join(map(re.escape, host.split("."))) for host in hosts)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelt)})")


def embedded_official(reading: Reading, protected: Protected) -> Finding | None:
    """Find an official host, its dots kept, dashed or dropped, that does not end the name."""
    if reading.restricted:
        return None
    match = _embedded(protected).search(reading.host.seen)
    if not match:
        return None
    official = _spelt_out(match.group(), protected)
    words = None if match.group() == official else EMBEDDED_RESPELT
    evidence = reading.evidence(official)
    return finding("DOMAIN_EMBED", Severity.HIGH, official, evidence, reading.owner, words=words)


def _spelt_out(text: str, protected: Protected) -> str:
    bare = text.replace("-", "").replace(".", "")
    hosts = sorted(protected.hosts.ours | protected.hosts.genuine)
    return next((host for host in hosts if host.replace(".", "") == bare), text)
