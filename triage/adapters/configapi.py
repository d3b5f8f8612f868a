"""The section [api] of config.toml."""

import re
from pathlib import Path

from pydantic import field_validator

from triage.adapters.configsections import Section

_HOST = re.compile(r"(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?|\[[0-9a-f:]+\]:\d{1,5}", re.IGNORECASE)


class ApiConfig(Section):
    """[api]: where webhooks may be; everything else about programs that ask us stands in their tokens."""

    webhook_hosts: tuple[str, ...] = ()
    webhook_ca_file: Path | None = None

    @field_validator("webhook_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is not a host such as gateway.example or gateway.example:8443")
        return value
