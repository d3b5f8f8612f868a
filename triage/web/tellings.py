"""Whose words stand on a page: the language of a reason, and codes that its reader may not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triage.core.tickets import CODE_PATTERN, find_codes
from triage.web import shown
from triage.web.templating import Words


@dataclass(frozen=True, slots=True)
class Telling:
    """How stored sentences are told to one reader, who knows the ``codes`` of the tickets that he may see."""

    words: Words
    codes: frozenset[str]

    def text(self, text: str) -> str:
        """Give a text that is fit for the page, without codes that its reader may not know."""
        if not find_codes(text):
            return shown.visible(text)
        other = self.words.say("(phiếu khác)")
        return shown.visible(
            CODE_PATTERN.sub(lambda match: match[0] if self._known(match[0]) else other, text)
        )

    def said(self, stored: Mapping[str, Any], key: str = "text") -> str:
        """Give the sentence of a stored reason or finding in the language of the reader."""
        english = stored.get(f"{key}_en") if self.words.language == "en" else None
        return self.text(str(english or stored.get(key) or ""))

    def _known(self, written: str) -> bool:
        return any(str(code) in self.codes for code in find_codes(written))
