"""docs/security.md names a test for each promise; the tests that it names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
_ROW = re.compile(r"^\| (?P<promise>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows() -> list[tuple[str, str]]:
    found = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [(promise, tests) for promise, tests in found if not promise.startswith(("promise", "---"))]


def test_the_page_has_its_promises() -> None:
    assert len(rows()) > 30


@pytest.mark.parametrize(("promise", "tests"), rows())
def test_every_promise_names_a_test_that_is_there(promise: str, tests: str) -> None:
    named = _TEST.findall(tests)
    assert named, promise
    for path, name in named:
        file = ROOT / path
        assert file.is_file(), f"{promise}: {path}"
        if name:
            assert re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE), name
