"""What the sections of the settings say to the adapters that reach the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.core.boxes import MAIN
from triage.errors import MailboxError, SmtpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.adapters.configfile import Config
    from triage.adapters.configmailbox import InboxConfig
    from triage.adapters.configsections import SmtpConfig
    from triage.adapters.imap import ImapSettings
    from triage.adapters.smtp import SmtpSettings
    from triage.errors import TriageError


def imap_settings(config: InboxConfig, name: str = MAIN) -> ImapSettings:
    """Translate the section of a mailbox."""
    from triage.adapters.imap import ImapSettings

    return ImapSettings(
        name=name,
        host=config.host,
        port=config.port,
        tls=config.tls,
        ca_file=config.ca_file,
        username=config.username,
        password=config.password.get_secret_value() if config.password else None,
        token=_token(config, MailboxError),
        folder=config.folder,
        after=config.after,
        processed_folder=config.processed_folder,
        batch_count=config.batch_count,
        batch_bytes=config.batch_bytes,
        timeout_seconds=config.timeout_seconds,
        ask_seconds=config.ask_seconds,
    )


def smtp_settings(config: Config) -> SmtpSettings:
    """Translate the section [smtp]."""
    from triage.adapters.smtp import SmtpSettings

    smtp = config.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        ca_file=str(smtp.ca_file) if smtp.ca_file else None,
        username=smtp.username,
        password=smtp.password.get_secret_value() if smtp.password else None,
        token=_token(smtp, SmtpError),
        from_address=smtp.from_address,
        others=frozenset(box.from_address for box in config.boxes.values() if box.from_address),
        timeout_seconds=smtp.timeout_seconds,
    )


def _token(config: InboxConfig | SmtpConfig, failure: type[TriageError]) -> Callable[[], str] | None:
    if config.auth != "xoauth2":
        return None

    from triage.adapters.tokens import token_from_command, token_from_file

    if config.token_command:
        return token_from_command(config.token_command, failure)
    return token_from_file(config.token_file, failure) if config.token_file else None
