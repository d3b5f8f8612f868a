"""Access tokens of OAuth 2, which sign in where no password is taken: from a program or from a file."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from triage.errors import MailboxError, TriageError

_TOKEN_SECONDS = 30.0


def token_from_command(
    command: Sequence[str], failure: type[TriageError] = MailboxError
) -> Callable[[], str]:
    """Give a source of access tokens that runs a program, without a shell, and reads its output.

    The source raises ``failure`` where it gives none.
    """

    def token() -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program, from config.toml, no shell
                tuple(command), check=True, capture_output=True, text=True, timeout=_TOKEN_SECONDS
            )
        except subprocess.CalledProcessError as error:
            raise failure(f"The token program {command[0]} ended with {error.returncode}.") from None
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            # Not chained: such errors repeat arguments and output, which may hold secrets.
            raise failure(f"The token program {command[0]} cannot be run ({type(error).__name__}).") from None
        return _one_token(done.stdout, f"The token program {command[0]}", failure)

    return token


def token_from_file(path: Path, failure: type[TriageError] = MailboxError) -> Callable[[], str]:
    """Give a source of access tokens that reads a file, which another program keeps fresh.

    The source raises ``failure`` where it gives none.
    """

    def token() -> str:
        try:
            text = path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise failure(f"The token file {path} cannot be read ({type(error).__name__}).") from None
        return _one_token(text, f"The token file {path}", failure)

    return token


def xoauth2(username: str, token: str) -> str:
    """Write what signs in by an access token, as Google and Microsoft want it in IMAP and SMTP alike."""
    return f"user={username}\1auth=Bearer {token}\1\1"


def _one_token(text: str, source: str, failure: type[TriageError]) -> str:
    token = text.strip()
    # RFC 6750, section 2.1: a bearer token is one word of visible ASCII.
    if not token or not token.isascii() or any(char <= " " for char in token):
        raise failure(f"{source} gives no access token.")
    return token
