"""Protected names that stand as words in somebody else's host."""

from itertools import combinations, pairwise

from triage.core.decision import Finding, Severity
from triage.core.lookalike.reading import STATE, Label, Reading
from triage.core.lookalike.wording import finding
from triage.core.protected import Name, Protected
from triage.core.spelling.segment import Token

_LONG = 6
"""A name of so many letters is a word even beside letters that nobody knows."""
_UNIQUE = 9
"""A name of so many letters stands nowhere by accident."""
_MOST_AT_EDGE = 10
_MOST_NOISE = 3
_MOST_UNKNOWN = 5
_MOST_PIECES = 12
"""Pieces between hyphens that are tried together; a longer label shows its name elsewhere."""
_SHOP_WORDS = frozenset(
    {
        "online",
        "web",
        "www",
        "app",
        "my",
        "new",
        "info",
        "id",
        "24h",
        "247",
        "365",
        "tt",
        "cong",
        "so",
        "ho",
        "center",
        "contact",
        "lienhe",
        "nn",
    }
)
_FIRM_WORDS = frozenset(
    {
        *("cloud", "net", "group", "one", "digital", "partner", "sys", "system", "server", "api", "bot"),
        *("file", "files", "home", "team", "office", "center", "training", "public", "bank", "mobile"),
        *("service", "services", "finance", "connect", "client", "customer", "national"),
    }
)
"""Words that follow the three letters of any firm: beside a short name they prove nothing."""
_SAMPLES = frozenset({"example", "test", "invalid"})
"""Top-level names that are kept for documentation (RFC 2606, section 2)."""
_LONELY = frozenset({"vst", "dvc", "mof", "statetreasury"})
"""Short names that are suspicious even when they are all of the registered label."""


def name_in_core(reading: Reading, protected: Protected) -> Finding | None:
    """Find a strong name in the registered label: alone, or joined with other words."""
    if reading.restricted:
        return None
    label = reading.core
    for token in label.names("strong"):
        name = protected.by_key[token.key]
        if not _counts(label, token) or sells_silver(label, token, protected):
            continue
        drawn = _drawn_otherwise(reading, token, name)
        if drawn:
            return finding("DOMAIN_HOMOGLYPH", Severity.HIGH, name.key, reading.evidence(name.key))
        if label.is_name("strong"):
            severity = Severity.HIGH if name.grave else Severity.MEDIUM
            return finding("DOMAIN_TLD_SWAP", severity, name.key, reading.evidence(name.key))
        severity = Severity.LOW if _is_sample(reading) else _combo_weight(label, name)
        return finding("DOMAIN_COMBO", severity, name.key, reading.evidence(name.key))
    return None


def _is_sample(reading: Reading) -> bool:
    """Whether the host is a provincial treasury of a text book: nobody can hold such a name."""
    kinds = reading.core.kinds
    return reading.suffix in _SAMPLES and "province" in kinds and kinds <= {"strong", "province"}


def _counts(label: Label, token: Token) -> bool:
    if "benign" in label.kinds:
        return False
    if label.bounded(token) or len(token.text) >= _UNIQUE:
        return True
    if token.start in label.cuts | {0} or token.end in label.cuts | {len(label.joined)}:
        return label.unknown <= _MOST_AT_EDGE
    return label.unknown <= (_MOST_UNKNOWN if len(token.text) >= _LONG else _MOST_NOISE)


def _combo_weight(label: Label, name: Name) -> Severity:
    """Beside words that any shop uses a name may still be a shop's ("khobaconline" sells silver)."""
    keys = {token.key for token in label.names("strong", "short")}
    grave = len(keys) > 1 or any(
        token.kind in {"gov", "govvn"} or _is_official_word(token) for token in label.tokens
    )
    return Severity.HIGH if name.treasury and label.explained and grave else Severity.MEDIUM


def _is_official_word(token: Token) -> bool:
    return token.kind == "context" and token.text not in _SHOP_WORDS


def _drawn_otherwise(reading: Reading, token: Token, name: Name) -> bool:
    """Whether the name shows only after letters were folded: such a host was made to deceive the eye."""
    return reading.host.folded and name.key not in reading.host.shown and len(token.text) >= len(name.key)


