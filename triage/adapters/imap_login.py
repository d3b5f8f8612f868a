"""Reaching an IMAP server and signing in."""

import ssl
from collections.abc import Callable

from triage.adapters.imap_dial import dial
from triage.adapters.imap_gate import Gate, ServerRefusedError
from triage.adapters.imap_settings import ImapSettings
from triage.adapters.tokens import xoauth2
from triage.errors import ConfigError, MailboxError, MailboxLoginError

_NOT_THE_CREDENTIALS = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""Response codes (RFC 5530) that say: the server has a problem, the password may be right."""


def connect(settings: ImapSettings) -> Gate:
    """Connect, encrypt and sign in as configured.

    Raises MailboxLoginError when the credentials are refused, ConfigError when the CA file cannot be read,
    MailboxError for everything else.
    """
    # Reading the system's authorities takes longer than all the rest.
    context = None if settings.tls == "none" else _tls_context(settings)
    secret = settings.token() if settings.token is not None else settings.password or ""
    gate = Gate(
        lambda scissors: dial(settings, context, scissors),
        settings.where,
        settings.timeout_seconds,
        (secret,),
    )
    try:
        if settings.tls == "starttls" and context is not None:
            gate.starttls(context)
        _sign_in(gate, settings, secret)
    except MailboxError:
        gate.logout()
        raise
    return gate


def _tls_context(settings: ImapSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{settings.section}.ca_file {settings.ca_file} cannot be used: {error}."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _sign_in(gate: Gate, settings: ImapSettings, secret: str) -> None:
    login_is_off = gate.can("LOGINDISABLED")
    if login_is_off and settings.tls == "none":
        raise MailboxError(f"IMAP server {settings.where} takes no login without TLS.")
    try:
        if settings.token is not None:
            gate.authenticate("XOAUTH2", _once(xoauth2(settings.username, secret)))
        elif login_is_off or not (settings.username + secret).isascii():
            # LOGIN has no agreed way to write letters beyond ASCII; PLAIN is UTF-8 (RFC 4616).
            gate.authenticate("PLAIN", _once(f"\0{settings.username}\0{secret}"))
        else:
            gate.login(settings.username, secret)
    except ServerRefusedError as refusal:
        if any(code in refusal.said.upper() for code in _NOT_THE_CREDENTIALS):
            raise
        raise MailboxLoginError(
            f"IMAP server {settings.where} refuses the login of {settings.username}: {refusal.said}"
        ) from refusal


def _once(answer: str) -> Callable[[bytes], bytes]:
    """Answer the first challenge; a second one carries an error and wants an empty line."""
    answers = [answer.encode()]
    return lambda _challenge: answers.pop() if answers else b""
