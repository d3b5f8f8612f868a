"""What a confirmed impostor can be known by when he comes again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import Connection

from triage.core.authentication import read_authentication
from triage.core.listchecks import own_marks
from triage.core.mail import Mail
from triage.core.ownresults import OwnResults
from triage.core.ownwords import own_words
from triage.core.rules import Rulebook
from triage.core.senderlists import (
    Entry,
    EntryKind,
    ListSort,
    identities,
    is_state_host,
    read_entry,
    text_marks,
)
from triage.db import senderlists
from triage.service import senders


@dataclass(frozen=True, slots=True)
class Known:
    """What goes onto the watch list, and what was left off it since it is not the impostor's alone."""

    entries: tuple[Entry, ...]
    spared: tuple[str, ...]


def known_by(
    connection: Connection, rules: Rulebook, written: Sequence[tuple[Mail, OwnResults | None]]
) -> Known:
    """Collect what an impostor can be known by from the mails that he wrote on one ticket, the first ahead.

    Each comes with what we verified of it ourselves. Never what is ours, the state's, a provider's or a known
    house's.
    """
    wrote = [mail for mail, _ in written]
    first = wrote[0]
    answers = {_authenticated(mail, own, rules) for mail, own in written}
    proven = True in answers
    # A unit that people here have dealt with did not write what our gateway denies: its name was borrowed.
    denied = not proven and False in answers
    settled = denied and senderlists.was_settled(connection, first.sender.address.lower())
    borrowed = _names_of(first, rules) if settled else frozenset[str]()
    entries: list[Entry] = []
    spared: list[str] = []
    for entry in dict.fromkeys(entry for mail in wrote for entry in _of_mail(mail, rules)):
        house = entry.kind is EntryKind.DOMAIN and senderlists.is_house(
            connection, entry.text, but=first.sender.address.lower()
        )
        forged = not proven and entry.kind is EntryKind.ADDRESS and is_state_host(_host(entry))
        if entry.text in borrowed or forged or house or senders.refusal(ListSort.WATCH, entry, rules):
            spared.append(entry.text)
        else:
            entries.append(entry)
    return Known(tuple(entries), tuple(spared))


def _authenticated(mail: Mail, own: OwnResults | None, rules: Rulebook) -> bool | None:
    return read_authentication(mail, rules.trust.gateway, rules.trust.names.registrable, own).authenticated


def _of_mail(mail: Mail, rules: Rulebook) -> Iterator[Entry]:
    """Give the addresses and registered domains that a mail speaks for, and the numbers it names itself."""
    registrable = rules.trust.names.registrable
    for who in identities(mail):
        yield from _read_all([who.address, registrable(who.domain)])
    words = own_words(mail.new_text or mail.text).own
    said = text_marks(f"{mail.sender.name}\n{mail.subject}\n{words}", own_marks(rules), registrable)
    yield from (one for one in _read_all(said) if _tells_him_apart(one, rules))


def _tells_him_apart(entry: Entry, rules: Rulebook) -> bool:
    """Whether what a text names is the impostor's own: anybody may link to a genuine page."""
    names = rules.trust.names
    match entry.kind:
        case EntryKind.PHONE:
            return True
        case EntryKind.DOMAIN:
            return bool(names.domain(entry.text))
        case EntryKind.ADDRESS:
            return bool(names.address(entry.text))
    assert_never(entry.kind)


def _names_of(mail: Mail, rules: Rulebook) -> frozenset[str]:
    sender = mail.sender
    return frozenset(
        entry.text for entry in _read_all([sender.address, rules.trust.names.registrable(sender.domain)])
    )


def _host(entry: Entry) -> str:
    return entry.text.rpartition("@")[2]


def _read_all(written: Iterable[str]) -> Iterator[Entry]:
    yield from (entry for one in written if (entry := read_entry(one)))
