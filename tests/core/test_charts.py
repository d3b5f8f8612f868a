"""Bars as an image: as long as their numbers, and nothing of a name is markup."""

import re
from xml.etree import ElementTree as ET

import pytest

from triage.core.charts import COLUMNS_HEIGHT, LONGEST_NAME, WIDTH, Bar, draw, draw_columns, height_of

LEGEND = ("Đúng hạn", "Trễ hạn", "Chưa tính")


def test_parts_are_as_long_as_their_numbers_and_the_longest_bar_fits() -> None:
    drawn = draw([Bar("Một", (6, 3, 1)), Bar("Hai", (0, 5, 0))], LEGEND)
    wide = [float(found) for found in re.findall(r'x="[\d.]+" y="\d+" width="([\d.]+)"', drawn)][3:]
    assert [round(one / wide[2]) for one in wide] == [6, 3, 1, 5]
    assert sum(wide[:3]) < WIDTH
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert root.get("height") == str(height_of(2))


def test_a_name_is_text_and_a_long_one_is_cut() -> None:
    drawn = draw([Bar("</text><script>alert(1)</script>", (1, 0, 0)), Bar("a" * 400, (0, 0, 0))], LEGEND)
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "</text><script>alert(1)</script>" in said
    assert "a" * (LONGEST_NAME - 1) + "…" in said
    assert "<script" not in drawn


def test_nothing_to_draw_is_an_image_all_the_same() -> None:
    assert ET.fromstring(draw([], LEGEND)).get("height") == str(height_of(0))  # noqa: S314 - our own


def test_columns_stand_on_one_floor_and_the_highest_is_told_by_its_number() -> None:
    days = [Bar(f"{day:02}/11", (day, 0, 1)) for day in range(1, 31)]
    root = ET.fromstring(draw_columns(days, LEGEND))  # noqa: S314 - our own
    boxes = [one.attrib for one in root.iter("{http://www.w3.org/2000/svg}rect")][3:-1]
    assert len(boxes) == 2 * len(days)
    floors = {round(float(one["y"]) + float(one["height"])) for one in boxes[::2]}
    assert len(floors) == 1
    assert float(boxes[-2]["height"]) == pytest.approx(30 * float(boxes[0]["height"]), rel=0.02)
    assert all(float(one["x"]) + float(one["width"]) <= WIDTH for one in boxes)
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert said.count("31") == 1
    assert len([one for one in said if one and one.endswith("/11")]) <= 8


@pytest.mark.parametrize("count", [1, 7, 28, 29, 30, 31, 60])
def test_the_names_of_columns_end_within_the_image(count: int) -> None:
    root = ET.fromstring(draw_columns([Bar("29/11", (1, 0, 0))] * count, LEGEND))  # noqa: S314 - our own
    names = [one for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text == "29/11"]
    # five characters of 15 pixels are no wider than 45
    ends = [float(one.attrib["x"]) + (0 if one.get("text-anchor") == "end" else 45) for one in names]
    assert ends
    assert max(ends) <= WIDTH


def test_no_columns_are_an_image_all_the_same() -> None:
    root = ET.fromstring(draw_columns([], LEGEND))  # noqa: S314 - our own
    assert root.get("height") == str(COLUMNS_HEIGHT)
