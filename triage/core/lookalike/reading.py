"""A host taken apart: its suffix, the registered label, the labels in front, each cut into words."""

from dataclasses import dataclass

from triage.core.lookalike.canonical import CanonicalHost
from triage.core.protected import Protected
from triage.core.spelling.segment import Token

STATE = frozenset({"strong", "short", "other", "othershort"})
"""Kinds of word that name a state body."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label as a reader sees it; ``joined`` is without hyphens, ``pieces`` is what stood between them."""

    text: str
    joined: str
    pieces: tuple[str, ...]
    cuts: frozenset[int]
    tokens: tuple[Token, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its words."""
        return frozenset(token.kind for token in self.tokens)

    @property
    def unknown(self) -> int:
        """How many of its letters belong to no word."""
        return sum(len(token.text) for token in self.tokens if not token.kind)

    @property
    def explained(self) -> bool:
        """Whether every letter belongs to a known word and no word is a benign one."""
        return bool(self.tokens) and not self.unknown and "benign" not in self.kinds

    def names(self, *kinds: str) -> tuple[Token, ...]:
        """Give its words of these kinds."""
        return tuple(token for token in self.tokens if token.kind in kinds)

    def is_name(self, *kinds: str) -> bool:
        """Whether the whole label is one word of these kinds."""
        return len(self.tokens) == 1 and self.tokens[0].kind in kinds

    def bounded(self, token: Token) -> bool:
        """Whether the word has an end of the label or a hyphen on both sides."""
        edges = self.cuts | {0, len(self.joined)}
        return token.start in edges and token.end in edges


@dataclass(frozen=True, slots=True)
class Reading:
    """A host ready for the checks.

    ``core`` is the registered label, ``fronts`` the labels before it, nearest first; ``suffix`` the public
    suffix; ``authenticated`` is what the gateway said of the mail, None where there is no mail.
    """

    host: CanonicalHost
    labels: tuple[str, ...]
    suffix: str
    core: Label
    fronts: tuple[Label, ...]
    authenticated: bool | None

    @property
    def owner(self) -> str:
        """The registered domain, as a reader sees it."""
        return f"{self.core.text}.{self.suffix}" if self.core.text else self.suffix

    @property
    def vietnamese(self) -> bool:
        """Whether the suffix is .vn or lies below it."""
        return self.suffix == "vn" or self.suffix.endswith(".vn")

    @property
    def restricted(self) -> bool:
        """Whether the host really lies below gov.vn, where nobody else can register."""
        shown = self.host.shown
        return shown == "gov.vn" or shown.endswith(".gov.vn")

    @property
    def left(self) -> str:
        """Everything before the suffix, dots and hyphens kept."""
        return (
            ".".join(self.labels[: len(self.labels) - len(self.suffix.split("."))])
            if self.suffix
            else self.host.seen
        )

    def evidence(self, what: str) -> str:
        """Say what was written and what it comes down to."""
        written = self.host.written
        shown = f" ({self.host.shown})" if self.host.shown != written else ""
        return f"{written}{shown} → {what}"


def read_label(text: str, protected: Protected, *, units: bool = False) -> Label:
    """Cut one label into words. Hyphens, underscores and plus signs only part it."""
    pieces = tuple(piece for piece in text.replace("_", "-").replace("+", "-").split("-") if piece)
    cuts, at = set(), 0
    for piece in pieces[:-1]:
        at += len(piece)
        cuts.add(at)
    joined = "".join(pieces)
    places = frozenset(cuts)
    return Label(text, joined, pieces, places, protected.cut(joined, places, units=units))


def read_host(host: CanonicalHost, protected: Protected, *, authenticated: bool | None) -> Reading:
    """Take a canonical host apart."""
    labels = tuple(label for label in host.seen.split(".") if label)
    suffix = _suffix(labels, protected)
    depth = len(suffix.split(".")) if suffix else 0
    before = [read_label(label, protected) for label in reversed(labels[: len(labels) - depth])]
    core = before[0] if before else Label("", "", (), frozenset(), ())
    return Reading(host, labels, suffix, core, tuple(before[1:]), authenticated)


def _suffix(labels: tuple[str, ...], protected: Protected) -> str:
    if len(labels) < 2:  # noqa: PLR2004 -- a single label has no suffix
        return ""
    found = protected.suffixes.publicsuffix(".".join(labels))
    return found if found and found != ".".join(labels) else labels[-1]
