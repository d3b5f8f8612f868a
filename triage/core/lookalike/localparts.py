"""Who a mailbox name claims to be: the treasury, or a unit that does business with it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from triage.core.decision import Finding, Severity
from triage.core.lookalike.canonical import canonical_host
from triage.core.lookalike.combos import partners, sells_silver
from triage.core.lookalike.reading import Label, read_label
from triage.core.lookalike.wording import finding
from triage.core.protected import Name, Protected
from triage.core.spelling.folds import plain_word, shapes, skeleton
from triage.core.spelling.segment import Token
from triage.core.spelling.typos import slips

_PARTS = re.compile(r"[^a-z0-9]+")
_LOCAL_LIMIT = 128
_LONG = 9
"""Only names so long are looked for with slips: "Khoa Bắc" is a person."""
_SHORT_CUT = 6
_DEALINGS = frozenset(
    {"giaodich", "ketnoi", "gateway", "connect", "doichieu", "thanhtoan", "kyso", "hoso", "api"}
)
"""What a body does with the treasury; a mailbox called so on its own domain is its honest office."""
_MOST_NOISE = 2
_BUSY = frozenset({"context", "vn", "gov", "govvn", "province", "short", "digits"})


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom a mailbox name stands for.

    ``unit`` tells that words of a budget unit stand beside; ``sure`` that nothing else is left unexplained;
    ``whole`` that no letter at all is; ``bare`` that the name stands alone; ``host`` that a whole official
    host is spelt out.
    """

    name: str
    treasury: bool
    strong: bool
    unit: bool
    sure: bool
    whole: bool
    bare: bool
    host: bool


@lru_cache(maxsize=8192)
def read_claim(local: str, protected: Protected) -> Claim | None:
    """Give the claim that a local part makes, None where it makes none."""
    seen = skeleton(local[:_LOCAL_LIMIT])
    pieces = [piece for piece in _PARTS.split(seen) if piece]
    if not pieces:
        return None
    joined = "".join(pieces)
    if not protected.name_hint.search(joined) and not _slipped(joined, protected):
        return None
    label = read_label("-".join(pieces), protected, units=True)
    official = _spelt_host(pieces, protected)
    if official:
        return Claim(official, True, True, False, True, True, False, host=True)
    if "benign" in label.kinds:
        return None
    named = _by_name(label, protected)
    if named and (named.sure or named.unit):
        return named
    return _by_slip(label, protected) or _by_drawing(pieces, protected) or named


def _spelt_host(pieces: list[str], protected: Protected) -> str | None:
    joined = "".join(pieces)
    hosts = protected.hosts.ours | protected.hosts.genuine
    return next((host for host in sorted(hosts) if host.replace(".", "") in joined), None)


def _by_name(label: Label, protected: Protected) -> Claim | None:
    unit = "unit" in label.kinds
    few = label.unknown <= _MOST_NOISE
    tokens = [token for token in label.names("strong") if not sells_silver(label, token, protected)]
    strong = [protected.by_key[token.key] for token in tokens]
    if strong:
        best = max(strong, key=lambda name: (name.treasury, name.key == protected.mailbox))
        sure = few and not unit and not _may_be_initials(label)
        bare = all(token.kind not in _BUSY or _is_dealing(token) for token in label.tokens)
        return _claim(best, strong=True, unit=unit, sure=sure, whole=not label.unknown, bare=bare)
    for token in label.names("short"):
        name = protected.by_key[token.key]
        if label.explained and partners(label, token) & (name.partners | {"short"}):
            return _claim(name, strong=False, unit=unit, sure=not unit, whole=True, bare=False)
    return None


def _is_dealing(token: Token) -> bool:
    """Whether the word only says what a body's own mailbox is for: "giaodichkhobac", "dvckbnn"."""
    return token.kind in {"short", "digits"} or token.text in _DEALINGS


def _may_be_initials(label: Label) -> bool:
    """Whether nothing is left but a short cut that people's names make too: Đỗ Văn Công is "dvcong"."""
    words = [token for token in label.tokens if token.kind != "digits"]
    return len(words) == 1 and len(words[0].text) <= _SHORT_CUT and words[0].text != words[0].key


