"""The sections of config.toml about who is told what: alarms, digests, delays, security matters."""

from datetime import time
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from triage.adapters.configsections import Section, mail_address
from triage.adapters.privateway import is_private_way
from triage.core.webhooksign import LEAST_BYTES, MOST_BYTES, read_secret


class AlarmsConfig(Section):
    """[alarms]: who is told that something is wrong, and that it is well again; else the log alone."""

    email: tuple[str, ...] = ()
    webhook: SecretStr = SecretStr("")
    patience_minutes: int = Field(default=5, ge=0, le=1440)
    quiet_minutes: int = Field(default=60, ge=0, le=10_080)

    @field_validator("email")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mail_address(one) for one in value)

    @field_validator("webhook")
    @classmethod
    def _is_private(cls, value: SecretStr) -> SecretStr:
        return _private(value)


class DigestConfig(Section):
    """[digest]: the mail about his queues that each coordinator gets on working days; ``at`` is local."""

    enabled: bool = True
    at: time = time(8)


class DeadlineConfig(Section):
    """[deadline]: whether the working time of a ticket stands still while it waits for its unit."""

    pause_while_waiting: bool = False


class EscalationConfig(Section):
    """[escalation]: who hears of tickets that stay unanswered, and how often; hours are working hours.

    ``leads`` are addresses, since a lead need not work at the desk; none of them, and only coordinators hear.
    ``again_hours`` after the deadline leads hear once more; 0: never.
    """

    enabled: bool = True
    leads: tuple[str, ...] = ()
    again_hours: int = Field(default=8, ge=0, le=400)
    every_minutes: int = Field(default=30, ge=1, le=480)

    @field_validator("leads")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mail_address(one) for one in value)


class IncidentsConfig(Section):
    """[incidents]: whether agents get a letter about an incident that was found, and ``leads`` with them."""

    mail: bool = True
    leads: tuple[str, ...] = ()

    @field_validator("leads")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mail_address(one) for one in value)


class PagingConfig(Section):
    """[paging]: security officers are told of security matters at once, by mail and by a signed webhook."""

    enabled: bool = True
    webhook: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    quiet_minutes: int = Field(default=15, ge=1, le=1440)

    @field_validator("webhook")
    @classmethod
    def _is_private(cls, value: SecretStr) -> SecretStr:
        return _private(value)

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.webhook.get_secret_value() and self.webhook_key is None:
            raise ValueError(
                "webhook is set, so webhook_secret (or webhook_secret_file) is needed: "
                f"whsec_ and the base64 of {LEAST_BYTES} to {MOST_BYTES} random bytes"
            )
        return self

    @property
    def webhook_key(self) -> bytes | None:
        """The key that the webhook is signed with; None where none can be read."""
        return read_secret(self.webhook_secret.get_secret_value().strip())

    @property
    def by_letter(self) -> bool:
        """Whether officers are paged, and by letter alone."""
        return self.enabled and not self.webhook.get_secret_value()


def _private(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not is_private_way(value.get_secret_value()):
        raise ValueError("webhook is not an address with https")
    return value
