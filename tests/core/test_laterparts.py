"""What the core loads late is what a service loads when it begins."""

import ast
from pathlib import Path

from triage.core import laterparts

CORE = Path(laterparts.__file__).parent


def loaded_within_functions(source: str) -> set[str]:
    functions = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef)]
    found = [one for function in functions for one in ast.walk(function)]
    return {one.module or "" for one in found if isinstance(one, ast.ImportFrom)} | {
        name.name for one in found if isinstance(one, ast.Import) for name in one.names
    }


def test_every_module_that_is_loaded_late_is_loaded_with_the_others() -> None:
    late = {name for file in CORE.rglob("*.py") for name in loaded_within_functions(file.read_text("utf-8"))}
    assert late == set(laterparts.PARTS)


def test_all_of_them_are_there() -> None:
    laterparts.load_all()
