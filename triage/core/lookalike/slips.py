"""Names with a few letters wrong."""

import re
from collections.abc import Iterator

from triage.core.decision import Finding, Severity
from triage.core.lookalike.reading import Label, Reading
from triage.core.lookalike.wording import finding
from triage.core.protected import Name, Protected
from triage.core.spelling.folds import shapes
from triage.core.spelling.typos import likely_slip, moved_or_doubled, slips

_SHORTEST = 5
_HEADS = (("dichvu", "cong"), ("hotro", "cntt"))
"""Names whose first half is an everyday word: there the second half must carry the likeness alone."""
_SHORT = "kbnn"
_BO_SLIPS = frozenset({"ob", "vo", "6o", "8o"})
_OTHER_B_WORDS = frozenset({"ban", "bao", "bai", "bon", "boi", "ben"})
"""What stands before "tài chính" and is a word of its own: "báo", "bản", "bài" tài chính are other things."""
_DRAWN = re.compile(r"[0-9]|rn|vv|cl|lc")


def near_name(word: str, protected: Protected) -> Name | None:
    """Give the protected name that the word misspells or draws; None for the name itself and for others."""
    if word in protected.lexicon.words:
        return None
    for name in protected.by_length.get(len(word), ()):
        found = slips(word, name.key, max(2, name.typos))
        if found and _is_likely(word, name, found):
            return name
    return _drawn_name(word, protected) if _DRAWN.search(word) else None


def _drawn_name(word: str, protected: Protected) -> Name | None:
    for form in (shapes(word), shapes(word.replace("lc", "k"))):
        name = protected.by_key.get(form)
        if name and name.strong and form != word:
            return name
    return None


def _is_likely(word: str, name: Name, found: int) -> bool:
    """Weigh slips by where they stand: names built on an everyday word must differ elsewhere."""
    if found > name.typos:
        return moved_or_doubled(word, name.key)
    if name.key == "botaichinh" and word.endswith("taichinh"):
        head = word.removesuffix("taichinh")
        return head in _BO_SLIPS or (
            head[:1] == "b" and head not in _OTHER_B_WORDS and bool(slips(head, "bo", 1))
        )
    for head, tail in _HEADS:
        if name.key == head + tail and word.startswith(head) and found > 1:
            return moved_or_doubled(word.removeprefix(head), tail)
    return True


def words_to_try(label: Label) -> Iterator[str]:
    """Give what may be a misspelt name: the label, what stands between hyphens, what no word explains."""
    yield label.joined
    yield from label.pieces
    for at, token in enumerate(label.tokens):
        if not token.kind:
            yield token.text
            for wider in (
                label.tokens[max(0, at - 1) : at + 1],
                label.tokens[at : at + 2],
                label.tokens[max(0, at - 1) : at + 2],
            ):
                yield "".join(part.text for part in wider)


def misspelt_name(reading: Reading, protected: Protected) -> Finding | None:
    """Find a long protected name with slips scaled to its length, in the registered label or one in front."""
    if reading.restricted:
        return None
    for label in (reading.core, *reading.fronts):
        if "benign" in label.kinds:
            continue
        for word in words_to_try(label):
            name = near_name(word, protected) if len(word) >= _SHORTEST else None
            if name:
                return finding("DOMAIN_TYPO", Severity.MEDIUM, name.key, reading.evidence(name.key))
    return None


def misspelt_short_name(reading: Reading, protected: Protected) -> Finding | None:
    """Find kbnn with a slip that hands or eyes make, and vst with a letter doubled on a Vietnamese suffix."""
    if reading.restricted or _SHORT not in protected.by_key:
        return None
    label = reading.core
    doubled = "vst" in protected.by_key and reading.vietnamese and label.joined in {"vvst", "vsst", "vstt"}
    if doubled:
        return finding("DOMAIN_TYPO", Severity.MEDIUM, "vst", reading.evidence("vst"))
    if label.joined not in protected.lexicon.words and _is_short_slip(
        label.joined, vietnamese=reading.vietnamese
    ):
        return finding("DOMAIN_TYPO", Severity.MEDIUM, _SHORT, reading.evidence(_SHORT))
    for piece in label.pieces:
        others = [other for other in label.pieces if other != piece]
        if (
            others
            and piece not in protected.lexicon.words
            and likely_slip(piece, _SHORT)
            and _beside_name(others, protected)
        ):
            return finding("DOMAIN_TYPO", Severity.MEDIUM, _SHORT, reading.evidence(_SHORT))
    return None


def _is_short_slip(word: str, *, vietnamese: bool) -> bool:
    """On .vn one letter more or other is near enough; elsewhere only what hands and eyes really do."""
    if len(word) < len(_SHORT):
        return vietnamese and likely_slip(word, _SHORT)
    if vietnamese and (slips(word, _SHORT, 1) or sorted(word) == sorted(_SHORT)):
        return True
    return likely_slip(word, _SHORT)


def _beside_name(pieces: list[str], protected: Protected) -> bool:
    kinds = [protected.lexicon.words.get(piece, ("", ""))[0] for piece in pieces]
    return all(kinds) and any(kind in {"strong", "short", "gov", "govvn", "vn"} for kind in kinds)


def near_gov_vn(reading: Reading, protected: Protected) -> Finding | None:
    """Find an unknown name right below gov.vn that is a slip from an official one.

    Nobody else can register there, so only a forged sender stands behind it: it weighs nothing in an
    authenticated mail, little where there is no mail, and counts in one that failed.
    """
    if not reading.restricted or reading.authenticated is True or len(reading.labels) < 3:  # noqa: PLR2004 -- x.gov.vn
        return None
    label = reading.labels[-3].replace("-", "")
    if reading.labels[-3] in protected.hosts.gov_vn or label in protected.words.provinces:
        return None
    for name in protected.names:
        near = (
            label == name.key or slips(label, name.key, max(1, name.typos)) or _same_drawing(label, name.key)
        )
        if near and (f"{name.key}.gov.vn" in protected.hosts.ours | protected.hosts.genuine):
            severity = Severity.MEDIUM if reading.authenticated is False else Severity.LOW
            official = f"{name.key}.gov.vn"
            return finding("DOMAIN_NEAR_GOVVN", severity, official, reading.evidence(official))
    return None


def _same_drawing(label: str, name: str) -> bool:
    return label.translate(str.maketrans("0153", "olse")) == name
