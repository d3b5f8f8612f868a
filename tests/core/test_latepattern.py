"""A late pattern is what re.compile gives, made when somebody first uses it."""

import importlib
import pkgutil
import re

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


def test_every_late_pattern_of_the_core_can_be_compiled() -> None:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(triage.core.__path__, "triage.core.")
    ]
    late = [
        value
        for module in modules
        for value in vars(module).values()
        if type(value) is type(late_pattern(""))
    ]
    assert len(late) > 100
    for one in late:
        assert re.compile(one.pattern, one.flags)
