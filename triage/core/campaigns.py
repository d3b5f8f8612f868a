"""Campaigns: which mails of impostors belong together, and why.

A link between two mails depends on those two alone, so that it does not matter in which order they came or
which others are looked at: a campaign is what such links hold together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from triage.core.wordprints import ALIKE, Print, keys_of, resemblance

MOST_COMPARED = 500
"""Earlier mails that one is compared with on account of one weak sign."""


class SignSort(StrEnum):
    """What sort of thing two mails have in common."""

    ADDRESS = "address"
    DOMAIN = "domain"
    PHONE = "phone"
    ZALO = "zalo"
    ACCOUNT = "account"
    PERSONA = "persona"
    SHAPE = "shape"
    WORDS = "words"
    PROVIDER = "provider"
    HAND = "hand"


class Weight(StrEnum):
    """How much it tells that two mails have a sign in common.

    ``STRONG`` joins by itself. ``OWN`` is of an impostor's making and joins with a second sign; ``SHARED``
    is used by many (a bank's hotline, a provider of free mail): it can be such a second sign and no more.
    """

    STRONG = "strong"
    OWN = "own"
    SHARED = "shared"


@dataclass(frozen=True, slots=True, order=True)
class Sign:
    """One thing that a mail of an impostor is known by; a number as digits, all else in lower case."""

    sort: SignSort
    value: str
    weight: Weight = Weight.STRONG

    @property
    def key(self) -> tuple[SignSort, str]:
        """What two mails must both have."""
        return self.sort, self.value


BY_HAND = Sign(SignSort.HAND, "")
"""Why mails are together that a person has brought together."""

SAME_WORDS = Sign(SignSort.WORDS, "", Weight.OWN)
"""Why mails are together whose wording is alike."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one mail is compared by; mails with the same ``tie`` were brought together by a person."""

    mail: int
    signs: tuple[Sign, ...]
    words: Print = ()
    tie: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Why a mail belongs to another one, which came before it."""

    mail: int
    other: int
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Mails that belong together, the oldest first, with the links that hold them."""

    mails: tuple[int, ...]
    links: tuple[Link, ...]


def group(prints: Iterable[Fingerprint]) -> tuple[Group, ...]:
    """Put mails into groups, that of the oldest mail first; a mail like no other is a group by itself."""
    mails = {one.mail: one for one in sorted(prints, key=lambda one: one.mail)}
    forest = _Forest({mail: mail for mail in mails})
    for link in _by_hand(mails.values()):
        forest.join(link)
    for one, other in _sharing(mails.values(), _strong):
        if forest.apart(one.mail, other.mail):
            forest.join(Link(other.mail, one.mail, _common(one, other, strong=True)))
    for one, other in _sharing(mails.values(), _weak):
        if forest.apart(one.mail, other.mail) and (signs := _joining(one, other)):
            forest.join(Link(other.mail, one.mail, signs))
    return forest.groups()


@dataclass
class _Forest:
    """Union-find whose roots are the oldest mails of their groups."""

    parent: dict[int, int]
    links: list[Link] = field(default_factory=list)

    def root(self, mail: int) -> int:
        while self.parent[mail] != mail:
            self.parent[mail] = self.parent[self.parent[mail]]
            mail = self.parent[mail]
        return mail

    def apart(self, one: int, other: int) -> bool:
        return self.root(one) != self.root(other)

    def join(self, link: Link) -> None:
        first, second = sorted((self.root(link.mail), self.root(link.other)))
        if first != second:
            self.parent[second] = first
            self.links.append(link)

    def groups(self) -> tuple[Group, ...]:
        mails: dict[int, list[int]] = {}
        links: dict[int, list[Link]] = {}
        for mail in self.parent:
            mails.setdefault(self.root(mail), []).append(mail)
        for link in sorted(self.links, key=lambda link: (link.mail, link.other)):
            links.setdefault(self.root(link.mail), []).append(link)
        return tuple(Group(tuple(some), tuple(links.get(root, ()))) for root, some in sorted(mails.items()))


def _by_hand(prints: Iterable[Fingerprint]) -> Iterator[Link]:
    first: dict[int, int] = {}
    for one in prints:
        if one.tie is not None:
            leader = first.setdefault(one.tie, one.mail)
            if leader != one.mail:
                yield Link(one.mail, leader, (BY_HAND,))


def _strong(one: Fingerprint) -> Iterator[object]:
    return (sign.key for sign in one.signs if sign.weight is Weight.STRONG)


def _weak(one: Fingerprint) -> Iterator[object]:
    """Give what a pair must share at least one of, before its weak signs are weighed together."""
    yield from (sign.key for sign in one.signs if sign.weight is Weight.OWN)
    yield from keys_of(one.words)


def _sharing(
    prints: Iterable[Fingerprint], keys: Callable[[Fingerprint], Iterator[object]]
) -> Iterator[tuple[Fingerprint, Fingerprint]]:
    """Give the pairs that share a key, the older mail of each ahead, in a fixed order."""
    having: dict[object, list[Fingerprint]] = {}
    for one in prints:
        for key in dict.fromkeys(keys(one)):
            earlier = having.setdefault(key, [])
            # Whoever shares a strong sign shares it with the first that has it, which is all it takes.
            for other in earlier[: 1 if keys is _strong else MOST_COMPARED]:
                yield other, one
            earlier.append(one)


def _joining(one: Fingerprint, other: Fingerprint) -> tuple[Sign, ...]:
    """Give the weak signs that join two mails together; empty where they do not."""
    signs = _common(one, other, strong=False)
    if not signs or (len(signs) == 1 and not (one.words and other.words)):
        return ()
    if resemblance(one.words, other.words) >= ALIKE:
        signs = (*signs, SAME_WORDS)
    return signs if _enough(signs) else ()


def _enough(signs: Sequence[Sign]) -> bool:
    """Whether two of an impostor's own signs stand together, or one of them beside a shared one.

    Every impostor's domain looks like ours, so its look beside what many share tells nothing.
    """
    own = {sign.sort for sign in signs if sign.weight is Weight.OWN}
    shared = any(sign.weight is Weight.SHARED for sign in signs)
    return len(own) > 1 or (shared and bool(own - {SignSort.SHAPE}))


def _common(one: Fingerprint, other: Fingerprint, *, strong: bool) -> tuple[Sign, ...]:
    """Give the signs of two mails that join alone, or else the weak ones; the lighter weight counts."""
    mine = {sign.key: sign for sign in one.signs}
    found = []
    for sign in other.signs:
        if known := mine.get(sign.key):
            lighter = max(sign, known, key=lambda one: _LIGHTNESS[one.weight])
            if (lighter.weight is Weight.STRONG) is strong:
                found.append(lighter)
    return tuple(sorted(found))


_LIGHTNESS = {Weight.STRONG: 0, Weight.OWN: 1, Weight.SHARED: 2}


@dataclass(frozen=True, slots=True)
class Home:
    """Where a mail stands: its campaign, and the one that it came to first."""

    campaign: int | None = None
    first: int | None = None


def numbers_of(groups: Sequence[Group], homes: Mapping[int, Home]) -> dict[int, int]:
    """Give, by number of a campaign, the place of the group that it now stands for.

    A number goes with most of the mails that came to it first, so that it outlives both joining and parting;
    the lowest number of a group is the one that it is called by, the others point to it.
    """
    claims: dict[int, dict[int, int]] = {}
    for place, one in enumerate(groups):
        for mail in one.mails:
            home = homes.get(mail, Home())
            if home.first is not None:
                claims.setdefault(home.first, {}).setdefault(place, 0)
                claims[home.first][place] += 1
    return {
        number: max(wanted, key=lambda place: (wanted[place], -place)) for number, wanted in claims.items()
    }
