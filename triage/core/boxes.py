"""The names of the mailboxes that one service reads, and what is kept for each of them."""

MAIN = "main"
"""How the mailbox of [mailbox] is called; further ones have the names of their sections."""

RECEIVE = "receive"
"""The stage that reads a mailbox, and the lease of whoever does."""


def stored_as(username: str, host: str, folder: str) -> str:
    """Give the name that the mails of a folder are stored under: it stays, whatever the settings call it."""
    return f"{username}@{host}/{folder}"


def kept_as(what: str, box: str) -> str:
    """Give the name under which something is kept for a mailbox: ``receive``, ``receive:reports``.

    The first one has the bare name, as when there was no other.
    """
    return what if box == MAIN else f"{what}:{box}"


def parts_of(kept: str) -> tuple[str, str]:
    """Give what is kept and for which mailbox: the other way round."""
    what, _, box = kept.partition(":")
    return what, box or MAIN
