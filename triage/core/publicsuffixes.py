"""The public suffix list: below which names anybody may register a name of their own (publicsuffix.org)."""

import re
from dataclasses import dataclass, field
from functools import cached_property

_RULE = re.compile(r"^(?!//)\S+", re.MULTILINE)
"""A rule ends at the first blank; comments take whole lines."""

_PUNYCODE = "xn--"


@dataclass(frozen=True)
class PublicSuffixes:
    """The rules of the list, lower case, in Unicode as they are written.

    Punycode of the few that are not ASCII is worked out once somebody asks for such a host.
    """

    rules: frozenset[str]
    deepest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "deepest", max((rule.count(".") for rule in self.rules), default=0) + 1)

    @classmethod
    def read(cls, text: str) -> "PublicSuffixes":
        """Take the rules from the text of the list."""
        return cls(frozenset(_RULE.findall(text.lower())))

    def publicsuffix(self, domain: str, *, accept_unknown: bool = True) -> str | None:
        """Give the suffix of a host, lower case; None where a label is empty or, unless accepted, unknown."""
        labels = _labels(domain)
        count = self._public(labels, accept_unknown=accept_unknown)
        return ".".join(labels[-count:]) if count else None

    def privatesuffix(self, domain: str, *, accept_unknown: bool = True) -> str | None:
        """Give suffix and one label; None also where the host is a suffix itself."""
        labels = _labels(domain)
        count = self._public(labels, accept_unknown=accept_unknown)
        return ".".join(labels[-count - 1 :]) if 0 < count < len(labels) else None

    def _public(self, labels: list[str], *, accept_unknown: bool) -> int:
        """Count the labels of the suffix, the longest rule first: exceptions, then wildcards, then names."""
        if "" in labels:
            return 0
        rules = self._encoded if any(_PUNYCODE in label for label in labels) else self.rules
        for start in range(max(0, len(labels) - self.deepest - 1), len(labels)):
            name, depth = ".".join(labels[start:]), len(labels) - start
            if f"!{name}" in rules:
                return depth - 1
            if f"*.{name}" in rules:
                # The name that a wildcard stands below is itself no place to register.
                return depth + 1 if start else depth
            if name in rules:
                return depth
        return 1 if accept_unknown else 0

    @cached_property
    def _encoded(self) -> frozenset[str]:
        return self.rules.union(_punycode(rule) for rule in self.rules if not rule.isascii())


def _labels(domain: str) -> list[str]:
    return domain.removesuffix(".").lower().split(".")


def _punycode(rule: str) -> str:
    sign = "!" if rule.startswith("!") else ""
    return sign + rule.lstrip("!").encode("idna").decode()
