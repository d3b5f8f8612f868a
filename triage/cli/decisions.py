"""A decision in words, as triage explain, triage mails show and triage tickets show print it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from triage.cli.output import LOCAL, as_text

GOES_NOWHERE = frozenset({"file", "duplicate"})
"""Outcomes without a queue: how one was looked for would only confuse."""

ABOUT_THE_QUEUE = ("route_", "hint_", "unrouted")
"""How the codes of reasons begin that tell of the search for a queue."""


def facts_of(told: Mapping[str, Any], *, english: bool, zone: tzinfo = LOCAL) -> Iterator[tuple[str, str]]:
    """Give what was decided, as labels and texts; moments in ``zone``."""
    subject, route = told["subject"], told["route"]
    yield "kind", told["kind"]
    yield "treasury", f"{subject['treasury'] or '–'} (form {subject['form']})"
    yield "ticket", subject["ticket"] or "–"
    if told["outcome"] not in GOES_NOWHERE:
        names = (route["queue"], route["treasury_name"], f"(by {route['how']})")
        yield "route", " ".join(filter(None, names))
    yield "sender", told["sender"]["verdict"]
    for finding in told["sender"]["findings"]:
        yield "", f"{finding['severity']}: {finding['why_en' if english else 'why']}"
    yield "category", f"{told['category']}, priority {told['priority']}"
    yield "missing", ", ".join(told["completeness"]["missing"]) or "–"
    yield "outcome", f"{told['outcome']}, due {_moment(told['due_at'], zone)}"
    for signature in told.get("signatures", ()):
        yield "signature", _signature(signature)
    if told.get("language"):
        yield "language", told["language"]
    yield "reply", told["reply"] or f"none: {_said(told['why_none'], english=english)}"
    for notice in told.get("notices", ()):
        yield "notice", f"{notice['letter']} to {notice['to']}"


def reasons_of(told: Mapping[str, Any], *, english: bool) -> Iterator[tuple[str, str]]:
    """Give why it was decided so, as codes and sentences; of a filed mail not where it might have gone."""
    for reason in told["reasons"]:
        aside = told["outcome"] in GOES_NOWHERE and reason["code"].startswith(ABOUT_THE_QUEUE)
        if not aside:
            yield reason["code"], _said(reason, english=english)


def _signature(signature: Mapping[str, Any]) -> str:
    """Tell a signature in one line; what it means stands among the reasons."""
    known = ("name", "organisation", "email")
    signer = ", ".join(dict.fromkeys(signature[key] for key in known if signature[key]))
    file = f" in {signature['file']}" if signature["file"] else ""
    until = f", valid to {signature['valid_to'][:10]}" if signature["valid_to"] else ""
    doubt = f" ({signature['doubt']})" if signature["doubt"] else ""
    return f"{signature['kind']}{file}: {signature['state']}{doubt}; {signer or 'signer unknown'}{until}"


def _said(reason: Mapping[str, str], *, english: bool) -> str:
    return reason["text_en" if english else "text"]


def _moment(moment: str | None, zone: tzinfo) -> str:
    return as_text(datetime.fromisoformat(moment), zone) if moment else "–"
