"""A late pattern is what re.compile gives, made when somebody first uses it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import triage.core
from triage.core.latepattern import late_pattern


def test_a_late_pattern_finds_what_the_pattern_finds() -> None:
    late, made = late_pattern(r"(?P<a>\w)B", re.IGNORECASE), re.compile(r"(?P<a>\w)B", re.IGNORECASE)
    for _ in range(2):
        for method in ("search", "match", "fullmatch", "findall", "split"):
            assert str(getattr(late, method)("xab ab")) == str(getattr(made, method)("xab ab"))
        assert late.sub("-", "xab") == made.sub("-", "xab")
    assert (late.pattern, late.flags, late.groupindex) == (made.pattern, made.flags, made.groupindex)
    assert [match["a"] for match in late_pattern(rb"(?P<a>x)").finditer(b"axx")] == [b"x", b"x"]


def test_a_mistake_shows_when_the_pattern_is_used() -> None:
    late = late_pattern("(")
    with pytest.raises(re.error, match="unterminated subpattern"):
        late.search("x")


def late_ones(value: object) -> Iterator[Any]:
    """Give the late patterns that a value of a module is or holds."""
    match value:
        case dict():
            for one in value.values():
                yield from late_ones(one)
        case list() | tuple():
            for one in value:
                yield from late_ones(one)
        case _ if type(value) is type(late_pattern("")):
            yield value


def test_every_late_pattern_of_the_core_can_be_compiled() -> None:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(triage.core.__path__, "triage.core.")
    ]
    late = [one for module in modules for value in vars(module).values() for one in late_ones(value)]
    assert len(late) > 210
    for one in late:
        assert re.compile(one.pattern, one.flags)
