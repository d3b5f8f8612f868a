"""The option --mailbox: one of the mailboxes that the settings name."""

from typing import Annotated

import typer

from triage.adapters.configfile import Config
from triage.core.boxes import MAIN
from triage.errors import NotFoundError

_WHICH = f"{MAIN}, or the NAME of [mailboxes.NAME]."
OneMailbox = Annotated[
    str | None, typer.Option("--mailbox", metavar="NAME", help=f"Only this mailbox: {_WHICH}")
]
AsMailbox = Annotated[
    str | None, typer.Option("--mailbox", metavar="NAME", help=f"As if the mails had come to: {_WHICH}")
]


def stored_name(config: Config, name: str) -> str:
    """Give what the mails of a mailbox are stored under. Raises NotFoundError."""
    [known] = named_boxes(config, name)
    return config.boxes[known].stored_as


def named_boxes(config: Config, name: str | None) -> list[str]:
    """Give the names of the mailboxes that are meant: all where none is named. Raises NotFoundError."""
    known = list(config.boxes)
    if name is None:
        return known
    if name not in known:
        raise NotFoundError(f"There is no mailbox {name!r} in the settings; there is {', '.join(known)}.")
    return [name]
