"""The colours of the pages can be read by everybody, by day and by night (WCAG 2.2, 1.4.3)."""

import re

import pytest

from triage.web.assets import ASSETS

SHEETS = {name: asset.content.decode() for name, asset in ASSETS.items() if name.endswith(".css")}
SCHEMES = {
    f"{sheet} {scheme}": dict(re.findall(r"--([\w-]+): (#\w+);", block))
    for sheet, text in SHEETS.items()
    for scheme, block in zip(("light", "dark"), text.split("@media")[:2], strict=True)
}
WORDS_ON_GROUNDS = (
    *((words, ground) for words in ("ink", "soft", "accent") for ground in ("ground", "sheet", "note")),
    *((words, "raised") for words in ("ink", "soft", "accent", "red", "amber", "green")),
    *((words, "sheet") for words in ("red", "amber", "green")),
    *((colour, f"{colour}-ground") for colour in ("red", "amber", "green", "accent")),
    ("ink", "accent-ground"),
    ("on-accent", "accent"),
    ("on-bar", "bar"),
)
MOST_BYTES = 30 * 1024


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", SCHEMES.values(), ids=SCHEMES)
def test_words_stand_out_from_their_ground(colours: dict[str, str]) -> None:
    pairs = [pair for pair in WORDS_ON_GROUNDS if set(pair) <= colours.keys()]
    assert len(pairs) >= 9
    told = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in told.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("colours", [one for name, one in SCHEMES.items() if name.startswith("desk")])
def test_the_edge_of_a_field_stands_out_from_its_ground(colours: dict[str, str]) -> None:
    assert min(contrast(colours["edge"], colours[ground]) for ground in ("ground", "sheet")) >= 3


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_stylesheet_fetches_nothing(sheet: str) -> None:
    assert "url(" not in sheet
    assert "@import" not in sheet


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_stylesheet_stays_small(sheet: str) -> None:
    assert len(sheet.encode()) <= MOST_BYTES


def test_the_module_stays_small_and_asks_nobody_else() -> None:
    module = ASSETS["desk.js"].content.decode()
    assert len(module.encode()) <= 15 * 1024
    assert "//" not in re.sub(r"(?m)^\s*//.*$", "", module)
    assert "innerHTML" not in module
