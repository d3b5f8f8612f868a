"""One user's mailbox on a server under test, whichever server that is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from triage.adapters.imap import ImapSettings


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where and as whom to sign in; ``maildir`` and the TLS parts are given for Dovecot only."""

    host: str
    port: int
    username: str
    password: str
    tls_port: int = 0
    ca_file: Path | None = None
    maildir: Path | None = None
    direct_append: Callable[[bytes, datetime | None, str], None] | None = None

    def settings(self, **changes: object) -> ImapSettings:
        """Give settings for this account without TLS; ``changes`` replace single fields."""
        plain: dict[str, object] = {
            "host": self.host,
            "port": self.port,
            "tls": "none",
            "username": self.username,
            "password": self.password,
            "timeout_seconds": 20.0,
        }
        return ImapSettings(**(plain | changes))  # type: ignore[arg-type]  # the fields check themselves

    @contextmanager
    def client(self, folder: str | None = None) -> Iterator[IMAPClient]:
        """Sign in as a second client beside the one under test; times it gives are aware."""
        client = IMAPClient(self.host, self.port, ssl=False, timeout=20)
        try:
            client.normalise_times = False
            client.login(self.username, self.password)
            if folder is not None:
                client.select_folder(folder)
            yield client
        except BaseException:
            client.shutdown()
            raise
        client.logout()

    def append(self, raw: bytes, received_at: datetime | None = None, folder: str = "INBOX") -> None:
        """Put one message into a folder as if received at that moment (aware)."""
        if self.direct_append is not None:
            self.direct_append(raw, received_at, folder)
            return
        with self.client() as client:
            client.append(folder, raw, msg_time=received_at)

    def append_all(self, mails: "list[bytes]", folder: str = "INBOX") -> None:
        """Put several messages into a folder over one connection."""
        with self.client() as client:
            for raw in mails:
                client.append(folder, raw)

    def raw_mails(self, folder: str = "INBOX") -> list[bytes]:
        """Give the messages of a folder in the order of their UIDs, without marking them."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            answers = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
            return [answers[uid][b"BODY[]"] for uid in sorted(answers)]

    def flags(self, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """Give the flags of each message of a folder."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return dict(client.get_flags(client.search("ALL")))

    def folders(self) -> list[str]:
        with self.client() as client:
            return [name for _flags, _separator, name in client.list_folders()]
