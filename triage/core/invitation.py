"""An invitation to a meeting told in one line (RFC 5545); nothing of it is put into a calendar."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from triage.core.charset import decode_text
from triage.core.text import one_line, without_unseen

LARGEST = 200_000
"""Bytes of a calendar that are read."""

MOST_LINES = 5_000
_LONGEST_SUMMARY = 200

_LINE = re.compile(r"([A-Za-z-]{1,30})((?:;(?:[^;:\"]|\"[^\"]{0,200}\"){0,200}+){0,20}+):(.*)")
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_ESCAPE = re.compile(r"\\([nN,;\\])")
_VIETNAM = timezone(timedelta(hours=7))
_ZONE = re.compile(r";TZID=(?:\"([^\"]{1,80})\"|([^\";:]{1,80}))", re.IGNORECASE)
_OURS = re.compile(r"se asia standard|\+07|hanoi|ho.chi.minh|saigon|bangkok|jakarta", re.IGNORECASE)
"""Zones of the same time as Vietnam; the first is what Outlook calls it."""

_METHODS = {
    "REQUEST": "mời họp",
    "CANCEL": "huỷ lịch",
    "REPLY": "trả lời lời mời",
    "PUBLISH": "lịch",
    "COUNTER": "đề nghị đổi lịch",
}


def invitation_line(data: bytes) -> str:
    """Say what an invitation is about and when it begins.

    In Vietnamese time where it gives UTC; a moment of another zone is told as it stands, with that zone.
    """
    told = _first_values(decode_text(data[:LARGEST], "utf-8", []))
    method = told.get("METHOD", "").upper()
    words = (_METHODS.get(method, "lịch"), told.get("SUMMARY", ""), told.get("DTSTART", ""))
    return one_line(" — ".join(filter(None, words)))


def answers_invitation(told: str) -> bool:
    """Ask whether a line that ``invitation_line`` gave tells of an answer: METHOD:REPLY (RFC 5546)."""
    return told.startswith(_METHODS["REPLY"])


def _first_values(text: str) -> dict[str, str]:
    """Give the method of the calendar and the first values of its first event."""
    found: dict[str, str] = {}
    inside: list[str] = []
    for name, parameters, value in _lines(text):
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END":
            ended = inside.pop() if inside else ""
            if ended == "VEVENT":
                break
        elif name == "DTSTART" and inside[-1:] == ["VEVENT"]:
            found.setdefault(name, _when(value, parameters))
        elif name == "METHOD" or inside[-1:] == ["VEVENT"]:
            found.setdefault(name, _plain(value))
    return found


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    # a line that begins with a blank goes on with the one before it (RFC 5545 §3.1)
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for line in unfolded.splitlines()[:MOST_LINES]:
        if match := _LINE.match(line):
            yield match[1].upper(), match[2], match[3]


def _plain(value: str) -> str:
    shown = _ESCAPE.sub(lambda match: " " if match[1] in "nN" else match[1], value[:_LONGEST_SUMMARY])
    return one_line(without_unseen(shown))


def _when(value: str, parameters: str) -> str:
    match = _MOMENT.match(value)
    if not match:
        return ""
    year, month, day, hour, minute = (int(part or 0) for part in match.groups()[:5])
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=UTC)
        moment = moment.astimezone(_VIETNAM) if match[7] else moment
    except (ValueError, OverflowError):
        return ""
    if not match[4]:
        return f"{moment:%d/%m/%Y}"
    found = None if match[7] else _ZONE.search(parameters)
    zone = _plain(found[1] or found[2]) if found else ""
    return f"{moment:%H:%M %d/%m/%Y}" + (f" ({zone})" if zone and not _OURS.search(zone) else "")
