"""docs/reliability.md names a test for each fault; the tests that it names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
_ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<tests>[^|]*`tests/[^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str]]:
    return _ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_page_has_its_faults() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("fault", "tests"), rows())
def test_every_fault_names_a_test_that_is_there(fault: str, tests: str) -> None:
    named = _TEST.findall(tests)
    assert named, fault
    for path, name in named:
        file = ROOT / path
        assert file.is_file(), f"{fault}: {path}"
        assert re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE), name
