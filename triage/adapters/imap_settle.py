"""What becomes of a message on the server once it is safely stored: moved, flagged or deleted.

Each way may be repeated after a crash. Nothing is expunged but by UID: a bare EXPUNGE would also remove
what other people have marked.
"""

from collections.abc import Callable, Sequence

from triage.adapters.imap_folders import ensure_folder
from triage.adapters.imap_gate import STORED_KEYWORD, Gate, ServerRefusedError
from triage.adapters.imap_uids import as_set, chunks
from triage.errors import MailboxError

DELETED = "\\Deleted"
FLAGGED = "\\Flagged"

_PATIENCE = 5
"""So many messages may be refused one by one before the rest of them is left for the next time."""

Act = Callable[[Sequence[int]], None]


class Settler:
    """Settles messages over one connection with one folder selected."""

    def __init__(self, gate: Gate, processed_folder: str, *, keywords: bool) -> None:
        self._gate = gate
        self._wanted = processed_folder
        self._folder: str | None = None
        self._keywords = keywords
        self._moves = gate.can("MOVE")
        self._expunges = gate.can("UIDPLUS")

    def move(self, uids: Sequence[int]) -> None:
        """Move messages to the processed folder, which is made when it is missing."""
        if self._folder is None:
            self._folder = ensure_folder(self._gate, self._wanted)
        self._each(uids, self._move)

    def flag(self, uids: Sequence[int]) -> None:
        """Mark messages with the keyword, or with the star where the folder takes no keywords."""
        mark = STORED_KEYWORD if self._keywords else FLAGGED
        self._each(uids, lambda some: self._gate.add_flag(some, mark))

    def delete(self, uids: Sequence[int]) -> None:
        r"""Delete messages; a server that cannot expunge by UID keeps them, marked as \Deleted."""
        self._each(uids, self._delete)

    def _move(self, uids: Sequence[int]) -> None:
        assert self._folder is not None  # noqa: S101 - for the type checker: move() has seen to it
        transfer = self._gate.move if self._moves else self._copy
        try:
            transfer(uids, self._folder)
        except ServerRefusedError as refusal:
            if "[TRYCREATE]" not in refusal.said.upper():
                raise
            # Somebody has removed the folder since it was looked for.
            self._folder = ensure_folder(self._gate, self._wanted)
            transfer(uids, self._folder)
        if not self._moves:
            self._delete(uids)

    def _copy(self, uids: Sequence[int], folder: str) -> None:
        # What is marked already has been copied by an earlier attempt.
        fresh = self._gate.search(f"UNDELETED UID {as_set(uids)}")
        if fresh:
            self._gate.copy(fresh, folder)

    def _delete(self, uids: Sequence[int]) -> None:
        self._gate.add_flag(uids, DELETED)
        if self._expunges:
            self._gate.expunge(uids)

    def _each(self, uids: Sequence[int], act: Act) -> None:
        refused: list[ServerRefusedError] = []
        for chunk in chunks(uids):
            refused += self._try(chunk, act)
            if len(refused) >= _PATIENCE:
                break
        if refused:
            raise MailboxError(f"{len(refused)} stored message(s) could not be settled: {refused[0]}")

    def _try(self, uids: Sequence[int], act: Act) -> list[ServerRefusedError]:
        try:
            act(uids)
        except ServerRefusedError as refusal:
            # Some servers refuse a whole set for one message that is no longer there.
            present = self._gate.search(f"UID {as_set(uids)}")
            if not present:
                return []
            if len(present) < len(uids):
                return self._try(present, act)
            if len(uids) == 1:
                return [refusal]
            middle = len(uids) // 2
            refused = self._try(uids[:middle], act)
            return refused if len(refused) >= _PATIENCE else refused + self._try(uids[middle:], act)
        return []
