"""Secrets that programs write and people copy: keys of interfaces, tokens, passwords in addresses and XML."""

from collections.abc import Iterator

from triage.core.latepattern import late_pattern
from triage.core.privatenumbers import Found

_TOKEN, _PASSWORD = "token", "password"

_VALUE = r"(?P<value>[a-z0-9][a-z0-9._~+/=-]{11,2000})"
_KEYS = (
    r"(?:access|refresh|auth|api|id|gateway)[_ -]?token|(?:x-)?api[_ -]?(?:key|secret)"
    r"|(?:client|app|consumer)[_ -]?secret|secret[_ -]?key|jsessionid|phpsessid|session[_ -]?id|sid"
)
_SORTS = tuple(
    (kind, needles, late_pattern(pattern))
    for kind, needles, pattern in (
        (_TOKEN, ("bearer",), rf"(?<!\w)bearer[ \t]+{_VALUE}"),
        (
            _TOKEN,
            ("eyj",),
            r"(?<!\w)(?P<value>eyj[a-z0-9_-]{8,2000}\.eyj[a-z0-9_-]{8,4000}\.[a-z0-9_-]{0,1000})",
        ),
        (
            _TOKEN,
            ("token", "api", "secret", "session", "sessid", "sid=", "sid:"),
            rf"(?<![a-z0-9])(?:{_KEYS})[\"']?[ \t]*+[:=][ \t]*+[\"']?{_VALUE}",
        ),
        (
            _TOKEN,
            ("token",),
            r"(?<![a-z0-9])token[\"']?[ \t]*+[:=][ \t]*+[\"']?(?P<value>[a-z0-9][a-z0-9._~+/=-]{23,2000})",
        ),
        (
            _TOKEN,
            ("private key",),
            r"-----begin [a-z0-9 ]{0,20}private key-----(?P<value>(?:[^-]|-(?!----)){1,8000})-----end",
        ),
        (_PASSWORD, ("://",), r"://[^\s/:@]{1,80}:(?P<value>[^\s/]{3,80})@(?=[\w\[])"),
        (
            _PASSWORD,
            ("<pass", "<pwd", "<mat"),
            r"<(?:password|passwd|pass|pwd|mat_?khau)>(?P<value>[^<>\s]{4,80})</",
        ),
    )
)
"""What is looked for, as what sort, and the words without one of which it cannot stand in a text.

Keys open an account of KBNN-Gateway to whoever has them; the last two sorts are passwords in program text.
"""

SIGNS_OF_KEYS = tuple(dict.fromkeys(needle for _, needles, _ in _SORTS for needle in needles))
"""One of these must stand in a text before it is looked through."""


def keys_of_programs(flat: str) -> Iterator[Found]:
    """Give the keys and passwords of a folded text. Linear."""
    for kind, needles, pattern in _SORTS:
        if not any(needle in flat for needle in needles):
            continue
        for match in pattern.finditer(flat):
            if kind == _PASSWORD or any(map(str.isdigit, match["value"])):
                yield Found(*match.span("value"), kind)
