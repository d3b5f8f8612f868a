"""Asks the running service itself whether all is well, with nothing imported that takes long.

Only a plain yes counts, and only of the service that runs with the same settings. Anything else is left to
``triage healthcheck`` as it is: that looks into the database and says what is wrong.
"""

import json
import os
import socket
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from triage.adapters.configplace import ENV_PREFIX, find_config, place_of
from triage.errors import TriageError

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8600
"""As [web] has them; a test compares."""

PATIENCE_SECONDS = 3.0
"""For the whole conversation: who gives a byte now and then is no healthy service."""
_MOST_BYTES = 65_536
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens everywhere is asked here


def says_that_all_is_well(arguments: Sequence[str]) -> bool:
    """Whether the command is healthcheck alone and the service of its settings answers that all is well."""
    match list(arguments):
        case ["healthcheck"]:
            given = None
        case ["--config", path, "healthcheck"]:
            given = Path(path)
        case _:
            return False
    try:
        config = find_config(given)
        host, port = _where(config)
        return port != 0 and _is_well(_ask(host, port), place_of(config))
    except (TriageError, OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        # No TOML, a port that there is not, nobody there or a stranger: the command itself says which.
        return False


def _where(config: Path | None) -> tuple[str, int]:
    values: dict[str, Any] = {}
    if config is not None:
        values |= tomllib.loads(config.read_text(encoding="utf-8")).get("web", {})
    for name, value in os.environ.items():
        if name.startswith(ENV_PREFIX) and (key := name.removeprefix(ENV_PREFIX).lower()).startswith("web__"):
            values[key.removeprefix("web__")] = value
    host = str(values.get("host", DEFAULT_HOST))
    return _ANYWHERE.get(host, host), int(values.get("port", DEFAULT_PORT))


def _ask(host: str, port: int) -> bytes:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    with socket.create_connection((host, port), PATIENCE_SECONDS) as talk:
        talk.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = b""
        while len(answer) < _MOST_BYTES:
            # Never 0: that would mean not to wait at all.
            talk.settimeout(max(ends_at - time.monotonic(), 0.001))
            more = talk.recv(_MOST_BYTES)
            if not more:
                break
            answer += more
    return answer


def _is_well(answer: bytes, place: str) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    return status == [b"200"] and json.loads(body).get("settings") == place
