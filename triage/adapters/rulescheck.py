"""Looks through a folder of rules as ``triage rules check`` and ``triage rules test`` do; raises nothing."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.adapters.answerfiles import stopped
from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import digest_of, load_rulebook
from triage.core.ruleexamples import failures
from triage.core.rules import Rulebook
from triage.errors import RulesError


@dataclass(frozen=True, slots=True)
class RulesCheck:
    """How a folder of rules stands; ``rules`` is None where they cannot be loaded.

    ``wrong`` keeps the service from starting with them, ``failed`` are examples that do not do what they say.
    """

    digest: str = ""
    rules: Rulebook | None = None
    wrong: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def check_rules(folder: Path) -> RulesCheck:
    """Load every rule, fill every letter, run every example; what was looked at unchanged is not again."""
    try:
        return _checked(folder, digest_of(folder))
    except RulesError as error:
        return RulesCheck(wrong=(str(error),))


@lru_cache(maxsize=2)
def _checked(folder: Path, digest: str) -> RulesCheck:
    try:
        rules = load_rulebook(folder)
    except RulesError as error:
        return RulesCheck(digest, wrong=(str(error),))
    wrong = (*_letters(folder), *stopped(rules.answers, rules.trust))
    return RulesCheck(digest, rules, wrong, tuple(failures(rules)))


def _letters(folder: Path) -> tuple[str, ...]:
    try:
        LetterRenderer(folder / "letters").check()
    except RulesError as error:
        return (str(error),)
    return ()
