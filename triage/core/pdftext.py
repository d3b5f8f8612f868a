"""The text of a PDF file that was written and not scanned: lines as they stand on the page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from triage.core.pdffonts import Font, read_font
from triage.core.pdfobjects import PdfFile, read_pdf
from triage.core.pdfvalues import Ref, Word, pdf_values
from triage.core.text import clean

MOST_PAGES = 5
MOST_FONTS = 40
"""Pages of one file, and fonts of it, that are read."""

LONGEST_TEXT = 50_000
"""Characters of one file, and codes of one page."""

_MOST_OPERANDS = 1_000
_LONGEST_STRING = 5_000
_DEEPEST = 20
_PARENTS = 8
_SPACE, _CELL = 0.15, 0.6
"""Gaps, in sizes of the font, that stand for a blank and for the border of a cell."""

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Run:
    """A few letters on a page: where they begin and end, and how high they are, in units of the page."""

    x: float
    y: float
    end: float
    size: float
    text: str


def pdf_text(data: bytes) -> str:
    """Give the lines of a PDF, a tab where a cell of a table ends. Total, and linear but for sorting."""
    file = read_pdf(data)
    fonts = _Fonts(file)
    pages = [number for number, place in file.places.items() if b"/Page" in place.body]
    found = (page for page in map(file.dictionary, map(Ref, pages)) if page.get("Type") == "Page")
    return clean("\n".join(_page_text(file, fonts, page) for page in islice(found, MOST_PAGES)))[
        :LONGEST_TEXT
    ]


def _page_text(file: PdfFile, fonts: "_Fonts", page: dict[str, object]) -> str:
    contents = page.get("Contents")
    parts = file.value(contents)
    refs = parts if isinstance(parts, list) else [contents]
    drawn = b"\n".join(file.stream(ref) for ref in refs[:_MOST_OPERANDS])
    pen = _Pen(fonts.named(page))
    operands: list[object] = []
    for value in pdf_values(drawn, file.budget):
        if isinstance(value, Word):
            pen.draw(value, operands)
            operands = []
        elif len(operands) < _MOST_OPERANDS:
            operands.append(value)
        if pen.size > LONGEST_TEXT:
            break
    return _lines(pen.runs)


@dataclass(slots=True)
class _Fonts:
    """The fonts of a file, each read once."""

    file: PdfFile
    known: dict[int, Font] = field(default_factory=dict)

    def named(self, page: dict[str, object]) -> Callable[[object], Font]:
        """Give the fonts of a page by the names that its drawing calls them."""
        there = self.file.dictionary(self._resources(page).get("Font"))
        return lambda name: self._font(there.get(str(name)))

    def _resources(self, page: dict[str, object]) -> dict[str, object]:
        for _ in range(_PARENTS):  # what a page does not say, those above it do
            if "Resources" in page or "Parent" not in page:
                break
            page = self.file.dictionary(page["Parent"])
        return self.file.dictionary(page.get("Resources"))

    def _font(self, of: object) -> Font:
        if not isinstance(of, Ref):
            return Font()
        if of.number not in self.known and len(self.known) < MOST_FONTS:
            self.known[of.number] = read_font(self.file, of)
        return self.known.get(of.number, Font())


@dataclass(slots=True)
class _Pen:
    """The state of drawing text (ISO 32000-1 §9.3, §9.4) and the runs that were drawn."""

    fonts: Callable[[object], Font]
    runs: list[Run] = field(default_factory=list)
    size: int = 0  # bytes of strings
    page: Matrix = _SAME
    kept: list[Matrix] = field(default_factory=list)
    line: Matrix = _SAME
    place: Matrix = _SAME
    font: Font = field(default_factory=Font)
    height: float = 1.0
    leading: float = 0.0
    spacing: dict[str, float] = field(default_factory=lambda: {"Tc": 0.0, "Tw": 0.0})

    def draw(self, operator: str, operands: list[object]) -> None:
        numbers = [one for one in operands if isinstance(one, float)]
        match operator, numbers:
            case "BT", _:
                self.line = self.place = _SAME
            case "Tm", [a, b, c, d, e, f]:
                self.line = self.place = (a, b, c, d, e, f)
            case "Td" | "TD", [x, y]:
                self.leading = -y if operator == "TD" else self.leading
                self._move(x, y)
            case "T*", _:
                self._move(0.0, -self.leading)
            case "TL", [leading]:
                self.leading = leading
            case "Tc" | "Tw", [spacing]:
                self.spacing[operator] = spacing
            case "Tf", [height]:
                self.font, self.height = self.fonts(operands[0]), height
            case "Tj" | "TJ" | "'" | '"', _:
                self._show(operator, operands)
            case _:
                self._turn(operator, numbers)

    def _turn(self, operator: str, numbers: list[float]) -> None:
        match operator, numbers:
            case "q", _ if len(self.kept) < _DEEPEST:
                self.kept.append(self.page)
            case "Q", _ if self.kept:
                self.page = self.kept.pop()
            case "cm", [a, b, c, d, e, f]:
                self.page = _times((a, b, c, d, e, f), self.page)
            case _:
                pass

    def _move(self, x: float, y: float) -> None:
        self.line = self.place = _times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def _show(self, operator: str, operands: list[object]) -> None:
        if operator in {"'", '"'}:
            self._move(0.0, -self.leading)
        last = operands[-1] if operands else None
        for piece in last if isinstance(last, list) else [last]:
            if isinstance(piece, bytes):
                self._write(piece)
            elif isinstance(piece, float):
                self._advance(-piece / 1000 * self.height)

    def _write(self, codes: bytes) -> None:
        if self.size > LONGEST_TEXT:
            return
        codes = codes[:_LONGEST_STRING]
        text, width = self.font.read(codes)
        start = _times(self.place, self.page)
        blanks = codes.count(b" ") if self.font.size == 1 else 0
        self._advance(
            width * self.height
            + self.spacing["Tc"] * len(codes) / self.font.size
            + self.spacing["Tw"] * blanks
        )
        end = _times(self.place, self.page)
        size = abs(self.height) * max(abs(start[0]), abs(start[1]))
        self.runs.append(Run(start[4], start[5], end[4], size, text))
        self.size += len(codes)

    def _advance(self, by: float) -> None:
        self.place = _times((1.0, 0.0, 0.0, 1.0, by, 0.0), self.place)


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _lines(runs: Iterable[Run]) -> str:
    """Put runs at one height on one line, from the top to the bottom and from left to right."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.y):
        if lines and abs(lines[-1][0].y - run.y) <= run.size / 3:
            lines[-1].append(run)
        else:
            lines.append([run])
    return "\n".join("".join(_spaced(sorted(line, key=lambda run: run.x))) for line in lines)


def _spaced(line: list[Run]) -> Iterator[str]:
    end: float | None = None
    for run in line:
        gap = 0.0 if end is None else run.x - end
        yield "\t" if gap > _CELL * run.size else " " if gap > _SPACE * run.size else ""
        yield run.text
        end = run.end
