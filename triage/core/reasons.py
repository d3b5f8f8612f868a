"""An answer carries its reason: a stable code and a sentence in Vietnamese and in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step of a decision answered as it did.

    The code is stable and made for tests and reports; the sentences are made for people.
    """

    code: str
    vi: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Give the form that is stored and that ``explain --json`` prints."""
        return {"code": self.code, "text": self.vi, "text_en": self.en}
