"""What an impostor is known by, written so that people can read it and no program makes a link of it."""

import re

from triage.core.text import clean, one_line, without_unseen

LONGEST_SIGN = 200
MOST_SIGNS = 30

_SCHEME = re.compile(r"\bh(?:tt|xx)p(s?)(?:\[:\]|:)/{0,2}", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[(]\s*(?:\.|dot)\s*[\])]\s*|(?<=[\w\]])\.(?=\w)", re.IGNORECASE)
_AT = re.compile(r"\s*[\[(]\s*(?:@|at)\s*[\])]\s*|@", re.IGNORECASE)


def defanged(sign: str) -> str:
    """Give an address, a host or a URL as ``a[@]b[.]c`` and ``hxxps[:]//b[.]c/d``; the same again for such.

    The colon stands in brackets too: some programs make a link of any word with ``://`` in it.
    """
    line = one_line(without_unseen(clean(sign[: 2 * LONGEST_SIGN])))[:LONGEST_SIGN]
    plain = _SCHEME.sub(lambda found: f"hxxp{found[1].lower()}[:]//", line)
    return _AT.sub("[@]", _DOT.sub("[.]", plain))


def signs_in(text: str) -> tuple[str, ...]:
    """Give the signs of a text, one a line, defanged, each once, the first MOST_SIGNS."""
    found = (defanged(line) for line in text.splitlines())
    return tuple(dict.fromkeys(one for one in found if one))[:MOST_SIGNS]
