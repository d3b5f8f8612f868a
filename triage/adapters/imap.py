"""A mailbox on any IMAP4rev1 server (RFC 3501), with IDLE, MOVE, UIDPLUS and NAMESPACE where it has them.

    open ─► waiting ─► fetch ─► (the service stores) ─► settle ─► wait ─► open …

imap_settings   what is configured                 imap_gate     the commands, looked at before they are sent
imap_login      TLS, password, OAuth 2             imap_fetch    batches, the one bad message
imap_settle     move, flag, delete                 imap_folders  names in the server's spelling
imap_wait       IDLE as a hint                     imap_ask      questions beside IDLE
imap_dial       the connection itself              scissors      an end to what is drawn out
imap_uids       sequence sets                      imap_memory   nothing changed: nothing asked
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from triage.adapters.imap_ask import LONGEST_WAIT_SECONDS, Asker
from triage.adapters.imap_fetch import Bounds, Suspects, fetch_batches, fetch_traits
from triage.adapters.imap_folders import find_folder
from triage.adapters.imap_gate import Gate, Selected, ServerRefusedError
from triage.adapters.imap_login import connect
from triage.adapters.imap_memory import DAY, HOUR, Memory, Ranges, State
from triage.adapters.imap_settings import After, ImapSettings, Tls
from triage.adapters.imap_settle import Settler
from triage.adapters.imap_wait import Bell, wait_for_mail
from triage.errors import MailboxError
from triage.ports import FetchedBatch, Present, Traits

__all__ = [
    "After",
    "ImapMailbox",
    "ImapSettings",
    "MailboxSurvey",
    "Tls",
]

_SEARCH_PAGE = 50_000
"""imaplib takes no line beyond a million bytes, and a UID has up to eleven."""


_MOST_BELIEVED = 20_000_000
"""No folder holds so many; a server that says so has miscounted."""


@dataclass(frozen=True, slots=True)
class MailboxSurvey:
    """What a look without touching shows."""

    uidvalidity: int
    messages: int
    processed_folder: str
    processed_folder_exists: bool
    idle: bool
    move: bool
    extensions: tuple[str, ...] = ()
    """CONDSTORE and QRESYNC, as far as the server has turned them on."""


class ImapMailbox:
    """One folder as a triage.ports.Mailbox. Used by one thread; only ``interrupt`` is for others.

    Raises MailboxLoginError when the credentials are refused and MailboxError for any other trouble; after
    either, ``open`` connects anew.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._gate: Gate | None = None
        self._selected: Selected | None = None
        self._settler: Settler | None = None
        self._suspects = Suspects()
        self._bell = Bell()
        self._asker = Asker(self._connect_beside, settings.ask_seconds)
        self._waiting, self._present = Memory(HOUR), Memory(DAY)
        self._extensions: frozenset[str] = frozenset()
        self._highest_seen = 0
        self._idle_refused = False
        self._just_selected = False

    @property
    def name(self) -> str:
        """The name that this mailbox is stored under: ``user@host/folder``."""
        return self._settings.stored_as

    def open(self) -> int:
        """Select the folder, on a new connection when there is none or it has died; give UIDVALIDITY."""
        before = self._selected
        selected = self._reselect() or self._connect()
        self._just_selected = True
        if before is not None and before.uidvalidity != selected.uidvalidity:
            self._suspects.forget()
            self._highest_seen = 0
        return selected.uidvalidity

    def waiting(self) -> Sequence[int]:
        r"""Give the UIDs of all messages that are neither \Deleted nor marked as stored, ascending.

        Where a folder takes no keywords the star marks what is stored; people set stars too, so that one is
        not looked at here.
        """
        gate, before = self._opened()
        selected = before if self._just_selected else self._select(gate)
        self._just_selected = False
        if selected.uidvalidity != before.uidvalidity:
            raise self._renumbered(gate, before)
        state = self._state_of(selected)
        known = self._waiting.at(state)
        found = sorted(_search(gate, selected.exists, self._criteria)) if known is None else list(known)
        if known is None:
            self._waiting.keep(state, found)
        if found and found[-1] > self._highest_seen:
            self._highest_seen = found[-1]
            self._asker.mail_came()
        return found

    def present(self) -> Present:
        """Give the UIDs of all messages, whatever their marks: to compare with what is stored."""
        gate, before = self._opened()
        selected = self._select(gate)
        if selected.uidvalidity != before.uidvalidity:
            raise self._renumbered(gate, before)
        uids, gone = self._all(gate, selected)
        return Present(uids, selected.next_uid, gone)

    def traits(self, uids: Sequence[int]) -> Mapping[int, Traits]:
        """Give by what these messages can be recognised, where the server tells it."""
        gate, _selected = self._opened()
        return fetch_traits(gate, uids)

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedBatch]:
        r"""Fetch messages without setting \Seen, in batches bounded by count and octets."""
        gate, _selected = self._opened()
        bounds = Bounds(self._settings.batch_count, self._settings.batch_bytes)
        return fetch_batches(gate, uids, bounds, self._suspects)

    def settle(self, uids: Sequence[int]) -> None:
        """Move, flag or delete messages; what is no longer there is settled."""
        if not uids:
            return
        gate, selected = self._opened()
        if self._settler is None:
            self._settler = Settler(gate, self._settings.processed_folder, keywords=selected.keywords)
        acts = {"move": self._settler.move, "flag": self._settler.flag, "delete": self._settler.delete}
        acts[self._settings.after](uids)

    def wait(self, seconds: float) -> bool:
        """Wait for a message newer than the last ``waiting``; True when there is one, False otherwise."""
        gate, _selected = self._opened()
        idle = not self._idle_refused and gate.can("IDLE")
        try:
            has_news = partial(self._has_news, gate)
            return wait_for_mail(gate, seconds, self._bell, has_news, self._asker, idle=idle)
        except ServerRefusedError:
            # IDLE is a convenience. Without it one sleeps, and the next poll finds what is new.
            self._idle_refused = True
            gate.drop()
            self._bell.wait(seconds)
            return False

    def interrupt(self) -> None:
        """End the present wait, or the next one if nobody waits; may be called from any thread."""
        self._bell.ring()

    def survey(self) -> MailboxSurvey:
        """Look at the server and the folders without changing anything, on the present connection."""
        gate, _selected = self._opened()
        selected = gate.select(self._settings.folder, readonly=True)
        name, is_there = find_folder(gate, self._settings.processed_folder)
        self._select(gate)
        return MailboxSurvey(
            uidvalidity=selected.uidvalidity,
            messages=selected.exists,
            processed_folder=name,
            processed_folder_exists=is_there,
            idle=gate.can("IDLE"),
            move=gate.can("MOVE"),
            extensions=tuple(sorted(self._extensions)),
        )

    def describe(self) -> str:
        """Say in a sentence what such a look shows, and which of what we like to use the server has."""
        survey = self.survey()
        told = f"{survey.messages} mails in {self._settings.folder}"
        if self._settings.after == "move":
            state = "is there" if survey.processed_folder_exists else "will be made"
            told += f"; folder {survey.processed_folder} {state}"
        push = "IDLE" if survey.idle else "no IDLE, polling only"
        able = ", ".join([push, "MOVE" if survey.move else "no MOVE", *survey.extensions])
        return f"{told}; the server has {able}."

    def close(self) -> None:
        """Sign out as politely as the connection still allows; never raises. ``open`` may follow."""
        self._asker.close()
        if self._gate is not None:
            self._gate.logout()
            self._gate = None

    def _all(self, gate: Gate, selected: Selected) -> tuple[tuple[int, ...], Ranges]:
        """Give all UIDs, and those that have gone since the last time where the server tells them."""
        state = self._state_of(selected)
        known = self._present.at(state)
        if known is not None:
            return known, ()
        uids, gone = self._followed(gate, state)
        asked = uids is None
        if uids is None:
            uids = tuple(sorted(_search(gate, selected.exists, lambda page: page or "ALL")))
        self._present.keep(state, uids, asked=asked)
        return uids, gone

    def _followed(self, gate: Gate, state: State | None) -> tuple[tuple[int, ...] | None, Ranges]:
        """Give all UIDs by what has changed since the last time; None where the server cannot tell that."""
        since = self._present.since(state)
        if state is None or since is None or "QRESYNC" not in self._extensions:
            return None, ()
        try:
            changes = gate.changes_since(since)
        except ServerRefusedError:
            return None, ()
        return self._present.after(changes, state), changes.gone

    def _state_of(self, selected: Selected) -> State | None:
        return selected.state if self._extensions else None

    def _renumbered(self, gate: Gate, before: Selected) -> MailboxError:
        """Let nobody take UIDs of another numbering for the old ones: whoever called opens again."""
        gate.logout()
        self._selected = before
        return MailboxError(
            f"IMAP server {self._settings.where} has renumbered the folder {self._settings.folder}."
        )

    def _opened(self) -> tuple[Gate, Selected]:
        if self._gate is None or not self._gate.alive or self._selected is None:
            raise MailboxError(f"IMAP server {self._settings.where} is not connected.")
        return self._gate, self._selected

    def _reselect(self) -> Selected | None:
        if self._gate is None or not self._gate.alive:
            return None
        try:
            return self._select(self._gate)
        except MailboxError:
            # A connection may have died of old age, or been disowned by its server, since the last poll.
            self._gate.drop()
            return None

    def _connect(self) -> Selected:
        # The folder may be another one now; the second connection would go on watching the old one.
        self._asker.close()
        self._gate = connect(self._settings)
        self._settler = None
        # QRESYNC includes CONDSTORE, but not every server has both.
        offered = [one for one in ("CONDSTORE", "QRESYNC") if self._gate.can(one)]
        able = offered and self._gate.can("ENABLE")
        self._extensions = self._gate.enable(*offered) if able else frozenset()
        return self._select(self._gate)

    def _connect_beside(self) -> tuple[Gate, int]:
        patience = min(self._settings.timeout_seconds, LONGEST_WAIT_SECONDS)
        gate = connect(replace(self._settings, timeout_seconds=patience))
        try:
            return gate, gate.select(self._settings.folder, readonly=True).exists
        except MailboxError:
            gate.logout()
            raise

    def _select(self, gate: Gate) -> Selected:
        folder = self._settings.folder
        try:
            self._selected = gate.select(folder)
        except ServerRefusedError as refusal:
            raise MailboxError(
                f"IMAP server {self._settings.where} does not open the folder {folder}: {refusal.said}"
            ) from refusal
        return self._selected

    def _criteria(self, page: str) -> str:
        marks_by_keyword = self._settings.after == "flag" and self._selected and self._selected.keywords
        words = (page, "UNDELETED", "UNKEYWORD $TriageStored" if marks_by_keyword else "")
        return " ".join(word for word in words if word)

    def _has_news(self, gate: Gate) -> bool:
        gate.changes()
        # "n:*" names the last message even when its UID is below n.
        return any(
            uid > self._highest_seen for uid in gate.search(self._criteria(f"UID {self._highest_seen + 1}:*"))
        )


def _search(gate: Gate, exists: int, criteria: Callable[[str], str]) -> set[int]:
    """Search a large folder page by page; where the server miscounted and refuses a page, all at once."""
    try:
        return {uid for page in _pages(exists) for uid in gate.search(criteria(page))}
    except ServerRefusedError:
        if exists <= _SEARCH_PAGE:
            raise
        return set(gate.search(criteria("")))


def _pages(exists: int) -> Iterator[str]:
    """Give sequence sets that cover a large folder, its end first; one empty one for a folder of usual size.

    Numbers only ever slip down, by what is expunged meanwhile, so that going downwards misses nothing.
    """
    if exists <= _SEARCH_PAGE or exists > _MOST_BELIEVED:
        # "1:*" names a message, and some servers take offence where there is none.
        yield ""
        return
    for start in reversed(range(1, exists + 1, _SEARCH_PAGE)):
        last = start + _SEARCH_PAGE - 1
        yield f"{start}:{last}" if last < exists else f"{start}:*"
