"""Asks a provider for an access token (RFC 6749): by the secret of a program, or by a refresh token."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from triage.adapters.privateway import is_private_way
from triage.errors import ConfigError, OidcError, OidcRefusedError

_SECONDS = 20.0
_LONGEST_TOLD = 200


def fetch_token(address: str, form: Mapping[str, str]) -> str:
    """Give a new access token.

    Raises ConfigError for an address that others could listen to, OidcError where nobody answers and
    OidcRefusedError where the provider says no. None of them repeats what was sent.
    """
    if not is_private_way(address):
        raise ConfigError(f"{address} is no address with https, so the secret could be read on its way.")
    host = urlsplit(address).hostname
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = client.post(address, data=dict(form))
            said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OidcError(
            f"{host} gives no access token: it cannot be reached ({type(error).__name__})."
        ) from None
    except ValueError:
        raise OidcError(
            f"{host} gives no access token: it answers {answer.status_code}, and no JSON."
        ) from None
    token = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(token, str) or not token:
        raise OidcRefusedError(f"{host} gives no access token: {_why(said, answer.status_code)}.")
    return token


def secret_in(path: Path) -> str:
    """Read a secret from its file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({type(error).__name__}).") from None
    if not text:
        raise ConfigError(f"{path} is empty; write the secret into it.")
    return text


def _why(said: object, status: int) -> str:
    """Give the provider's own words (RFC 6749, section 5.2), cut short and on one line."""
    words = said if isinstance(said, dict) else {}
    told = " ".join(str(words[key]) for key in ("error", "error_description") if key in words)
    return " ".join(told.split())[:_LONGEST_TOLD].rstrip(".") or f"it answers {status}"
