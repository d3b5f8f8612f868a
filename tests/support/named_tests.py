"""Documents with a table whose last column names the tests that show what the row says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TESTS = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_TESTS_AND_FILES = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def demand_tests(row: str, tests: str, *, whole_files: bool) -> None:
    """Demand that a row names tests and that each is there; ``whole_files`` allows a file without a name."""
    named = (_TESTS_AND_FILES if whole_files else _TESTS).findall(tests)
    assert named, row
    for path, name in named:
        file = ROOT / path
        assert file.is_file(), f"{row}: {path}"
        if name:
            assert re.search(rf"^def {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE), name
