"""Whether a writer says of himself that he is of the treasury or of its support team."""

from triage.core.demands import SentenceReading
from triage.core.phrases import Hit

_MOST_BETWEEN = 6
"""Words between "em" and "cán bộ Kho bạc": a name, a "là"."""
_LATEST = 12
"""People say who they are at the beginning."""
_LINKS = frozenset({"la", "ben", "o", "tu", "thuoc", "day", "am", "are", "from", "with"})
_SOMEBODY_ELSE = frozenset(
    {
        "unit",
        "order",
        "must",
        "petition",
        "incident",
        "doubt",
        "how",
        "not",
        "trouble",
        "received",
        "fraud",
        "give",
        "tell",
    }
)
"""Between the two these say that the writer speaks of somebody else, or asks him for something."""


def introduces_staff(read: SentenceReading) -> bool:
    """Tell whether the sentence introduces its writer so: "em bên Kho bạc", "anh là Tuấn, cán bộ hỗ trợ".

    "Em là kế toán giao dịch bên Kho bạc" is a unit's clerk, and "có người xưng là cán bộ" a report.
    """
    if read.has("incident", "doubt", "received"):
        return False
    bodies = [hit for hit in read.hits if hit.group in {"staff", "ours"}]
    speakers = [hit for hit in read.hits if hit.group in {"me", "you"} and hit.start < _LATEST]
    return any(
        0 <= body.start - speaker.end <= _MOST_BETWEEN
        and _linked(read, speaker, body)
        and not any(read.within(group, speaker.end, body.start) for group in _SOMEBODY_ELSE)
        for speaker in speakers
        for body in bodies
    )


def _linked(read: SentenceReading, speaker: Hit, body: Hit) -> bool:
    """Whether the words between join the two; after "chị" only "là" does ("chị Hoa bên Kho bạc")."""
    between = read.sentence.folded[speaker.end : body.start]
    if speaker.group == "you":
        return "la" in between
    at_once = len(between) <= 1 and read.sentence.folded[body.start] == "ben"
    return bool(_LINKS.intersection(between)) or (at_once and body.group == "staff")
