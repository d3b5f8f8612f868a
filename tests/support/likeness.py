"""How well ways of comparing tell complaints of one error apart: ``python tests/support/likeness.py``.

The texts are those of ``surge_texts``. For each way it prints the threshold of the best F1, precision and
recall of pairs there, and the recall at the lowest threshold that takes no two different ones for one; for
the signature also what the product's own threshold gives.
"""

import re
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from rapidfuzz import fuzz
from support.surge_texts import ERRORS, ORDINARY, Said

from triage.core.similar import SAME, likeness, signature_of_terms, terms_of
from triage.core.text import fold

Compare = Callable[[Said, Said], float]


class Pair(NamedTuple):
    """How alike two texts are, and whether they tell of one error."""

    score: float
    same: bool


def pairs(compare: Compare) -> list[Pair]:
    """Compare every text with every other."""
    texts = [(name, one) for name, many in ERRORS.items() for one in many]
    texts += [("", one) for many in ORDINARY.values() for one in many]
    return [
        Pair(compare(one, other), bool(name) and name == other_name)
        for (name, one), (other_name, other) in combinations(texts, 2)
    ]


def at(found: Sequence[Pair], threshold: float) -> tuple[float, float, int]:
    """Give precision and recall at a threshold, and how many different ones are taken for one."""
    right = sum(one.same for one in found if one.score >= threshold)
    wrong = sum(not one.same for one in found if one.score >= threshold)
    return (right / (right + wrong) if right + wrong else 1.0), right / sum(one.same for one in found), wrong


def main() -> None:
    """Print a line for each way."""
    for name, compare in WAYS.items():
        found = pairs(compare)
        best = max((one.score for one in found if one.same), key=lambda score: _f1(found, score))
        precision, recall, wrong = at(found, best)
        clean = max(one.score for one in found if not one.same) + 1e-9
        told = f"{name:24} {best:.3f}  P {precision:.3f}  R {recall:.3f}  wrong {wrong}"
        print(f"{told}  none wrong: R {at(found, clean)[1]:.3f}")  # noqa: T201 - its answer
    precision, recall, wrong = at(pairs(WAYS["weighed MinHash"]), SAME)
    print(f"the product, at {SAME}: P {precision:.3f}  R {recall:.3f}  wrong {wrong}")  # noqa: T201 - same


def _f1(found: Sequence[Pair], threshold: float) -> float:
    precision, recall, _ = at(found, threshold)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shingles(said: Said) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", fold(f"{said.subject} {said.text}"))
    return {tuple(words[at : at + 2]) for at in range(len(words) - 1)}


def _jaccard(one: Said, other: Said) -> float:
    left, right = _shingles(one), _shingles(other)
    return len(left & right) / len(left | right)


def _signed(said: Said) -> bytes:
    return signature_of_terms(terms_of(*said))


WAYS: dict[str, Compare] = {
    "pairs of words, Jaccard": _jaccard,
    "rapidfuzz token_set": lambda one, other: fuzz.token_set_ratio(fold(one.text), fold(other.text)) / 100,
    "rapidfuzz token_sort": lambda one, other: fuzz.token_sort_ratio(fold(one.text), fold(other.text)) / 100,
    "weighed MinHash": lambda one, other: likeness(_signed(one), _signed(other)),
}


if __name__ == "__main__":
    main()
