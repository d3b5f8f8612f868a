"""To which mailbox a mail came, as people call it; nothing is said where there is one mailbox alone."""

from collections.abc import Callable, Mapping

from triage.adapters.configfile import Config
from triage.adapters.configmailbox import InboxConfig
from triage.db import mails
from triage.web.shown import visible

_Way = Callable[[Config, str, InboxConfig], str]


def called(config: Config, stored: str) -> str:
    """Give what a mailbox is called by the name that its mails are stored under.

    One that is in the settings no more keeps that name. Empty where there is one mailbox, and for old mails
    of which nobody told where they came from.
    """
    if not config.mailboxes:
        return ""
    known = mails.mailbox_of(stored)
    return "" if known.startswith(mails.IMPORTED) else visible(_names(config).get(known, known))


def each_called(config: Config, stored: Mapping[int, str]) -> dict[int, str]:
    """Give by ticket what a mailbox is called, by the name that its mails are stored under."""
    return {ticket: called(config, name) for ticket, name in stored.items()}


def _names(config: Config) -> dict[str, str]:
    """Give by stored name the shortest names that tell all mailboxes apart."""
    for way in _WAYS:
        names = {box.stored_as: way(config, name, box) for name, box in config.boxes.items()}
        if len(set(names.values())) == len(names):
            break
    return names


def _address(config: Config, name: str, box: InboxConfig) -> str:
    """Give the address that people write to."""
    del name
    # The login of the first may be another name than the address; of a further one it is all there is.
    is_main = box.stored_as == config.mailbox.stored_as
    ours = (box.from_address, "" if is_main else box.username, config.smtp.from_address, box.username)
    return next(one for one in ours if one and "@" in one)


def _with_folder(config: Config, name: str, box: InboxConfig) -> str:
    return f"{_address(config, name, box)} ({box.folder})"


def _with_section(config: Config, name: str, box: InboxConfig) -> str:
    return f"{_address(config, name, box)} ({name})"


_WAYS: tuple[_Way, ...] = (_address, _with_folder, _with_section)