def sells_silver(label: Label, token: Token, protected: Protected) -> bool:
    """Whether "kho bạc" stands beside words of jewellers: a store of silver, wherever they stand."""
    silver = (phrase.replace(" ", "") for phrase in protected.display.silver)
    return token.key == "khobac" and any(word in label.joined for word in silver)


def name_in_front(reading: Reading, protected: Protected) -> Finding | None:
    """Find a name in the labels before the registered one: dichvucong.tkvnsys.com, mof.vn-portal.cc."""
    if reading.restricted or protected.belongs(reading.host.seen, protected.hosts.vendors):
        return None
    for label in reading.fronts:
        for token in label.names("strong"):
            if _counts(label, token) and not sells_silver(label, token, protected):
                return _front(reading, protected.by_key[token.key])
        official = _official_air(reading.core) or reading.suffix in protected.hosts.cheap
        if label.is_name("short") and label.joined in _LONELY and official:
            return _front(reading, protected.by_key[label.tokens[0].key])
    return None


def _front(reading: Reading, name: Name) -> Finding:
    return finding(
        "DOMAIN_BRAND_SUBDOMAIN", Severity.MEDIUM, name.key, reading.evidence(name.key), reading.owner
    )


def _official_air(core: Label) -> bool:
    return core.explained and bool(core.kinds & {"vn", "gov", "govvn", "context", "strong", "province"})


def short_name(reading: Reading, protected: Protected) -> Finding | None:
    """Find a short name where the whole label is made of names and words that impostors put beside them."""
    label = reading.core
    if reading.restricted or not label.explained:
        return None
    for token in label.names("short"):
        name = protected.by_key[token.key]
        if label.is_name("short"):
            return _lonely(reading, name, protected)
        numbered = "digits" in label.kinds and name.key in _LONELY
        local = reading.vietnamese or reading.suffix in protected.hosts.cheap
        if partners(label, token) & name.partners or (numbered and local):
            return finding("DOMAIN_COMBO", Severity.MEDIUM, name.key, reading.evidence(name.key))
    return None


def _lonely(reading: Reading, name: Name, protected: Protected) -> Finding | None:
    foreign_state = reading.suffix.partition(".")[0] in protected.hosts.restricted
    if name.key not in _LONELY or foreign_state:
        return None
    return finding("DOMAIN_TLD_SWAP", Severity.MEDIUM, name.key, reading.evidence(name.key))


def partners(label: Label, token: Token) -> frozenset[str]:
    """Give the kinds of word that stand beside a name in its label."""
    others = {other.kind for other in label.tokens if other is not token and other.text not in _FIRM_WORDS}
    names = {"name"} if others & STATE else set()
    gov = {"gov", "vn"} if "govvn" in others else set()
    return frozenset(others | names | gov)


def _split_beside(label: Label, protected: Protected) -> str | None:
    """Give the strong name that a run of pieces makes, where every other piece is a known word."""
    pieces = label.pieces[:_MOST_PIECES]
    for start, end in combinations(range(len(pieces) + 1), 2):
        name = protected.by_key.get("".join(pieces[start:end]))
        others = (*pieces[:start], *label.pieces[end:])
        known = all(protected.lexicon.words.get(piece, ("benign", ""))[0] != "benign" for piece in others)
        if name and name.strong and end - start > 1 and others and known:
            return name.key
    return None


def split_name(reading: Reading, protected: Protected) -> Finding | None:
    """Find a name that a dot or a hyphen cuts in two: hotro.cntt.vn, k-bnn.vn, kb-nn-hotro.com."""
    if reading.restricted:
        return None
    beside = _split_beside(reading.core, protected)
    if beside:
        return finding("DOMAIN_COMBO", Severity.MEDIUM, beside, reading.evidence(beside))
    labels = (reading.core, *reading.fronts)
    pairs = [after.joined + before.joined for before, after in pairwise(labels)]
    hyphened = [label.joined for label in labels[:1] if len(label.pieces) > 1]
    for joined in (*pairs, *hyphened):
        name = protected.by_key.get(joined)
        if (
            name
            and (name.strong or joined in hyphened)
            and name.key in {*_LONELY, *(each.key for each in protected.names if each.strong)}
        ):
            return finding("DOMAIN_COMBO", Severity.MEDIUM, name.key, reading.evidence(name.key))
    return None
