"""Names of other state bodies in hosts outside gov.vn: suspicious, never an impersonation of the treasury."""

from triage.core.decision import Finding, Severity
from triage.core.lookalike.reading import Label, Reading
from triage.core.lookalike.wording import finding
from triage.core.protected import Protected
from triage.core.spelling.segment import Token
from triage.core.spelling.typos import slips

_LONG = 5
_MOST_UNKNOWN = 5
_PRODUCTS = frozenset({"hoadondientu"})
"""What any firm may sell; alone it names no body."""
_RARE = 8
"""A name of so many letters, or a coined one, may stand beside letters that nobody knows; "dancu" may not."""


def other_body(reading: Reading, protected: Protected) -> Finding | None:
    """Find the name of another state body in a host that the state does not hold."""
    if reading.restricted:
        return None
    for label in (reading.core, *reading.fronts):
        word = (
            _long_name(reading, label, protected)
            or _short_name(label, reading)
            or _misspelt(label, reading, protected)
        )
        if word:
            return finding("DOMAIN_OTHER_BODY", Severity.MEDIUM, word, reading.evidence(word), reading.owner)
    return None


def _long_name(reading: Reading, label: Label, protected: Protected) -> str | None:
    if "benign" in label.kinds or (label.is_name("other") and label.joined in _PRODUCTS):
        return None
    for token in label.names("other"):
        unique = token.key in protected.words.other_unique
        few = (
            label.explained or label.bounded(token) or label.unknown <= _may_be_unknown(token, unique=unique)
        )
        if few and (unique or not reading.vietnamese or _has_state_company(label, token)):
            return token.key
    return None


def _may_be_unknown(token: Token, *, unique: bool) -> int:
    return _MOST_UNKNOWN if unique or len(token.text) >= _RARE else 0


def _has_state_company(label: Label, token: Token) -> bool:
    """On .vn, where firms honestly write of the police or of taxes, a second state word must stand beside."""
    others = {other.kind for other in label.tokens if other is not token}
    return label.explained and bool(others & {"vn", "gov", "govvn", "strong", "short", "other"})


def _short_name(label: Label, reading: Reading) -> str | None:
    if not label.explained or reading.vietnamese:
        return None
    for token in label.names("othershort"):
        others = {other.kind for other in label.tokens if other is not token}
        if others & {"vn", "gov", "govvn", "strong", "other"}:
            return token.key
    return None


def _misspelt(label: Label, reading: Reading, protected: Protected) -> str | None:
    """vn-venid: a slip counts only beside the country or gov."""
    if reading.vietnamese or not label.kinds & {"vn", "gov", "govvn", "digits"}:
        return None
    words = {*label.pieces, *(token.text for token in label.tokens if not token.kind)}
    for word in words:
        for name in protected.words.other_slips:
            if len(word) >= _LONG and slips(word, name, 1):
                return name
    return None
