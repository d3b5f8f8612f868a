"""Which of some texts is nearest to one text by its words: TF-IDF and the cosine between them.

Words are folded, so that who types without tones is understood; beside the syllables stand pairs of them,
since most Vietnamese words have two. Words that every mail has are left out. What is rare among the texts
weighs most (Salton and Buckley 1988). Nothing is kept, and nothing leaves the machine.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log, sqrt

from triage.core.shortforms import spell_out
from triage.core.text import one_line
from triage.core.words import Word, words

NEAR_ENOUGH = 0.3
"""From this likeness on an old answer is worth a look; measured, see docs/adr/0025-learning-from-work.md."""

NEARER = 0.4
NEAREST = 0.5
"""Where likeness is called by its next words."""

MOST_WORDS = 120
"""Words of one text that are compared."""

MOST_SHARED = 4
"""Shared words that are told."""

_FEWEST = 2
"""Telling terms that two texts must share; one alone is chance."""

_SMALL = frozenset(
    """
    kinh gui chao thua em anh chi ban cac doi ngu ho tro quy toi chung minh ben nhe nho giup xin cam on tran
    trong mong de nghi vui long a oi duoc lien he nguoi ong ba co chau phong don vi truong xa phuong huyen
    tinh thanh pho ubnd uy nhan dan so cong ty kho bac nha nuoc kbnn ke toan thu dien thoai sdt
    la va thi ma nhung cua cho voi o tai trong tren duoi tu den khi luc lai ra vao len xuong di nay do kia
    day mot hai ba bon nam nhieu lan deu cung van con da dang se roi chua moi vua cu bi ca theo ve vi
    nen neu the nao gi sao bao gio hom qua mai sang trua chieu ngay thang phut ay hay that rat nua luon
    dvc dich vu cong khong viec van hanh
    """.split()  # noqa: SIM905 - a list of words reads better
)
"""Courtesy, the people of a mail, words that join: they tell nothing of the matter."""


class Nearness(StrEnum):
    """How near a text is, in words."""

    NEAR = "near"
    NEARER = "nearer"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class Near:
    """A text that is near: its place among those compared, how near, and the words both have.

    ``shared`` are as the asking text writes them, the weightiest first.
    """

    place: int
    likeness: float
    shared: tuple[str, ...]

    @property
    def nearness(self) -> Nearness:
        """Say how near it is in one of three words."""
        if self.likeness >= NEAREST:
            return Nearness.NEAREST
        return Nearness.NEARER if self.likeness >= NEARER else Nearness.NEAR


def _telling(text: str) -> list[Word | None]:
    """Give the telling words of a text in their order, None in the place of any other."""
    found = spell_out(words(text, MOST_WORDS))
    return [None if one.folded in _SMALL or one.folded.isdigit() else one for one in found]


def _counted(telling: Sequence[Word | None]) -> Counter[str]:
    """Count the telling words and the pairs of such that follow one another."""
    folded = [one and one.folded for one in telling]
    counts = Counter(one for one in folded if one)
    counts.update(f"{one} {other}" for one, other in pairwise(folded) if one and other)
    return counts


def _written(text: str, telling: Sequence[Word | None]) -> dict[str, str]:
    """Give how a text writes its terms the first time."""
    written: dict[str, str] = {}
    for one, other in zip(telling, (*telling[1:], None), strict=False):
        if one:
            written.setdefault(one.folded, text[one.start : one.end].lower())
        if one and other:
            pair = one_line(text[one.start : other.end]).lower()
            written.setdefault(f"{one.folded} {other.folded}", pair)
    return written


def nearest(text: str, others: Sequence[str], most: int) -> list[Near]:
    """Give those of the others that are near enough to a text, the nearest first, at most so many.

    Of two that are equally near the one that stands first goes first.
    """
    telling = _telling(text)
    asked = _counted(telling)
    counted = [_counted(_telling(other)) for other in others]
    among = Counter(term for counts in counted for term in counts)
    rarity = {term: _rarity(len(others), among[term]) for term in {*among, *asked}}
    wanted = _weighed(asked, rarity)
    written = _written(text, telling)
    found: list[Near] = []
    for place, counts in enumerate(counted):
        weights = _weighed(counts, rarity)
        shared = {term: weight * weights[term] for term, weight in wanted.items() if term in weights}
        likeness = sum(shared.values())
        if likeness >= NEAR_ENOUGH and sum(" " not in term for term in shared) >= _FEWEST:
            found.append(Near(place, likeness, _told(shared, written)))
    return sorted(found, key=lambda one: -one.likeness)[:most]


def _rarity(texts: int, holding: int) -> float:
    """Weigh a term by how few of the texts hold it; the one that asks counts among them."""
    return log((texts + 2) / (holding + 1)) + _FLOOR


_FLOOR = 0.3
"""What a term weighs that every text has: among few texts rarity says little."""


def _weighed(counts: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {term: (1 + log(count)) * rarity[term] for term, count in counts.items()}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}


def _told(shared: Mapping[str, float], written: Mapping[str, str]) -> tuple[str, ...]:
    """Choose the words to tell: pairs first, since a syllable alone is seldom a word; none in two of them."""
    told: list[str] = []
    for term in sorted(shared, key=lambda term: (" " not in term, -shared[term], term)):
        if len(told) == MOST_SHARED:
            break
        parts = set(term.split())
        if all(parts.isdisjoint(one.split()) for one in told):
            told.append(term)
    return tuple(written[term] for term in told)
