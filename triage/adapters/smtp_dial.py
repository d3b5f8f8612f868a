"""The connection to an SMTP server, known to the scissors before the server has said a word."""

import smtplib
import socket
import ssl

from triage.adapters.scissors import Scissors

_NAME = "localhost"
"""Replaced later; where none is given, smtplib asks the DNS, which can take minutes."""


def dial(
    host: str, port: int, timeout_seconds: float, context: ssl.SSLContext | None, scissors: Scissors
) -> smtplib.SMTP:
    """Connect, with TLS from the first octet where there is a context, and read the greeting."""
    if context is None:
        return _Plain(host, port, timeout_seconds, scissors)
    return _Tls(host, port, timeout_seconds, scissors, context)


class _Held(smtplib.SMTP):
    """smtplib over a connection that the scissors hold."""

    scissors: Scissors

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        talk = socket.create_connection((host, port), timeout)
        self.scissors.hold(talk)
        return talk


class _Plain(_Held):
    def __init__(self, host: str, port: int, timeout_seconds: float, scissors: Scissors) -> None:
        self.scissors = scissors
        super().__init__(host, port, _NAME, timeout_seconds)


class _Tls(smtplib.SMTP_SSL, _Held):
    """The same with TLS: smtplib wraps what ``_Held`` has connected."""

    def __init__(
        self, host: str, port: int, timeout_seconds: float, scissors: Scissors, context: ssl.SSLContext
    ) -> None:
        self.scissors = scissors
        super().__init__(host, port, _NAME, timeout=timeout_seconds, context=context)
