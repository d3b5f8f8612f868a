"""The protected names as shipped, loaded once for all tests."""

from functools import cache
from pathlib import Path

from triage.adapters.protectedfile import load_protected
from triage.core.protected import Protected

RULES = Path(__file__).parents[2] / "rules" / "protected.toml"


@cache
def shipped() -> Protected:
    """Give the value of rules/protected.toml."""
    return load_protected(RULES)
