"""docs/security.md names a test for each promise; the tests that it names are there."""

import re

import pytest
from support.named_tests import ROOT, demand_tests

PAGE = ROOT / "docs" / "security.md"
_ROW = re.compile(r"^\| (?P<promise>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    found = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [(promise, tests) for promise, tests in found if not promise.startswith(("promise", "---"))]


def test_the_page_has_its_promises() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("promise", "tests"), rows())
def test_every_promise_names_a_test_that_is_there(promise: str, tests: str) -> None:
    demand_tests(promise, tests, whole_files=True)
