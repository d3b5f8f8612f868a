"""Whom impostors pretend to be: protected names and genuine hosts, as one frozen value with its indices."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from triage.core.latepattern import late_pattern
from triage.core.publicsuffixes import PublicSuffixes
from triage.core.spelling.folds import without_marks
from triage.core.spelling.initials import initial_spellings
from triage.core.spelling.segment import Lexicon, Token, lexicon_of, segment
from triage.core.spelling.telex import keyed
from triage.core.spelling.trie import any_of


@dataclass(frozen=True, slots=True)
class Name:
    """One protected name as it stands in a host, and how much of it is evidence.

    ``typos`` is how many slips still count; ``partners`` are the kinds of word that must stand beside a
    short name; ``grave`` makes the bare name on another suffix an impersonation; ``treasury`` says that it
    claims the treasury itself.
    """

    key: str
    phrase: str
    strong: bool
    typos: int
    initials: bool
    partners: frozenset[str]
    grave: bool
    treasury: bool


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that hosts and local parts are made of, without marks, by kind."""

    gov: frozenset[str]
    govvn: frozenset[str]
    vn: frozenset[str]
    context: frozenset[str]
    units: frozenset[str]
    benign: frozenset[str]
    provinces: frozenset[str]
    other_long: frozenset[str]
    other_short: frozenset[str]
    other_slips: tuple[str, ...]
    other_unique: frozenset[str]


