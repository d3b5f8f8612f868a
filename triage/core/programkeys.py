"""Secrets that programs write and people copy: keys of interfaces, tokens, passwords in addresses and XML."""

import re
from collections.abc import Iterator

from triage.core.privatenumbers import Found

SIGNS_OF_KEYS = (
    *("token", "bearer", "api", "secret", "eyj", "private", "sessid", "session", "sid"),
    *("://", "</"),
)
"""What must stand in a text before it is looked through."""

_TOKEN, _PASSWORD = "token", "password"

_VALUE = r"(?P<value>[a-z0-9][a-z0-9._~+/=-]{11,2000})"
_KEYS = (
    r"(?:access|refresh|auth|api|id|gateway)[_ -]?token|(?:x-)?api[_ -]?(?:key|secret)"
    r"|(?:client|app|consumer)[_ -]?secret|secret[_ -]?key|jsessionid|phpsessid|session[_ -]?id|sid"
)
_TOKENS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rf"(?<!\w)bearer[ \t]+{_VALUE}",
        r"(?<!\w)(?P<value>eyj[a-z0-9_-]{8,2000}\.eyj[a-z0-9_-]{8,4000}\.[a-z0-9_-]{0,1000})",
        rf"(?<![a-z0-9])(?:{_KEYS})[\"']?[ \t]*[:=][ \t]*[\"']?{_VALUE}",
        r"(?<![a-z0-9])token[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[a-z0-9][a-z0-9._~+/=-]{23,2000})",
        r"-----begin [a-z0-9 ]{0,20}private key-----(?P<value>(?:[^-]|-(?!----)){1,8000})-----end",
    )
)
"""Keys of programs: what opens an account of KBNN-Gateway to whoever has it."""

_CODED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![a-z0-9])[a-z][a-z0-9+.-]{1,15}://[^\s/:@]{1,80}:(?P<value>[^\s/]{3,80})@(?=[\w\[])",
        r"<(?:password|passwd|pass|pwd|mat_?khau)>(?P<value>[^<>\s]{4,80})</",
    )
)
"""Passwords where programs write them: in an address, in XML."""


def keys_of_programs(flat: str) -> Iterator[Found]:
    """Give the keys and passwords of a folded text. Linear."""
    for pattern in _TOKENS:
        for match in pattern.finditer(flat):
            if any(map(str.isdigit, match["value"])):
                yield Found(*match.span("value"), _TOKEN)
    for pattern in _CODED:
        yield from (Found(*match.span("value"), _PASSWORD) for match in pattern.finditer(flat))
