"""The tags of XML in the order in which they stand, for readers that want a few of them.

The XML is searched and never parsed, so entities, nesting and external files cannot do anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

MOST_TAGS = 100_000
"""Tags of one document that are looked at: some tenths of a second, and many times what a long form has."""

# possessive, so that what never ends is gone over once
_TAG = re.compile(r"<(/?+)(?:[\w.-]{1,30}+:)?+([\w.-]{1,60}+)([^<>]*+)>([^<]*+)")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its name without the prefix, whether it closes, and the text that stands behind it."""

    name: str
    opens: bool
    closes: bool
    attributes: str
    behind: str

    @property
    def text(self) -> str:
        """The text behind the tag, with its entities resolved."""
        return unescape(self.behind)


def tags(xml: str) -> Iterator[Tag]:
    """Give the tags with the text behind each. Linear; comments and CDATA are left out."""
    for found in islice(_TAG.finditer(xml), MOST_TAGS):
        slash, name, attributes, behind = found.groups()
        alone = attributes.endswith("/")
        yield Tag(name, opens=not slash, closes=bool(slash) or alone, attributes=attributes, behind=behind)
