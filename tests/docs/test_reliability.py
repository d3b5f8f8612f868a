"""docs/reliability.md names a test for each fault; the tests that it names are there."""

import re

import pytest
from support.named_tests import ROOT, demand_tests

PAGE = ROOT / "docs" / "reliability.md"
_ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<tests>[^|]*`tests/[^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    return _ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_page_has_its_faults() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("fault", "tests"), rows())
def test_every_fault_names_a_test_that_is_there(fault: str, tests: str) -> None:
    demand_tests(fault, tests, whole_files=False)
