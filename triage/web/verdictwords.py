"""What was found against a sender, as one band: a sentence, and the findings behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.core.decision import Severity, Verdict
from triage.core.tickets import TicketStatus
from triage.db.dossier import Dossier
from triage.web import wording
from triage.web.tellings import Telling

DOUBTED = frozenset({Verdict.SUSPICIOUS.value, Verdict.IMPERSONATION.value})

_NO_WEIGHT = len(Severity)


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One finding: how much it weighs, in words, and what it says."""

    severity: str
    weight: str
    why: str


@dataclass(frozen=True, slots=True)
class Band:
    """The judgement of a sender who is doubted; ``verdict`` is its name for the style."""

    verdict: str
    word: str
    sentence: str
    findings: tuple[ShownFinding, ...]


def band(dossier: Dossier, telling: Telling) -> Band | None:
    """Give the band of a ticket whose sender is doubted, by its own judgement or by that of a later mail."""
    return band_of(dossier.ticket.verdict, dossier.documents.values(), telling)


def band_of(verdict: str, documents: Iterable[Mapping[str, Any]], telling: Telling) -> Band | None:
    """Give the band for the gravest of a verdict and of those in the documents of some decisions."""
    senders = [document.get("sender") or {} for document in documents]
    doubted = [one for one in senders if one.get("verdict") in DOUBTED]
    verdict = _gravest([verdict, *(str(one["verdict"]) for one in doubted)])
    if verdict not in DOUBTED:
        return None
    words = telling.words
    shown = findings_of((finding for one in doubted for finding in one.get("findings", ())), telling)
    nothing = words.say("Cán bộ đã xác nhận, không có chi tiết thêm.")
    return Band(verdict, wording.verdict(words, verdict), shown[0].why if shown else nothing, shown)


def findings_of(findings: Iterable[Mapping[str, Any]], telling: Telling) -> tuple[ShownFinding, ...]:
    """Put each finding into words once, the gravest first."""
    words = telling.words
    return tuple(
        ShownFinding(
            str(one.get("severity", "")),
            wording.severity(words, str(one.get("severity", ""))),
            telling.said(one, "why") or words.say("(nội dung đã xóa)"),
        )
        for one in _sorted(findings)
    )


def shows_text_only(status: str | None, verdict: str | None) -> bool:
    """Whether nothing of a ticket's mails but text is shown: it is held, or its sender an impostor."""
    return status == TicketStatus.HELD or verdict == Verdict.IMPERSONATION


def _gravest(verdicts: Iterable[str]) -> str:
    order = [verdict.value for verdict in Verdict]
    return max(verdicts, key=lambda one: order.index(one) if one in order else -1)


def _sorted(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give each finding once, the gravest first."""
    each = {(one.get("check"), one.get("why")): one for one in findings}
    return sorted(each.values(), key=_weight)


def _weight(finding: Mapping[str, Any]) -> int:
    name = finding.get("severity")
    return -Severity(name).rank if name in set(Severity) else _NO_WEIGHT
