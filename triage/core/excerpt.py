"""The line of a mail that tells most in a list: the first words that are no salutation."""

import re

from triage.core.text import fold, one_line

LONGEST = 200
_SALUTATIONS = ("kinh gui", "kinh chao", "kinh thua", "dear", "xin chao", "chao ", "hello", "hi ", "to:")
_DASHES = re.compile(r"[\s\-–—_=*•.]+")


def excerpt(text: str) -> str:
    """Give up to 200 characters of a text as one line, without the salutation where more follows."""
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if line and not _DASHES.fullmatch(line)]
    begin = next((place for place, line in enumerate(telling) if not _is_salutation(line)), 0)
    return one_line(" ".join(telling[begin:]))[:LONGEST]


def _is_salutation(line: str) -> bool:
    return fold(line).lstrip().startswith(_SALUTATIONS) and len(line) <= LONGEST // 2
