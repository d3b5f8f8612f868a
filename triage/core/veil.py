"""What of a mail may be stored, listed and logged outside its raw bytes: its texts with secrets hidden."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triage.core.mail import Mail
from triage.core.privacy import mask, secret_values

MAX_TEXT = 100_000
"""Characters of a mail that are searched for values which may turn up again in a subject or a reason."""

MAX_NAME = 500
MOST_NAMES = 200
"""Characters of the name of a person or a file that are searched, and names of each sort."""

MOST_VALUES = 40
"""Values that are hidden wherever they stand in one mail."""

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}(?=$| \()")
_SAID = frozenset(
    {
        *("text", "text_en", "evidence", "why", "why_en", "subject", "new_text", "name", "unit", "tag"),
        *(
            "attached_text",
            "from_name",
            "about",
            "diagnostic",
            "recipient",
            "note",
            "reason",
            "job",
            "defects",
        ),
    }
)
"""Keys of stored documents below which stand words of people; all others hold codes, moments, numbers."""


_OF_FILES = frozenset({"inside", "evidence"})
"""Keys below which names of files stand, also of those in archives."""


@dataclass(frozen=True, slots=True)
class Veil:
    """The values that one mail gives away, hidden wherever they turn up."""

    values: tuple[str, ...] = ()

    def hide(self, text: str) -> str:
        """Give a text without the secrets of the mail, and without any other that shows."""
        return mask(text, self.values)

    def hide_name(self, name: str) -> str:
        """Give the name of a file, perhaps behind that of its archive, without secrets: endings are none."""
        return mask(name, (*self.values, *_of_file(name[:MAX_NAME])))

    def over(self, document: dict[str, Any]) -> dict[str, Any]:
        """Give a document of JSON values with secrets hidden in everything that people said."""
        return {key: self._over(value, self._way(key)) for key, value in document.items()}

    def _way(self, key: str) -> Callable[[str], str] | None:
        """Give how what stands below a key is hidden; None where nothing of it is said by people."""
        if key in _OF_FILES:
            return self.hide_name
        return self.hide if key in _SAID else None

    def _over(self, value: Any, hide: Callable[[str], str] | None) -> Any:  # noqa: ANN401 - JSON holds anything
        match value:
            case str():
                return hide(value) if hide else value
            case dict():
                return self.over(value)
            case list():
                return [self._over(one, hide) for one in value]
            case _:
                return value


def veil_of(mail: Mail) -> Veil:
    """Make the veil of one mail."""
    people = (*mail.senders, *mail.reply_to, *mail.to[:MOST_NAMES], *mail.cc[:MOST_NAMES])
    return _veil(
        f"{mail.subject}\n{mail.text[:MAX_TEXT]}",
        [one.name for one in people],
        [one.name for one in mail.attachments],
    )


def shows_all(mail: Mail) -> bool:
    """Whether nothing in subject and text is hidden at the desk, so that the raw mail gives away no more.

    Nobody looks into files.
    """
    said = f"{mail.subject}\n{mail.text}"
    return not veil_of(mail).values and mask(said) == said


def masked(explanation: dict[str, Any]) -> dict[str, Any]:
    """Give what ``explain`` says of one mail with its secrets hidden, those of the mail's text among them."""
    mail = explanation["mail"]
    people = filter(
        None, (mail["from"], mail["reply_to"], *mail["to"][:MOST_NAMES], *mail["cc"][:MOST_NAMES])
    )
    text = mail.get("attached_text") or mail["text"]
    veil = _veil(
        f"{mail['subject']}\n{text[:MAX_TEXT]}",
        [one["name"] for one in people],
        [one["name"] for one in mail["attachments"]],
    )
    return veil.over(explanation)


def _veil(text: str, people: Iterable[str], files: Iterable[str]) -> Veil:
    found = dict.fromkeys(secret_values(text))
    for name in filter(None, people):
        found |= dict.fromkeys(secret_values(name[:MAX_NAME]))
    for name in filter(None, islice(files, MOST_NAMES)):
        found |= dict.fromkeys(_of_file(name[:MAX_NAME]))
    return Veil(tuple(sorted(found, key=lambda value: (-len(value), value))[:MOST_VALUES]))


def _of_file(name: str) -> tuple[str, ...]:
    """Give the secrets in the name of a file, read without its endings: values with one pass for files."""
    stem = _ENDING.sub("", name)
    for one in dict.fromkeys((_ENDING.sub("", stem), stem)):
        found = secret_values(one)
        if found:
            return found
        if mask(one) != one:
            # Too common to be looked for alone: it goes together with the words that announce it.
            return (one,)
    return ()