@dataclass(frozen=True, slots=True)
class DisplayPhrases:
    """Folded phrases of whole words that tell what a display name means by the treasury.

    ``units`` belong to somebody who deals with it, unless ``offices`` stand before them; ``silver`` makes a
    store of jewellery; ``leads`` surround the name of a body that is claimed.
    """

    units: frozenset[str]
    offices: frozenset[str]
    silver: frozenset[str]
    leads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts that are what they seem. Each counts with everything below it.

    ``ours`` speak for the treasury; ``genuine`` are imitated too; ``known`` are other state bodies outside
    gov.vn and firms that share a name with us; ``gov_vn`` are labels right below gov.vn; ``freemail`` give
    mailboxes to anybody; ``restricted`` are second-level labels that a foreign state keeps for itself;
    ``cheap`` are suffixes that cost next to nothing and carry most fakes.
    """

    ours: frozenset[str]
    genuine: frozenset[str]
    known: frozenset[str]
    gov_vn: frozenset[str]
    freemail: frozenset[str]
    vendors: frozenset[str]
    restricted: frozenset[str]
    cheap: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """All that the checks compare a sender with. Equal only to itself, so that it can key a cache."""

    version: int
    organisation: str
    address: str
    names: tuple[Name, ...]
    words: WordLists
    display: DisplayPhrases
    hosts: Hosts
    suffixes: PublicSuffixes
    lexicon: Lexicon = field(init=False, repr=False)
    unit_lexicon: Lexicon = field(init=False, repr=False)
    by_key: Mapping[str, Name] = field(init=False, repr=False)
    by_length: Mapping[int, tuple[Name, ...]] = field(init=False, repr=False)
    hint: re.Pattern[str] = field(init=False, repr=False)
    name_hint: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        words = _words(self.names, self.words)
        patterns = tuple((name.key, keyed(name.phrase)) for name in self.names if name.phrase)
        units = self.words.units - self._named()
        derived = {
            "lexicon": lexicon_of(words, patterns),
            "unit_lexicon": lexicon_of({**words, **dict.fromkeys(units, ("unit", ""))}, patterns),
            "by_key": {name.key: name for name in self.names},
            "by_length": _by_length(self.names),
            "hint": _hint(self.names, self.words),
            "name_hint": _name_hint(self.names),
        }
        for key, value in derived.items():
            object.__setattr__(self, key, value)

    def _named(self) -> frozenset[str]:
        return frozenset(name.key for name in self.names)

    @property
    def mailbox(self) -> str:
        """The local part of our own address."""
        return self.address.partition("@")[0]

    def belongs(self, host: str, hosts: frozenset[str]) -> str | None:
        """Give the listed host that this one is or lies below, or None. Exact ASCII, never folded."""
        while host:
            if host in hosts:
                return host
            host = host.partition(".")[2]
        return None

    def allowing(self, hosts: Iterable[str]) -> "Protected":
        """Give the same value with further hosts that are known to be what they seem."""
        known = self.hosts.known.union(host.lower() for host in hosts)
        return replace(self, hosts=replace(self.hosts, known=known))

    def cut(self, text: str, cuts: frozenset[int], *, units: bool = False) -> tuple[Token, ...]:
        """Cut text into words, names among them; ``units`` lets words of budget units count as known."""
        return segment(text, cuts, self.unit_lexicon if units else self.lexicon)


def _words(names: tuple[Name, ...], words: WordLists) -> dict[str, tuple[str, str]]:
    """Later rows win where a word is of several kinds."""
    lexicon: dict[str, tuple[str, str]] = {}
    rows = (
        ("context", words.context),
        ("province", words.provinces),
        ("vn", words.vn),
        ("gov", words.gov),
        ("govvn", words.govvn),
        ("othershort", words.other_short),
        ("other", words.other_long),
    )
    for kind, members in rows:
        lexicon.update({word: (kind, word if kind.startswith("other") else "") for word in members})
    for name in names:
        kind = "strong" if name.strong else "short"
        if name.initials:
            lexicon.update(dict.fromkeys(initial_spellings(without_marks(name.phrase)), (kind, name.key)))
    for name in names:
        lexicon[name.key] = ("strong" if name.strong else "short", name.key)
    lexicon.update(dict.fromkeys(words.benign, ("benign", "")))
    return lexicon


def _by_length(names: tuple[Name, ...]) -> dict[int, tuple[Name, ...]]:
    lengths = range(1, 64)
    return {
        length: tuple(
            name for name in names if name.typos and abs(len(name.key) - length) <= max(2, name.typos)
        )
        for length in lengths
    }


_FRAGMENTS = [
    "9ov",
    "hotro",
    "cntt",
    "khob",
    "vucong",
    "kb",
    "taichinh",
    "treasur",
    "dichvu",
    "dich-vu",
    "vst",
    "dvc",
    "mof",
    "btc",
    "tabmis",
    "bnn",
    "kho.bac",
    "khoba.c",
]
_SIGNS = (
    r"g[o0a]{1,3}v",
    r"g[bvo]+[ou]?\.vn",
    r"g(?:v|o[bu]v?)\.vn",
    r"v[bcst]u?t?\.gov",
    r"vn(?!$)",
    r"k(?:[a-z0-9]nn|\.bnn|\.?h\.?obac)",
)
"""Rough signs that a host is worth reading closely; a missing one hides a fake, a needless one costs time."""


def _keyed(names: tuple[Name, ...]) -> list[str]:
    return [keyed(name.phrase) for name in names if name.phrase]


def _spelt(names: tuple[Name, ...]) -> frozenset[str]:
    phrases = [without_marks(name.phrase) for name in names if name.initials]
    return frozenset(name.key for name in names).union(*map(initial_spellings, phrases))


def _name_hint(names: tuple[Name, ...]) -> re.Pattern[str]:
    """Give a pattern that finds every name in running text, however it is keyed or cut."""
    return late_pattern("|".join([any_of(_spelt(names)), *_keyed(names)]))


def _hint(names: tuple[Name, ...], words: WordLists) -> re.Pattern[str]:
    whole = any_of(_spelt(names) | words.other_long | frozenset(_FRAGMENTS))
    short = any_of(words.other_short)
    return late_pattern(
        "|".join([whole, *_SIGNS, *_keyed(names), rf"(?<![a-z]){short}", rf"{short}(?![a-z])"])
    )
