"""What the letter about a new incident says: its tickets and provinces, and what its mails share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from triage.core.letters import in_words, quoted_subject, spelled_out
from triage.core.rules import Office

MOST_LISTED = 10
"""Tickets that the letter names; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket that the letter names."""

    code: str
    queue: str
    subject: str


def incident_values(
    told: Sequence[Told],
    title: str,
    provinces: Sequence[str],
    since: datetime,
    names: Mapping[str, str],
    zone: tzinfo,
    office: Office,
) -> dict[str, Any]:
    """Give the values of the letter; ``since`` is UTC, ``names`` are those of the queues, by their codes.

    Title and subjects are what units wrote: they are tamed, so that nobody is led anywhere by our own letter.
    """
    incident = {
        "summary": f"{len(told)} phiếu của {len(provinces)} tỉnh, thành phố cùng báo một lỗi",
        "title": quoted_subject(title),
        "since": in_words(since, zone),
        "provinces": ", ".join(provinces),
        "tickets": tuple(
            {
                "code": one.code,
                "queue": one.queue,
                "name": spelled_out(names.get(one.queue)) or one.queue,
                "subject": quoted_subject(one.subject),
            }
            for one in told[:MOST_LISTED]
        ),
        "more": max(len(told) - MOST_LISTED, 0),
    }
    return {"code": None, "due": None, "incident": incident, "office": office}
