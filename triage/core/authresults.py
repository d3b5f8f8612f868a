"""The header Authentication-Results (RFC 8601) as values: a bounded parser that never fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 16_384
"""Characters of one header that are read."""

_PAIR = re.compile(r"([A-Za-z][\w.-]{0,40})(?:\s*/\s*\d+)?\s*=\s*(\"[^\"]{0,998}\"|[^\s;\"]{1,998})")
_METHODS = frozenset({"spf", "dkim", "dmarc", "arc"})


class Result(StrEnum):
    """What a method answered (RFC 8601, section 2.7); anything else is read as NONE."""

    PASS = "pass"  # noqa: S105 - the word of the RFC
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method answered, about which domain (lower case; empty where the header does not say)."""

    method: str
    result: Result
    domain: str


def parse_results(value: str) -> tuple[MethodResult, ...]:
    """Read the results of one header value; comments are dropped, what cannot be read is left out."""
    parts = without_comments(value[:MAX_LENGTH]).split(";")
    return tuple(result for part in parts[:50] for result in _read(part))


def authserv_id(value: str) -> str:
    """Give the name of the server that wrote the header, lower case; empty in Microsoft's form."""
    first = without_comments(value[:MAX_LENGTH]).partition(";")[0].strip()
    return "" if "=" in first else first.partition(" ")[0].strip('"').lower()


def without_comments(value: str) -> str:
    """Drop comments in parentheses, nested and quoted as RFC 5322 allows; linear."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value:
        if escaped or char == "\\":
            escaped = not escaped
        elif char == '"' and depth == 0:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
            continue
        elif char == ")" and depth and not quoted:
            depth -= 1
            char = " "  # noqa: PLW2901 - a comment parts words as a blank does
        if depth == 0:
            kept.append(char)
    return "".join(kept)


def _read(part: str) -> Iterator[MethodResult]:
    pairs = [(key.lower(), value.strip('"').lower()) for key, value in _PAIR.findall(part)]
    for at, (key, value) in enumerate(pairs):
        if key in _METHODS:
            rest = pairs[at + 1 :]
            yield MethodResult(key, _result(value), _domain(key, rest))
            return


def _result(word: str) -> Result:
    if word in {"hardfail", "reject", "permfail"}:
        return Result.FAIL
    if word == "bestguesspass":
        return Result.NONE
    try:
        return Result(word)
    except ValueError:
        return Result.NONE


_PROPERTIES = {
    "spf": ("smtp.mailfrom", "smtp.mail", "envelope-from", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
    "arc": (),
}


def _domain(method: str, pairs: list[tuple[str, str]]) -> str:
    values = dict(reversed(pairs))
    found = next((values[name] for name in _PROPERTIES[method] if name in values), "")
    return found.rpartition("@")[2].strip("<>.")
