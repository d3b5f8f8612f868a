"""Compares what is kept of a reply with the reference data of another trimmer, body by body.

Ours is the more careful by design: what is not surely quoted stays, forwards whole. A body of which we keep
more is therefore counted apart from one of which we cut what the other keeps.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from triage.core.quoting import new_text

Outcome = Literal["same", "we keep more", "we cut more", "both"]


@dataclass(frozen=True, slots=True)
class Trimmed:
    """One body: what the other keeps, and what we keep."""

    file: str
    wanted: str
    found: str

    @property
    def outcome(self) -> Outcome:
        """Say who keeps more, by lines."""
        wanted, found = (Counter(_lines(text)) for text in (self.wanted, self.found))
        more, less = found - wanted, wanted - found
        if more and less:
            return "both"
        return "we keep more" if more else "we cut more" if less else "same"


def trimmed(folder: Path) -> list[Trimmed]:
    """Trim every body of the collection; none where the folder is absent."""
    return [
        Trimmed(path.name, wanted.read_text(encoding="utf-8"), new_text(path.read_text(encoding="utf-8"), ""))
        for path in sorted((folder / "emails").glob("*.txt"))
        if (wanted := folder / "trimmed" / path.name).is_file()
    ]


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
