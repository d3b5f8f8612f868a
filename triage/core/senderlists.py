"""Whom people allow, block or watch, and by what a mail is found on such a list."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triage.core.address import read_addresses
from triage.core.indicators import find_indicators, normal_phone
from triage.core.lookalike.canonical import LONGEST_HOST, canonical_host
from triage.core.mail import Address, Mail
from triage.core.providers import FREE_MAIL

MOST_MARKS = 60
"""Marks of one mail that are looked up and kept; the header's come first."""

MOST_ADDRESSES = 8
"""Addresses of one header field that are looked up: real mail has one."""

LONGEST_MARK = 320
"""Characters of an address (RFC 5321 allows 64 before the at-sign and 255 behind it)."""

_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}")


class ListSort(StrEnum):
    """What a list says of its entries."""

    ALLOW = "allow"
    BLOCK = "block"
    WATCH = "watch"


class EntryKind(StrEnum):
    """What an entry is."""

    ADDRESS = "address"
    DOMAIN = "domain"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person can put on a list: lower case, a phone number as digits from 0."""

    kind: EntryKind
    text: str


@dataclass(frozen=True, slots=True)
class ListedSender:
    """An entry of a list that a mail matched, and why somebody put it there."""

    sort: ListSort
    entry: Entry
    reason: str

    def as_json(self) -> dict[str, str]:
        """Give the form that is stored with a decision."""
        return {
            "sort": self.sort.value,
            "kind": self.entry.kind.value,
            "entry": self.entry.text,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "ListedSender":
        """Give an entry back as it was when a decision was made."""
        entry = Entry(EntryKind(stored["kind"]), stored["entry"])
        return cls(ListSort(stored["sort"]), entry, stored["reason"])


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a mail is found on a list: identities of its header, and what its text names."""

    header: tuple[str, ...]
    text: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every mark once, those of the header first, at most MOST_MARKS."""
        return tuple(dict.fromkeys((*self.header, *self.text)))[:MOST_MARKS]


def read_entry(written: str) -> Entry | None:
    """Read an address, a domain (``@`` before it does no harm) or a phone number; None where it is none."""
    text = written.strip().strip("<>").lower()
    if phone := normal_phone(text):
        return Entry(EntryKind.PHONE, phone)
    local, at, host = text.rpartition("@")
    domain = normal_host(host)
    if len(text) > LONGEST_MARK or not _HOST.fullmatch(domain):
        return None
    if not local:
        return Entry(EntryKind.DOMAIN, domain)
    return Entry(EntryKind.ADDRESS, f"{local}{at}{domain}") if _LOCAL.fullmatch(local) else None


def normal_host(host: str) -> str:
    """Give the one spelling of a host for lists: lower case, punycode decoded, full width made plain."""
    return canonical_host(host[: 4 * LONGEST_HOST]).shown


def exact_address(address: str) -> str:
    """Give an address in the spelling of lists without forgiving anything but case and punycode.

    What favours a sender is compared with this one: a disguised spelling stays another spelling.
    """
    local, _, host = address.strip().lower().rpartition("@")
    return f"{local}@{normal_host(host) if host.isascii() else host}"


def identities(mail: Mail) -> tuple[Address, ...]:
    """Give the mailboxes in whose name a mail speaks or asks to be answered: From, Reply-To, Sender."""
    written = read_addresses(mail.header("Sender") or "", [])
    fields = (mail.senders, mail.reply_to, written)
    return tuple(one for field in fields for one in field[:MOST_ADDRESSES] if "@" in one.address)


def marks_of(mail: Mail, own: frozenset[str], registrable: Callable[[str], str]) -> Marks:
    """Give the marks of a mail but those that are ours. ``registrable`` gives a host's registered part.

    A host stands with every parent that one owner holds, so that an entry finds what lies below it.
    """
    header = _addresses((one.address for one in identities(mail)), registrable)
    names = " ".join(one.name for one in identities(mail))
    return Marks(_kept(header, own), text_marks(f"{names}\n{mail.subject}\n{mail.text}", own, registrable))


def text_marks(text: str, own: frozenset[str], registrable: Callable[[str], str]) -> tuple[str, ...]:
    """Give the marks that a text names: phone and Zalo numbers, addresses, hosts."""
    found = find_indicators(text)
    numbers = (one for one in (*found.zalo, *found.phones) if one.isdigit())
    hosts = (parent for host in found.hosts for parent in _parents(host, registrable))
    return _kept((*numbers, *_addresses(found.addresses, registrable), *hosts), own)


def _addresses(written: Iterable[str], registrable: Callable[[str], str]) -> Iterator[str]:
    for address in written:
        local, _, host = address.strip().lower().rpartition("@")
        yield f"{local}@{normal_host(host)}"
        yield from _parents(host, registrable)


def _parents(host: str, registrable: Callable[[str], str]) -> Iterator[str]:
    name = normal_host(host)
    last = registrable(name)
    while name:
        if name not in FREE_MAIL:
            yield name
        if name == last or not name.endswith(f".{last}"):
            return
        name = name.partition(".")[2]


def _kept(marks: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    kept = (one for one in marks if one and one not in own and len(one) <= LONGEST_MARK)
    usable = (one for one in kept if one.isprintable() and not is_state_host(one))
    return tuple(dict.fromkeys(usable))[:MOST_MARKS]


def is_state_host(mark: str) -> bool:
    """Ask whether a mark is a host below gov.vn: nobody else can register there, so no list holds one."""
    return "@" not in mark and (mark == "gov.vn" or mark.endswith(".gov.vn"))
