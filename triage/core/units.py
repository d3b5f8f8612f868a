"""Units that write to the treasury: what the directory of units knows of one."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triage.core.text import fold, one_line

MOST_CODES = 3
"""Numbers of units in one mail that are looked up."""

_CODE = re.compile(
    r"\b(?:m(?:a|s)(?: so)? ?(?:dv ?)?(?:qh|sd)ns|dv ?(?:qh|sd)ns"
    r"|ma (?:so )?don vi (?:qhns|sdns)"
    r"|ma (?:so )?(?:don vi )?(?:(?:co )?quan he (?:voi )?|su dung )ngan sach)"
    r"(?: (?:cua|don vi|truong|ben|chung|em|toi|minh|la|so)){0,5}[ :.=#(-]{0,4}([0-9]{7})\b"
)
_LONGEST_TEXT = 20_000


def find_unit_codes(text: str) -> tuple[str, ...]:
    """Give the numbers of budget-using units (mã ĐVQHNS, seven digits) that a text names, once each."""
    folded = one_line(fold(text[:_LONGEST_TEXT]))
    if "ns" not in folded and "ngan sach" not in folded:  # every form has one of these
        return ()
    found = _CODE.findall(folded)
    return tuple(dict.fromkeys(found))[:MOST_CODES]


class UnitSort(StrEnum):
    """What sort of unit it is."""

    BUDGET = "budget"
    CONNECTING = "connecting"


class UnitBy(StrEnum):
    """By what a mail was found to come from a unit, best first."""

    ADDRESS = "address"
    DOMAIN = "domain"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit of the directory that a mail comes from, or that it names by its code.

    ``code`` is the number of a budget-using unit (mã ĐVQHNS), empty where it has none; ``queue`` that of its
    treasury, empty where that is not known; ``software`` what a connecting unit works with (Decision 935).
    A mail that only names a code may be anybody's: ``by`` tells how it was found.
    """

    id: int
    code: str
    name: str
    treasury: str
    sort: UnitSort
    software: str
    by: UnitBy

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "treasury": self.treasury,
            "sort": self.sort.value,
            "software": self.software,
            "by": self.by.value,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "UnitFact":
        """Give back what was known when a decision was made."""
        return cls(**stored | {"sort": UnitSort(stored["sort"]), "by": UnitBy(stored["by"])})


@dataclass(frozen=True, slots=True)
class Registration:
    """What a filled form says; ``treasury`` is the code of the treasury it is addressed to, where it is told.

    ``found_in`` is the name of the file, empty for the text of the mail.
    """

    name: str
    code: str
    address: str
    phone: str
    software: str
    treasury: str
    found_in: str

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision."""
        return {
            "name": self.name,
            "code": self.code,
            "address": self.address,
            "phone": self.phone,
            "software": self.software,
            "treasury": self.treasury,
            "found_in": self.found_in,
        }
