"""Who wrote a request and how to reach him, as one value."""

from dataclasses import dataclass
from typing import Any

from triage.core.phones import Phone


@dataclass(frozen=True, slots=True)
class Contact:
    """Who wrote and how to reach him; what the mail does not say is empty.

    ``budget_code`` is the seven-digit code of a budget unit (mã ĐVQHNS), ``treasury`` the treasury that the
    signature names. ``phones`` hold no number of ours; ``addresses`` are mail addresses besides the sender's.
    """

    name: str = ""
    unit: str = ""
    budget_code: str = ""
    treasury: str = ""
    phones: tuple[Phone, ...] = ()
    job: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether somebody can be reached: by a phone, or by name at a unit (letter 7102/TB-KBNN)."""
        return bool(self.phones) or bool(self.name and self.unit)

    def as_json(self) -> dict[str, Any]:
        """Give the form that is stored with a decision; extensions stand apart from their numbers."""
        return {
            "name": self.name,
            "unit": self.unit,
            "budget_code": self.budget_code,
            "phones": [phone.number for phone in self.phones],
            "extensions": {phone.number: phone.extension for phone in self.phones if phone.extension},
            "treasury": self.treasury,
            "job": self.job,
            "addresses": list(self.addresses),
        }


NO_CONTACT = Contact()