def _claim(name: Name, *, strong: bool, unit: bool, sure: bool, whole: bool, bare: bool) -> Claim:
    return Claim(name.key, name.treasury, strong, unit, sure, whole, bare, host=False)


def _by_slip(label: Label, protected: Protected) -> Claim | None:
    name = _slipped(label.joined, protected)
    return _claim(name, strong=True, unit=False, sure=True, whole=True, bare=True) if name else None


def _by_drawing(pieces: list[str], protected: Protected) -> Claim | None:
    """Read digits inside words as letters that they look like ("h0tr0.kbnn"), but no year behind a name."""
    drawn = [piece if piece[-2:].isdigit() else plain_word(piece) for piece in pieces]
    named = (
        _by_name(read_label("-".join(drawn), protected, units=True), protected) if drawn != pieces else None
    )
    return named if named and named.sure else None


def _slipped(joined: str, protected: Protected) -> Name | None:
    word = "".join(char for char in joined if not char.isdigit())
    for name in protected.by_length.get(len(word), ()):
        if name.strong and len(name.key) >= _LONG and slips(word, name.key, max(1, name.typos - 1)):
            return name
    return None


def check_local_part(
    local: str,
    domain: str,
    protected: Protected,
    by_domain: tuple[Finding, ...],
    *,
    authenticated: bool | None,
) -> tuple[Finding, ...]:
    """Judge the part before the at-sign, knowing what the domain is and what was found about it."""
    host = canonical_host(domain)
    if host.plain and protected.belongs(host.seen, protected.hosts.ours):
        return _on_ours(local, host.seen, protected, authenticated=authenticated)
    claim = read_claim(local, protected)
    if not claim or protected.belongs(host.seen, protected.hosts.vendors):
        return ()
    evidence = f"{local}@{domain} → {claim.name}"
    if claim.unit:
        return (finding("LOCALPART_UNIT", Severity.INFO, claim.name, evidence, domain),)
    severity = _weight(claim, host.seen, protected, by_domain)
    return (finding("LOCALPART_CLAIM", severity, claim.name, evidence, domain),)


def _on_ours(
    local: str, host: str, protected: Protected, *, authenticated: bool | None
) -> tuple[Finding, ...]:
    mailbox = protected.mailbox
    seen = skeleton(local)
    if local.lower() == mailbox:
        return ()
    if seen == mailbox:
        return (finding("LOCALPART_SLIP", Severity.HIGH, protected.address, f"{local}@{host} → {seen}"),)
    if not slips(seen, mailbox, 2):
        return ()
    severity = Severity.LOW if authenticated is True else Severity.MEDIUM
    return (finding("LOCALPART_SLIP", severity, protected.address, f"{local}@{host} → {mailbox}"),)


def _weight(claim: Claim, host: str, protected: Protected, by_domain: tuple[Finding, ...]) -> Severity:
    ours = claim.treasury or claim.name == protected.mailbox
    if host.endswith(".gov.vn"):
        return Severity.MEDIUM if by_domain and ours and claim.sure else Severity.INFO
    if not claim.sure:
        return Severity.LOW
    if any(protected.belongs(form, protected.hosts.freemail) for form in (host, shapes(host))):
        return Severity.HIGH if claim.host or (claim.strong and ours and claim.whole) else Severity.MEDIUM
    return _weight_elsewhere(claim, host, by_domain)


def _weight_elsewhere(claim: Claim, host: str, by_domain: tuple[Finding, ...]) -> Severity:
    """On another body's own domain a name like hotrocntt@ or khobac@ may be its honest office."""
    if claim.host:
        return Severity.HIGH
    if by_domain:
        return Severity.MEDIUM
    if not (claim.treasury and claim.strong) or host.endswith(".edu.vn"):
        return Severity.LOW
    honest = claim.bare and claim.name != "khobacnhanuoc" and host.endswith(".vn")
    return Severity.LOW if honest else Severity.MEDIUM
