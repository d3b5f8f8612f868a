"""The connection to an IMAP server, known to the scissors before the server has said a word."""

import socket
import ssl
from imaplib import IMAP4

from imapclient import IMAPClient

from triage.adapters.imap_settings import ImapSettings
from triage.adapters.scissors import Scissors


def dial(settings: ImapSettings, context: ssl.SSLContext | None, scissors: Scissors) -> IMAPClient:
    """Connect, with TLS from the first octet where that is configured, and read the greeting."""
    return _Client(settings, context if settings.tls == "implicit" else None, scissors)


class _Client(IMAPClient):
    """An IMAPClient over a connection of our own making."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None, scissors: Scissors) -> None:
        self._scissors = scissors
        self._patience = settings.timeout_seconds
        super().__init__(
            settings.host,
            settings.port,
            ssl=context is not None,
            ssl_context=context,
            timeout=settings.timeout_seconds,
        )

    def _create_IMAP4(self) -> IMAP4:  # noqa: N802 - IMAPClient's own name for it
        return _Talk(self.host, self.port, self._patience, self.ssl_context, self._scissors)


class _Talk(IMAP4):
    """imaplib's side of it."""

    def __init__(
        self,
        host: str,
        port: int,
        timeout_seconds: float,
        context: ssl.SSLContext | None,
        scissors: Scissors,
    ) -> None:
        self._context = context
        self._scissors = scissors
        super().__init__(host, port, timeout_seconds)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        talk = socket.create_connection((self.host, self.port), timeout)
        self._scissors.hold(talk)
        # IMAPClient sends a SEARCH in two pieces, and the second would wait for a delayed acknowledgement.
        talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._context.wrap_socket(talk, server_hostname=self.host) if self._context else talk
