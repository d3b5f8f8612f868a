"""The Date header as mail programs really write it (RFC 5322 §3.3, §4.3)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.core.defects import Defect, note
from triage.core.latepattern import late_pattern

LONGEST = 200
_YEAR_NOUGHT = 1900
_ZONES = {
    # the standard library knows those of North America; the others that mail programs really write
    "ICT": "+0700",
    "WIB": "+0700",
    "SGT": "+0800",
    "HKT": "+0800",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
    "MSK": "+0300",
    "EET": "+0200",
    "EEST": "+0300",
    "CET": "+0100",
    "CEST": "+0200",
    "MET": "+0100",
    "MEST": "+0200",
    "WET": "+0000",
    "WEST": "+0100",
    "BST": "+0100",
}
_NAMED_ZONE = late_pattern(rf"\s\(?({'|'.join(_ZONES)})\b\)?", re.IGNORECASE)
_SIGNED_ZONE = late_pattern(r"\s*\b(?:GMT|UTC|UT)?\s*([+-])(\d{1,2}):?(\d\d)?(?=\s|$)")
_SIGN = late_pattern(r"\s[+-]\d{4}\b")
_HALF_DAY = late_pattern(r"\b(\d{1,2})(:\d\d(?::\d\d)?)\s*([AP])M\b", re.IGNORECASE)
_FRACTION = late_pattern(r"(?<=:\d\d)\.\d{1,9}\b")
_LEAP_SECOND = late_pattern(r":6[0-9](?=\D|$)")
_COMMENT_AT_END = late_pattern(r"(?:\s*\([^()]*\))+\s*$")
_COMMENT = late_pattern(r"\([^()]*\)")
_PLAIN = late_pattern(
    r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:[0-5]\d [+-]\d{4}(?: \([^()]*\))?"
)
_ODD = late_pattern(
    # what the standard library reads wrongly rather than not at all
    rf"(?:GMT|UTC|UT)[+-]|\s[+-]\d{{1,2}}:|\s[+-]\d{{4}}\s*[;,.]|:6\d|^\(|\s(?:{'|'.join(_ZONES)})\b|\d\s*[AP]M\b",
    re.IGNORECASE,
)


def read_date(value: str, defects: list[str]) -> datetime | None:
    """Read a Date header as an aware moment; None, with a defect, where it is none."""
    text = value.strip()[:LONGEST]
    if not text:
        return None
    for read in (_lawful_date, datetime.fromisoformat, _odd_date):
        try:
            moment = read(text)
            # "-0000" and dates without zone say nothing of the zone: UTC (RFC 5322 §3.3)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            aware.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            continue
        if read is not _lawful_date:
            note(defects, Defect.ODD_DATE)
        return aware
    note(defects, Defect.NO_DATE)
    return None


def _lawful_date(text: str) -> datetime:
    if not _PLAIN.fullmatch(text) and _ODD.search(_COMMENT_AT_END.sub("", text)):
        raise ValueError(text)
    moment = parsedate_to_datetime(text)
    # years of two or three digits, as some programs count from 1900 (RFC 5322 §4.3)
    return moment.replace(year=moment.year + _YEAR_NOUGHT) if moment.year < _YEAR_NOUGHT else moment


def _odd_date(text: str) -> datetime:
    """Read a date with a zone that is named or written as ``GMT+7``, comments inside, or a leap second."""
    text = _COMMENT.sub(" ", text).rstrip(" ;,.").replace(" ,", ",", 1)
    text = _FRACTION.sub("", text)
    text = _LEAP_SECOND.sub(":59", text)
    text = _SIGNED_ZONE.sub(lambda zone: f" {zone[1]}{zone[2]:0>2}{zone[3] or '00'}", text)
    text = _HALF_DAY.sub(_in_24_hours, text)
    named = _NAMED_ZONE.search(text)
    if named and _SIGN.search(text):
        text = text[: named.start()] + text[named.end() :]
    elif named:
        # the zone may stand before the year, as in the output of date(1)
        text = f"{text[: named.start()]}{text[named.end() :]} {_ZONES[named[1].upper()]}"
    moment = parsedate_to_datetime(text)
    return moment.replace(year=moment.year + _YEAR_NOUGHT) if moment.year < _YEAR_NOUGHT else moment


def _in_24_hours(time: re.Match[str]) -> str:
    return f"{int(time[1]) % 12 + (12 if time[3] in 'pP' else 0):02}{time[2]}"
