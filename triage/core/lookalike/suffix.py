"""Fakes of the restricted suffix gov.vn, by a grammar; a third of the real fakes imitate nothing else."""

import re

from triage.core.decision import Finding, Severity
from triage.core.lookalike.reading import STATE, Label, Reading
from triage.core.lookalike.wording import finding
from triage.core.protected import Protected
from triage.core.spelling.folds import shapes
from triage.core.spelling.typos import distance

NAME = "gov.vn"
_INSIDE = re.compile(r"(?:^|[.-])gov[.-]?vn(?=[.-]|$)|gov[.-]vn(?=[.-]|$)")
_VIETGOV = re.compile(
    r"(?:(?:^|[-.])(?:vn|vne)|v[ie]{1,2}t{1,2}(?:nam)?|viet(?:nam)?|vietnam)[a-z]{0,5}?g[ao0]{1,3}v{1,2}n?(?:vn|id|\d+|[a-z])?$"
)
_GOVN = re.compile(r"(?:g[ao0]{1,3}v{1,2}n|vngov)\d*$")
_CHEAP_GOV = re.compile(r"[a-z]{0,6}g[ao0]{1,3}v\d*")
_ANY_STATES = frozenset({"tax", "treasury", "eid"})
"""Words for what every state has; before a foreign gov they name nobody of ours."""
_MOST_NOISE = 4
"""Letters of noise that fakes put between a state name and gov: bcaddgov, vssidogov."""
_MOST_TAIL = 3
_COUNTRY = 2
_VN_SLIPS = frozenset({"nv", "vm", "wn", "vnn", "v", "n", "vh", "vb", "uvn", "vvn", "nvn", "vnm", "vj", "xn"})
_OURS_ABROAD = frozenset({"vst", "dvc"})
"""Short names that no foreign state uses; each has a ministry of finance and a treasury."""


def fake_suffix(reading: Reading, protected: Protected) -> Finding | None:
    """Find gov.vn, or what shall pass for it, where it decides nothing."""
    if reading.restricted:
        return None
    for look in (_literal, _folded_end, _glued, _vietgov, _state_name_gov, _cheap_gov):
        severity = look(reading, protected)
        if severity:
            return finding("DOMAIN_SUFFIX_FOLD", severity, NAME, reading.evidence(NAME), reading.owner)
    return None


def _literal(reading: Reading, _: Protected) -> Severity | None:
    """gov.vn, gov-vn, govvn standing whole before the suffix that counts."""
    return Severity.HIGH if _INSIDE.search(reading.left) or _INSIDE.search(shapes(reading.left)) else None


def _folded_end(reading: Reading, _: Protected) -> Severity | None:
    """Find an end that reads gov.vn and is spelt in other letters."""
    return Severity.HIGH if reading.host.folded and reading.host.seen.endswith(".gov.vn") else None


def _glued(reading: Reading, _: Protected) -> Severity | None:
    """egovn, dichvuconggovvn, vngov: one label that ends in both words."""
    labels = (reading.core, *reading.fronts)
    if any(_ends_in_govvn(label) or _GOVN.search(label.text) for label in labels):
        named = any(label.names("strong", "short") for label in labels)
        return Severity.HIGH if named else Severity.MEDIUM
    return None


def _ends_in_govvn(label: Label) -> bool:
    tokens = label.tokens
    for at, token in enumerate(tokens):
        pair = token.kind == "gov" and at + 1 < len(tokens) and tokens[at + 1].text in {"vn", "vietnam"}
        if token.kind != "govvn" and not pair:
            continue
        rest = tokens[at + 1 + pair :]
        if tokens[at + pair].end in label.cuts:
            return True
        most = 0 if token.text == "govn" else _MOST_TAIL
        if sum(len(other.text) for other in rest if not other.kind) <= most and "benign" not in label.kinds:
            return True
    return False


def _vietgov(reading: Reading, _: Protected) -> Severity | None:
    """vietgov3, veitgov, vnogov, vietnamtctgaoov: the country, noise, then gov in some spelling."""
    labels = (reading.core, *reading.fronts)
    return (
        Severity.MEDIUM if any(_VIETGOV.search(label.text) for label in labels if "g" in label.text) else None
    )


