"""The colours of the pages can be read by everybody, by day and by night (WCAG 2.2, 1.4.3)."""

import re

import pytest

from triage.web.templating import STYLESHEET

LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in STYLESHEET.split("@media")[:2])


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("words", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["ground", "sheet", "note"])
def test_words_stand_out_from_their_ground(colours: dict[str, str], words: str, ground: str) -> None:
    assert contrast(colours[words], colours[ground]) >= 4.5


def test_the_stylesheet_fetches_nothing() -> None:
    assert "url(" not in STYLESHEET
    assert "@import" not in STYLESHEET
