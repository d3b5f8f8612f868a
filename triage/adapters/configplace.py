"""Where the configuration lies; apart from its reading, which commands without one need not wait for."""

import hashlib
import os
from pathlib import Path

from triage.errors import ConfigError

ENV_PREFIX = "TRIAGE__"
SEARCHED = (Path("config.toml"), Path("/etc/triage/config.toml"))


def find_config(given: Path | None) -> Path | None:
    """Give the file to read: the given one, $TRIAGE_CONFIG, ./config.toml, /etc/triage/config.toml, or none.

    Raises ConfigError when a file was named and is not there.
    """
    named = given or (Path(os.environ["TRIAGE_CONFIG"]) if os.environ.get("TRIAGE_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise ConfigError(f"{named}: there is no such configuration file; triage init writes one.")
        return named
    return next((path for path in SEARCHED if path.is_file()), None)


def has_environment() -> bool:
    """Say whether any key is set in the environment."""
    return any(name.startswith(ENV_PREFIX) for name in os.environ)


def place_of(config: Path | None) -> str:
    """Name where the settings lie without telling it: two programs with the same settings give the same."""
    where = str(config.resolve()) if config else ENV_PREFIX
    return hashlib.sha256(where.encode("utf-8", "surrogateescape")).hexdigest()[:16]
