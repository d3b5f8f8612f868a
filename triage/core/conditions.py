"""Conditions of routing rules: what a mail must be like for a rule to apply to it.

Each kind of condition is one class, and each thing that may be asked about one row of FIELDS. A condition
that holds gives the words that decided, so that a rule can say why it applied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from triage.core.decision import Kind, SubjectReading, Verdict
from triage.core.mail import Address, Mail
from triage.core.text import fold, one_line
from triage.core.units import UnitFact
from triage.core.words import PhraseBook, words

MOST_WORDS = 4_000
"""Words of one field that phrases are looked for in."""

MOST_VALUES = 50
"""Values of one field that are looked at; a header that names a thousand people says nothing more."""

DEEPEST = 5
"""How deep conditions may stand in one another."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a condition may ask about."""

    mail: Mail
    subject: SubjectReading
    kind: Kind | None = None
    category: str = ""
    verdict: Verdict | None = None
    unit: UnitFact | None = None


Field = Callable[[Case], tuple[str, ...]]


def _addresses(all_of: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(one.address.lower() for one in all_of[:MOST_VALUES])


def _endings(case: Case) -> tuple[str, ...]:
    names = (one.name.lower() for one in case.mail.attachments[:MOST_VALUES])
    return tuple(name.rpartition(".")[2] for name in names if "." in name)


FIELDS: Mapping[str, Field] = {
    "subject": lambda case: (case.mail.subject,),
    "text": lambda case: (case.mail.new_text,),
    "whole_text": lambda case: (case.mail.text,),
    "from_address": lambda case: (case.mail.sender.address.lower(),),
    "from_domain": lambda case: (case.mail.sender.domain,),
    "from_name": lambda case: (case.mail.sender.name,),
    "reply_to": lambda case: _addresses(case.mail.reply_to),
    "to": lambda case: _addresses(case.mail.to),
    "cc": lambda case: _addresses(case.mail.cc),
    "attachment": lambda case: tuple(one.name for one in case.mail.attachments[:MOST_VALUES]),
    "attachment_ending": _endings,
    "tag": lambda case: (case.subject.treasury or "",),
    "service": lambda case: (case.subject.service or "",),
    "kind": lambda case: (case.kind.value if case.kind else "",),
    "category": lambda case: (case.category,),
    "verdict": lambda case: (case.verdict.value if case.verdict else "",),
    "list_id": lambda case: (case.mail.header("List-Id") or "",),
    "unit_code": lambda case: (case.unit.code if case.unit else "",),
    "unit_class": lambda case: (case.unit.sort.value if case.unit else "",),
    "unit_software": lambda case: (case.unit.software if case.unit else "",),
}


@dataclass(frozen=True, slots=True)
class Says:
    """One of these phrases stands in the field: whole words, compared without tones."""

    field: str
    phrases: tuple[str, ...]

    def holds(self, case: Case) -> str | None:
        """Give the words that were found."""
        book = _book(self.phrases)
        for text in FIELDS[self.field](case):
            found = words(text, MOST_WORDS)
            for start, end, _, _ in book.find(found):
                return one_line(text[found[start].start : found[end - 1].end])
        return None


@lru_cache(maxsize=512)
def _book(phrases: tuple[str, ...]) -> PhraseBook[None]:
    return PhraseBook((phrase, None) for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Is:
    """The field is one of these values, whatever their case and tones."""

    field: str
    values: tuple[str, ...]

    def holds(self, case: Case) -> str | None:
        """Give the value."""
        wanted = {fold(value) for value in self.values}
        return next((text for text in FIELDS[self.field](case) if text and fold(text) in wanted), None)


@dataclass(frozen=True, slots=True)
class Ends:
    """The field ends so; a domain is meant with all below it (``x.example``: also ``mail.x.example``)."""

    field: str
    endings: tuple[str, ...]

    def holds(self, case: Case) -> str | None:
        """Give the value."""
        return next((text for text in FIELDS[self.field](case) if text and self._ends(text.lower())), None)

    def _ends(self, text: str) -> bool:
        if self.field == "from_domain":
            return any(text == one or text.endswith(f".{one}") for one in self.endings)
        return text.endswith(self.endings)


@dataclass(frozen=True, slots=True)
class Given:
    """The field has a value, or has none."""

    field: str
    given: bool

    def holds(self, case: Case) -> str | None:
        """Give the value; where none was wanted and there is none, the name of the field."""
        found = next((text for text in FIELDS[self.field](case) if text.strip()), None)
        if self.given:
            return found
        return f"không có {self.field}" if found is None else None


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these holds."""

    of: tuple["Condition", ...]

    def holds(self, case: Case) -> str | None:
        """Give the words of all."""
        told: list[str] = []
        for one in self.of:
            words_found = one.holds(case)
            if words_found is None:
                return None
            told.append(words_found)
        return ", ".join(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    of: tuple["Condition", ...]

    def holds(self, case: Case) -> str | None:
        """Give the words of the first."""
        return next((told for one in self.of if (told := one.holds(case)) is not None), None)


@dataclass(frozen=True, slots=True)
class Not:
    """This does not hold."""

    of: "Condition"

    def holds(self, case: Case) -> str | None:
        """Give nothing but that it is so."""
        return None if self.of.holds(case) is not None else "điều kiện loại trừ không gặp"


Condition = Says | Is | Ends | Given | All | AnyOf | Not
