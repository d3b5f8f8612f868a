"""What the IMAP adapter has to know of a mailbox."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from triage.core.boxes import MAIN, stored_as
from triage.errors import ConfigError

Tls = Literal["implicit", "starttls", "none"]
After = Literal["move", "flag", "delete"]

_FORBIDDEN = "\r\n\0"


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """One folder of one user on one server, and what becomes of a message that is safely stored.

    Either ``password`` or ``token`` signs in; ``token`` gives an OAuth 2 access token and is asked anew at
    each login (XOAUTH2). ``ca_file`` replaces the system's authorities. A ``/`` in ``processed_folder``
    stands for the server's own separator. ``timeout_seconds`` bounds every single wait for the server;
    five of them, and more for large messages, bound a whole command. ``ask_seconds`` is how often a second
    connection asks for new mail beside IDLE; 0 never. ``name`` is that of the mailbox in the settings.
    Raises ConfigError for a value that could never work.
    """

    host: str
    port: int
    tls: Tls
    username: str
    password: str | None = field(default=None, repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    ca_file: Path | None = None
    folder: str = "INBOX"
    after: After = "move"
    processed_folder: str = "Processed"
    batch_count: int = 50
    batch_bytes: int = 16 * 1024 * 1024
    timeout_seconds: float = 60.0
    ask_seconds: float = 0.0
    name: str = MAIN

    def __post_init__(self) -> None:
        for key in ("host", "username", "password", "folder", "processed_folder"):
            value = getattr(self, key) or ""
            if any(char in value for char in _FORBIDDEN):
                raise ConfigError(f"{self.section}.{key} holds a line break or a NUL")
        if self.password is None and self.token is None:
            raise ConfigError(f"{self.section}.password is missing, and there is no token in its place")
        if self.after == "move" and self.processed_folder == self.folder:
            raise ConfigError(f"{self.section}.processed_folder is the folder that mail is read from")

    @property
    def section(self) -> str:
        """The section of the settings, as errors name it."""
        return "mailbox" if self.name == MAIN else f"mailboxes.{self.name}"

    @property
    def stored_as(self) -> str:
        """The name that mails of this folder are stored under: ``user@host/folder``."""
        return stored_as(self.username, self.host, self.folder)

    @property
    def where(self) -> str:
        """The server as errors name it."""
        return f"{self.host}:{self.port}"
