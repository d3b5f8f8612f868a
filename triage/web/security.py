"""Held mails: on the left all of them, the gravest first; on the right one beside whom it imitates."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.responses import Response

from triage.core.decision import Severity
from triage.core.lettermarks import Span, compare, decoded, spelled
from triage.core.people import Right
from triage.core.rules import Office
from triage.db import held, warned
from triage.db.held import Held
from triage.db.warned import Confirmed
from triage.errors import NotFoundError
from triage.service.campaignsheets import overviews
from triage.web import campaignlist, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.shown import visible
from triage.web.templating import Words

router = DeskRouter()

_RANKS = {severity.value: severity.rank for severity in Severity}
_ELSEWHERE = frozenset({"REPLYTO_MISMATCH", "SENDER_MISMATCH"})


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in words."""

    severity: str
    weight: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One held mail of the list."""

    code: str
    subject: str
    address: str
    severity: str
    weight: str
    waited: str


@dataclass(frozen=True, slots=True)
class Condemned:
    """One ticket confirmed as an impostor's; ``warned_at`` is empty where nobody has warned of him."""

    code: str
    subject: str
    address: str
    closed_at: str
    warned_at: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The official name and the one that imitates it; ``told`` reads the differences out."""

    official: tuple[Span, ...]
    imitated: tuple[Span, ...]
    told: str


@router.page("/security", Right.OVERSEE)
def security(ask: Asking, ticket: str = "") -> Response:
    """Show what is held; raises NotFoundError for a ticket that is not."""
    now, rules = ask.desk.now(), ask.desk.app.means.rules
    with ask.desk.database.read() as connection:
        found = sorted(held.listed(connection, ask.person, now), key=lambda one: -_rank(one))
        confirmed = warned.confirmed(connection, ask.person, now)
        campaigns = overviews(connection)
    chosen = _chosen(found, ticket)
    return ask.page(
        "desk/security.html",
        lines=[_line(ask, one) for one in found],
        most=held.MOST,
        chosen=chosen.ticket if chosen else None,
        subject=visible(chosen.ticket.subject) if chosen else "",
        sender=visible(f"{chosen.ticket.requester_name} <{chosen.ticket.requester_address}>")
        if chosen
        else "",
        excerpt=visible(chosen.ticket.excerpt) if chosen else "",
        findings=_findings(ask.words, chosen) if chosen else [],
        comparison=_comparison(ask.words, rules.office, chosen) if chosen else None,
        confirmed=[_confirmed(ask, one) for one in confirmed],
        campaigns=campaignlist.lines(ask, campaigns),
        key=secrets.token_urlsafe(18),
    )


def _confirmed(ask: Ask, one: Confirmed) -> Condemned:
    calendar = ask.desk.app.means.rules.calendar
    return Condemned(
        code=one.ticket.code,
        subject=visible(one.ticket.subject)[:120],
        address=visible(one.ticket.requester_address)[:120],
        closed_at=wording.moment(one.ticket.closed_at or one.ticket.updated_at, calendar),
        warned_at=wording.moment(one.warned_at, calendar) if one.warned_at else "",
    )


def _chosen(found: Sequence[Held], code: str) -> Held | None:
    if not code:
        return found[0] if found else None
    chosen = next((one for one in found if one.ticket.code == code), None)
    if chosen is None:
        raise NotFoundError(f"No mail of ticket {code!r} is held.")
    return chosen


def _of(one: Held) -> list[Mapping[str, Any]]:
    """Give the findings of a held mail, the gravest first."""
    return sorted(one.sender.get("findings", ()), key=lambda finding: -_RANKS.get(finding["severity"], 0))


def _rank(one: Held) -> int:
    return max((_RANKS.get(finding["severity"], 0) for finding in _of(one)), default=-1)


def _line(ask: Ask, one: Held) -> Line:
    worst = next((str(finding["severity"]) for finding in _of(one)), "")
    calendar = ask.desk.app.means.rules.calendar
    return Line(
        code=one.ticket.code,
        subject=visible(one.ticket.subject)[:120],
        address=visible(one.ticket.requester_address)[:120],
        severity=worst,
        weight=wording.severity(ask.words, worst),
        waited=wording.waited(ask.words, calendar, one.ticket.opened_at, ask.desk.now()),
    )


def _findings(words: Words, one: Held) -> list[Found]:
    said = "why" if words.language == "vi" else "why_en"
    return [
        Found(
            str(finding["severity"]),
            wording.severity(words, str(finding["severity"])),
            visible(str(finding.get(said) or "")),
        )
        for finding in _of(one)
    ]


def _comparison(words: Words, office: Office, one: Held) -> Comparison | None:
    """Set the official name against the sender's; None where nothing imitates anybody."""
    ours = office.address.rpartition("@")[2]
    named = [
        str(finding["resembles"])
        for finding in _of(one)
        if finding.get("resembles")
        # Where answers go elsewhere the name is the sender's own, which nobody imitates unless it is ours.
        and (finding["check"] not in _ELSEWHERE or str(finding["resembles"]).endswith(f"@{ours}"))
    ]
    if not named:
        return None
    address = _imitating(one)
    official = next((name for name in named if "@" in name), "") or next(
        (name for name in named if "." in name), ""
    )
    official = official or named[0]
    if official == ours:
        official = office.address
    imitated = address if "@" in official else address.rpartition("@")[2]
    first, second = compare(official, imitated)
    return Comparison(
        first, tuple(Span(visible(span.text), span.differs) for span in second), _told(words, first, second)
    )


def _imitating(one: Held) -> str:
    """Give the address with the imitating name: the sender's, or another of the mail where that bears it."""
    sender = decoded(one.ticket.requester_address)
    evidence = [(str(finding["check"]), str(finding.get("evidence") or "")) for finding in _of(one)]
    others = [text.rpartition(" ≠ ")[2] for check, text in evidence if check in _ELSEWHERE]
    seen = [text.partition(" → ")[0] for _, text in evidence if " → " in text]
    found = (other for name in seen if name not in sender for other in others if name in other)
    return next(found, sender)


def _told(words: Words, official: Sequence[Span], imitated: Sequence[Span]) -> str:
    there = ", ".join(spelled(span.text) for span in official if span.differs)
    here = ", ".join(spelled(span.text) for span in imitated if span.differs)
    if not there and not here:
        return words.say("Hai tên giống hệt nhau.")
    nothing = words.say("không có")
    return words.say(
        "Khác nhau: tên chính thức “%(there)s”, tên giả “%(here)s”.",
        there=visible(there) or nothing,
        here=visible(here) or nothing,
    )
