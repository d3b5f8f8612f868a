"""What the codes of a font in a PDF file mean, and how wide they are (ISO 32000-1 §9.6 to §9.10)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from triage.core.pdfobjects import PdfFile
from triage.core.pdfvalues import Budget, Word, pdf_values

LONGEST_MEANING = 16
"""Bytes of UTF-16 that one code may stand for: a ligature."""

_USUAL_WIDTH = 500.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Font:
    """A font: bytes of a code, their meanings and their widths in thousandths of its size."""

    size: int = 1
    meanings: dict[int, str] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    usual: float = _USUAL_WIDTH

    def read(self, codes: bytes) -> tuple[str, float]:
        """Give what a string of codes says, and how wide it is at size 1."""
        step = self.size
        numbers = [int.from_bytes(codes[at : at + step], "big") for at in range(0, len(codes), step)]
        width = sum(self.widths.get(number, self.usual) for number in numbers)
        return "".join(map(self._meaning, numbers)), width / 1000

    def _meaning(self, number: int) -> str:
        meant = self.meanings.get(number)
        if meant is not None:
            return meant
        return bytes([number]).decode("cp1252", "ignore") if self.size == 1 else ""


def read_font(file: PdfFile, of: object) -> Font:
    """Read a font as far as its text needs it. Total."""
    said = file.dictionary(of)
    meanings = _kept(_meanings(file, file.stream(said.get("ToUnicode"))), file.budget)
    if said.get("Subtype") != "Type0":
        return Font(1, meanings, _simple_widths(file, said))
    below = file.dictionary(next(iter(file.array(said.get("DescendantFonts"))), None))
    usual = file.value(below.get("DW"))
    widths = _kept(_wide_widths(file, file.array(below.get("W"))), file.budget)
    return Font(2, meanings, widths, usual if isinstance(usual, float) else 1000.0)


def _kept(found: Iterable[tuple[int, T]], budget: Budget) -> dict[int, T]:
    """Keep what is known of codes as far as the file may still have any."""
    kept: dict[int, T] = {}
    for code, known in islice(found, budget.codes):
        budget.codes -= 1
        kept[code] = known
    return kept


def _simple_widths(file: PdfFile, said: dict[str, object]) -> dict[int, float]:
    first = file.value(said.get("FirstChar"))
    at = int(first) if isinstance(first, float) else 0
    widths = islice(file.array(said.get("Widths")), 256)
    return {at + place: width for place, width in enumerate(widths) if isinstance(width, float)}


def _wide_widths(file: PdfFile, values: list[object]) -> Iterator[tuple[int, float]]:
    """Give the widths of a font of many letters: ``c [w …]`` or ``first last w`` (§9.7.4.3)."""
    numbers: list[float] = []
    for value in map(file.value, values):
        if isinstance(value, list) and numbers:
            yield from (
                (int(numbers[-1]) + at, one) for at, one in enumerate(value) if isinstance(one, float)
            )
            numbers.clear()
        elif isinstance(value, float):
            numbers.append(value)
        if len(numbers) == 3:  # noqa: PLR2004 - first, last, width
            first, last, width = numbers
            yield from ((code, width) for code in range(int(first), int(last) + 1))
            numbers.clear()


def _meanings(file: PdfFile, table: bytes) -> Iterator[tuple[int, str]]:
    """Read a ToUnicode table (§9.10.3)."""
    said: list[object] = []
    for value in pdf_values(table, file.budget):
        if not isinstance(value, Word):
            said.append(value)
            continue
        if value == "endbfchar":
            yield from (_meaning(code, meant, 0) for code, meant in zip(said[::2], said[1::2], strict=False))
        elif value == "endbfrange":
            for first, last, meant in zip(said[::3], said[1::3], said[2::3], strict=False):
                yield from _range(first, last, meant)
        said = []


def _range(first: object, last: object, meant: object) -> Iterator[tuple[int, str]]:
    if not isinstance(first, bytes) or not isinstance(last, bytes):
        return
    start = _number(first)
    for at in range(min(_number(last) - start + 1, 1 << 16)):
        if not isinstance(meant, list):
            yield start + at, _meaning(first, meant, at)[1]
        elif at < len(meant):
            yield start + at, _meaning(first, meant[at], 0)[1]


def _meaning(code: object, meant: object, more: int) -> tuple[int, str]:
    if not isinstance(code, bytes) or not isinstance(meant, bytes) or not meant:
        return -1, ""
    meant = meant[:LONGEST_MEANING]
    number = (int.from_bytes(meant, "big") + more) % (1 << 8 * len(meant))
    return _number(code), number.to_bytes(len(meant), "big").decode("utf-16-be", "replace")


def _number(code: bytes) -> int:
    return int.from_bytes(code[:4], "big")