def _state_name_gov(reading: Reading, protected: Protected) -> Severity | None:
    """gdtgov, btcgov, bcaddgov, kbnngov: a state name, little noise, gov, little more."""
    grave = None
    for label in (reading.core, *reading.fronts):
        for at, token in enumerate(label.tokens):
            before = label.tokens[:at]
            if (
                token.kind in STATE
                and token.key != "tax"
                and all(each.kind for each in before)
                and _gov_follows(label, at)
            ):
                name = protected.by_key.get(token.key)
                strong = bool(name and (name.treasury or token.kind == "strong"))
                grave = Severity.HIGH if strong or grave is Severity.HIGH else Severity.MEDIUM
    return grave


def _cheap_gov(reading: Reading, protected: Protected) -> Severity | None:
    """hgov.cc, viet.cgov.com, dvc.xqgov.com: noise and gov, on a cheap suffix or behind a state name."""
    if not _CHEAP_GOV.fullmatch(reading.core.joined):
        return None
    country = any(
        label.joined in protected.words.vn or (label.is_name(*STATE) and label.joined not in _ANY_STATES)
        for label in reading.fronts
    )
    return Severity.MEDIUM if country or reading.suffix in protected.hosts.cheap else None


def _gov_follows(label: Label, at: int) -> bool:
    noise = 0
    for place, token in enumerate(label.tokens[at + 1 :], at + 1):
        if token.kind == "gov":
            tail = label.tokens[place + 1 :]
            return sum(len(other.text) for other in tail if not other.kind) <= _MOST_TAIL
        noise += 0 if token.kind else len(token.text)
        if noise > _MOST_NOISE:
            return False
    return False


def swapped_suffix(reading: Reading, protected: Protected) -> Finding | None:
    """Find a state name before what is nearly gov.vn: vst.goov.vn, vst.gov.nv, kbnn.gob.vn, vst.gov.co."""
    if reading.restricted:
        return None
    labels = reading.labels
    for at in range(1, len(labels)):
        if not _reads_like_gov(labels[at], labels[at + 1 :], protected):
            continue
        whole = ".".join((*labels[:at], NAME))
        if protected.belongs(whole, protected.hosts.ours):
            return finding("DOMAIN_SUFFIX_SWAP", Severity.HIGH, whole, reading.evidence(whole))
        before = protected.cut(labels[at - 1].replace("-", ""), frozenset())
        if len(before) == 1 and _is_imitated(before[0].kind, before[0].text, labels[at:], protected):
            official = f"{labels[at - 1]}.gov.vn"
            return finding(
                "DOMAIN_SUFFIX_SWAP", _weight(before[0].kind), official, reading.evidence(official)
            )
    return None


def _weight(kind: str) -> Severity:
    return Severity.HIGH if kind == "strong" else Severity.MEDIUM


def _is_imitated(kind: str, text: str, end: tuple[str, ...], protected: Protected) -> bool:
    if kind == "province":
        return end[0] == "gov" and len(end) == 2 and slips_to_vn(end[1])  # noqa: PLR2004 -- gov and the country
    if kind not in STATE:
        return False
    foreign = (
        len(end) == _COUNTRY
        and end[0] in protected.hosts.restricted
        and len(end[1]) == _COUNTRY
        and not slips_to_vn(end[1])
    )
    return not (foreign and (kind == "othershort" or (kind == "short" and text not in _OURS_ABROAD)))


def slips_to_vn(label: str) -> bool:
    """Tell whether a top-level label is a slip away from vn and no country's own."""
    return label in _VN_SLIPS


def _reads_like_gov(label: str, rest: tuple[str, ...], protected: Protected) -> bool:
    if len(rest) > 1:
        return False
    if not rest:
        return label in protected.words.govvn
    if label == "gov":
        return rest != ("vn",)
    if label in {"gob", "gouv", "govt"}:
        return rest == ("vn",)
    return rest == ("vn",) and distance()(shapes(label), "gov", score_cutoff=1) <= 1
