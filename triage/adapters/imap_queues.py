"""The folders that show the queues (docs/adr/0026), on a connection that nothing else uses.

Only what is named by UID is ever touched, and nothing is expunged but by UID.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from triage.adapters.imap_fetch import received_at_of
from triage.adapters.imap_folders import ensure_folder, find_folder
from triage.adapters.imap_gate import Gate, Selected, ServerRefusedError
from triage.adapters.imap_login import connect
from triage.adapters.imap_settings import ImapSettings
from triage.adapters.imap_settle import DELETED
from triage.adapters.imap_uids import chunks
from triage.core.queuefolders import MARKS, OURS, flags_of, folder_name
from triage.errors import MailboxError
from triage.ports import Seen, Shown

LONGEST_WAIT_SECONDS = 20.0
"""For every single wait for the server: a service that is to end waits no longer than 30 seconds."""

MOST_OF_QUOTA = 0.8
"""How full copies may make the mailbox: the rest is for mail that comes in."""

_SEEN = ("UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE")


@dataclass(frozen=True, slots=True)
class QueueSurvey:
    """What a look without touching shows: for ``doctor``."""

    name: str
    uidplus: bool
    keywords: bool


class ImapQueueFolders:
    """A triage.ports.QueueFolders. Used by one thread; only ``abandon`` is for others."""

    def __init__(self, settings: ImapSettings) -> None:
        patience = min(settings.timeout_seconds, LONGEST_WAIT_SECONDS)
        self._settings = replace(settings, timeout_seconds=patience)
        self._gate: Gate | None = None
        self._folder = ""
        self._selected: Selected | None = None
        self._room: float | None = None
        self._room_is_known = False

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        return self._gate is not None and self._gate.alive

    def open(self) -> None:
        """Connect and sign in."""
        self._gate = connect(self._settings)
        self._room_is_known = False

    def enter(self, place: str) -> Shown:
        """Select a folder, made and subscribed to where it is missing."""
        gate = self._opened()
        wanted = folder_name(place)
        try:
            self._folder = ensure_folder(gate, wanted)
            self._selected = gate.select(self._folder)
            uids = gate.search("UNDELETED") if self._selected.exists else []
        except ServerRefusedError as refusal:
            raise MailboxError(
                f"IMAP server {self._settings.where} does not open the folder {wanted}: {refusal.said}"
            ) from refusal
        return Shown(self._selected.uidvalidity, frozenset(uids))

    def look(self, uids: Iterable[int]) -> Mapping[int, Seen]:
        """Give what messages of the selected folder can be known by."""
        gate = self._opened()
        found: dict[int, Seen] = {}
        for chunk in chunks(list(uids)):
            for uid, answer in gate.fetch(chunk, _SEEN).items():
                flags = {flag.lower() for flag in answer.get(b"FLAGS", ())}
                size = answer.get(b"RFC822.SIZE")
                found[uid] = Seen(
                    received_at_of(answer),
                    size if isinstance(size, int) else -1,
                    OURS.lower().encode() in flags,
                )
        return found

    def content(self, uid: int, octets: int) -> bytes:
        """Give one message of about so many octets, without marking it; empty where there is none."""
        answer = self._opened().fetch([uid], ("UID", "BODY.PEEK[]"), octets).get(uid, {})
        raw = answer.get(b"BODY[]")
        return raw if isinstance(raw, bytes) else b""

    def put(self, raw: bytes, received_at: datetime, marks: str) -> int | None:
        """Put a copy into the selected folder; give its UID, None where the server does not tell it."""
        if not self._room_is_known:
            self._room, self._room_is_known = _room(self._opened()), True
        if self._room is not None and len(raw) > self._room:
            raise MailboxError(
                f"IMAP server {self._settings.where}: copies may fill the mailbox to {MOST_OF_QUOTA:.0%} "
                "of its quota, so that mail still comes in; [OVERQUOTA] for another copy."
            )
        told = self._opened().append(self._folder, raw, self._possible(flags_of(marks)), received_at)
        self._room = None if self._room is None else self._room - len(raw)
        known = self._selected is not None and told is not None and told[0] == self._selected.uidvalidity
        return told[1] if told is not None and known else None

    def mark(self, uids: Sequence[int], marks: str) -> None:
        """Let copies show how their tickets stand now."""
        gate, now = self._opened(), self._possible(flags_of(marks))
        before = self._possible(sorted(MARKS - set(now)))
        for chunk in chunks(uids):
            gate.remove_flags(chunk, before)
            for flag in now:
                gate.add_flag(chunk, flag)

    def take(self, uids: Sequence[int]) -> None:
        r"""Take copies away; a server that cannot expunge by UID keeps them, marked as \Deleted."""
        gate = self._opened()
        expunges = gate.can("UIDPLUS")
        for chunk in chunks(uids):
            gate.add_flag(chunk, DELETED)
            if expunges:
                gate.expunge(chunk)
        self._room_is_known = False

    def survey(self) -> QueueSurvey:
        """Look without changing anything; the folder that is read shows which flags the server keeps."""
        gate = self._opened()
        name, _is_there = find_folder(gate, folder_name("0010"))
        keywords = gate.select(self._settings.folder).keywords
        return QueueSurvey(name, gate.can("UIDPLUS"), keywords)

    def abandon(self) -> None:
        """End what is under way; may be called from any thread."""
        gate = self._gate
        if gate is not None:
            gate.cut()

    def close(self) -> None:
        """Sign out as politely as the connection still allows; never raises."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.logout()

    def _possible(self, flags: Iterable[str]) -> list[str]:
        """Leave out keywords where the folder keeps none."""
        keywords = self._selected is not None and self._selected.keywords
        return [flag for flag in flags if keywords or flag.startswith("\\")]

    def _opened(self) -> Gate:
        if self._gate is None or not self._gate.alive:
            raise MailboxError(f"IMAP server {self._settings.where} is not connected.")
        return self._gate


def _room(gate: Gate) -> float | None:
    """Give how many octets of copies the mailbox may still take; None where the server tells no quota."""
    storage = None
    if gate.can("QUOTA"):
        with suppress(ServerRefusedError):
            storage = gate.storage("INBOX")
    return storage.limit * MOST_OF_QUOTA - storage.used if storage else None
