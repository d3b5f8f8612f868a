"""The mailboxes that are read: [mailbox], and each further one in a section [mailboxes.NAME]."""

import re
from collections.abc import Mapping
from itertools import combinations, permutations
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from triage.adapters.configsections import Section, Tls, demand_token, mail_address
from triage.core.boxes import MAIN, stored_as
from triage.core.queuefolders import ROOT, is_among_queues

LEAST_ASK_SECONDS = 0.1
"""More often no server is asked for new mail."""

FURTHER = "mailboxes"
"""The section that holds the further mailboxes, each by its name."""

_NAME = re.compile(r"(?=.{1,12}$)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


class InboxConfig(Section):
    """What every mailbox has: one folder of one account on an IMAP server, and how its mails are answered."""

    other_ways: ClassVar[str] = "password_file, or auth and a token"

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    tls: Tls = "implicit"
    ca_file: Path | None = None
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    password: SecretStr | None = None
    token_command: tuple[str, ...] = ()
    token_file: Path | None = None
    folder: str = "INBOX"
    poll_seconds: int = Field(default=60, ge=1, le=86_400)
    idle: bool = True
    ask_seconds: float = Field(default=0.25, ge=0, le=60)
    after: Literal["move", "flag", "delete"] = "move"
    processed_folder: str = "Processed"
    from_address: str | None = None
    reply_to: str | None = None
    batch_count: int = Field(default=50, ge=1, le=1000)
    batch_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    timeout_seconds: float = Field(default=60, gt=0, le=3600)

    @property
    def stored_as(self) -> str:
        """The name that mails of this folder are stored under: it stays the same whatever section it has."""
        return stored_as(self.username, self.host, self.folder)

    @field_validator("ask_seconds")
    @classmethod
    def _is_no_storm(cls, value: float) -> float:
        if 0 < value < LEAST_ASK_SECONDS:
            raise ValueError(f"must be at least {LEAST_ASK_SECONDS}, or 0 to ask nothing beside IDLE")
        return value

    @field_validator("from_address", "reply_to")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return value if value is None else mail_address(value)

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        if self.auth == "password" and self.password is None:
            raise ValueError(f"password is missing; set password, {self.other_ways}")
        if self.auth == "xoauth2":
            demand_token(self.token_command, self.token_file)
        return self


class MailboxConfig(InboxConfig):
    """[mailbox]: the mailbox that every installation has, and the folders of queues on its account."""

    other_ways: ClassVar[str] = "password_file or TRIAGE__MAILBOX__PASSWORD"

    queue_folders: bool = False
    queue_closed_days: int = Field(default=90, ge=0, le=3650)

    @model_validator(mode="after")
    def _reads_no_copies(self) -> Self:
        read = {"folder": self.folder, "processed_folder": self.processed_folder}
        clash = next((key for key, name in read.items() if is_among_queues(name)), None)
        if self.queue_folders and clash:
            raise ValueError(f"{clash} lies below {ROOT}, where queue_folders puts copies; name another one")
        return self


def title_of(name: str) -> str:
    """Give the section of a mailbox as a person writes it."""
    return "[mailbox]" if name == MAIN else f"[{FURTHER}.{name}]"


def demand_apart(mailbox: MailboxConfig, further: Mapping[str, InboxConfig]) -> None:
    """Raise ValueError where a name cannot be one, or where two mailboxes would read the same mails.

    Mails are known by account, server and folder alone, so another port makes no other mailbox.
    """
    for name in further:
        if name == MAIN or not _NAME.fullmatch(name):
            raise ValueError(
                f"[{FURTHER}.{name}]: a name has small letters a-z, digits, single - or _ between them, a "
                f"letter first, and 12 signs at most; {MAIN} is the mailbox of [mailbox]"
            )
    boxes = {MAIN: mailbox, **further}
    for (name, box), (other, beside) in combinations(boxes.items(), 2):
        if _folder_of(box) == _folder_of(beside):
            raise ValueError(
                f"{title_of(name)} and {title_of(other)} both read {box.stored_as}; leave one of them out"
            )
    for (name, box), (other, beside) in permutations(boxes.items(), 2):
        if beside.after == "move" and _folder_of(box) == _folder_of(beside, beside.processed_folder):
            raise ValueError(
                f"{title_of(name)} reads {box.folder}, into which {title_of(other)} moves its mails; "
                "name another folder"
            )
    for name, box in further.items():
        same = _folder_of(box, "") == _folder_of(mailbox, "")
        if mailbox.queue_folders and same and is_among_queues(box.folder):
            raise ValueError(f"{title_of(name)} reads below {ROOT}, where queue_folders puts copies")


def _folder_of(box: InboxConfig, folder: str | None = None) -> tuple[str, str, str]:
    """Give what tells a folder from others: on most servers neither host nor account knows upper case."""
    name = box.folder if folder is None else folder
    return box.host.lower(), box.username.lower(), "INBOX" if name.upper() == "INBOX" else name
