"""To which mailbox a mail came, as people call it; nothing is said where there is one mailbox alone."""

from collections.abc import Callable, Collection, Mapping

from triage.adapters.configfile import Config
from triage.adapters.configmailbox import InboxConfig
from triage.db import mails
from triage.web.shown import visible

_FirstOf = Callable[[Collection[int]], Mapping[int, str]]
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


def of_tickets(config: Config, ticket_ids: Collection[int], first_of: _FirstOf) -> dict[int, str]:
    """Give by ticket what the mailbox is called to which its first mail came; nothing where there is one.

    ``first_of`` finds the names under which these first mails are stored.
    """
    stored = first_of(ticket_ids) if config.mailboxes else {}
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
