"""What of a mail may be stored, listed and logged outside its raw bytes: its texts with secrets hidden."""

from dataclasses import dataclass
from typing import Any

from triage.core.mail import Mail
from triage.core.privacy import mask, secret_values

MAX_TEXT = 100_000
"""Characters of a mail that are searched for values which may turn up again in a subject or a reason."""

_SAID = frozenset(
    {
        *("text", "text_en", "evidence", "why", "why_en", "subject", "new_text", "name", "unit", "tag"),
        *("from_name", "about", "diagnostic", "note", "reason", "job"),
    }
)
"""Keys of stored documents below which stand words of people; all others hold codes, moments, numbers."""


@dataclass(frozen=True, slots=True)
class Veil:
    """The values that one mail gives away, hidden wherever they turn up."""

    values: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """Give a text without the secrets of the mail, and without any other that shows."""
        return mask(text, self.values)

    def over(self, document: dict[str, Any]) -> dict[str, Any]:
        """Give a document of JSON values with secrets hidden in everything that people said."""
        return {key: self._over(value, said=key in _SAID) for key, value in document.items()}

    def _over(self, value: Any, *, said: bool) -> Any:  # noqa: ANN401 - JSON holds anything
        match value:
            case str():
                return self.hide(value) if said else value
            case dict():
                return self.over(value)
            case list():
                return [self._over(one, said=said) for one in value]
            case _:
                return value


def veil_of(mail: Mail) -> Veil:
    """Make the veil of one mail."""
    return Veil(secret_values(f"{mail.subject}\n{mail.text[:MAX_TEXT]}"))


def masked(explanation: dict[str, Any]) -> dict[str, Any]:
    """Give what ``explain`` says of one mail with its secrets hidden, those of the mail's text among them."""
    mail = explanation["mail"]
    return Veil(secret_values(f"{mail['subject']}\n{mail['text'][:MAX_TEXT]}")).over(explanation)
