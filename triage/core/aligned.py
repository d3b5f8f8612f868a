"""Folded text that still tells where each character stood in the original."""

from dataclasses import dataclass, field

from triage.core.plainletters import is_plain
from triage.core.text import fold, without_unseen

_UNEVEN = "\ue000"
"""Stands in for a character that folds to none or several; one of private use, which texts hardly hold."""

_LAST_REMEMBERED = 0xFFFF


class _Even(dict[int, str]):
    """What each character folds to where that is one character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = fold(without_unseen(chr(code)))
        even = folded if len(folded) == 1 else _UNEVEN
        if code <= _LAST_REMEMBERED:
            self[code] = even
        return even


_EVEN = _Even()


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text beside its folded form ``flat``; characters that show nothing are left out of ``flat``."""

    text: str
    flat: str
    _places: tuple[int, ...] | None = field(repr=False)

    def place(self, at: int) -> int:
        """Give the place in ``text`` of the character that stands at ``at`` in ``flat``."""
        return at if self._places is None else self._places[at]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the piece of ``text`` that a piece of ``flat``, at least one character long, comes from."""
        return self.place(start), self.place(end - 1) + 1


def aligned(text: str) -> Aligned:
    """Fold a text, remembering places only where folding changes their number."""
    if text.isascii():
        return Aligned(text, text.lower(), None)
    if is_plain(text):
        return Aligned(text, fold(text), None)
    flat = text.translate(_EVEN)
    if _UNEVEN not in flat:
        return Aligned(text, flat, None)
    pieces: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        folded = fold(without_unseen(char))
        pieces.append(folded)
        places.extend([at] * len(folded))
    return Aligned(text, "".join(pieces), tuple(places))
