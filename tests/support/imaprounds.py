"""Short ways to drive an ImapMailbox against a ScriptedImap."""

from collections.abc import Sequence

from support.scripted_imap import ScriptedImap

from triage.adapters.imap import ImapMailbox, ImapSettings
from triage.ports import FetchedBatch

SECRET = "sesame-7"


def settings(server: ScriptedImap, **changes: object) -> ImapSettings:
    plain: dict[str, object] = {
        "host": server.host,
        "port": server.port,
        "tls": "none",
        "username": "hotro@mail.example",
        "password": SECRET,
        "timeout_seconds": 5.0,
    }
    return ImapSettings(**(plain | changes))


def mails(*uids: int) -> dict[int, bytes]:
    return {uid: f"Subject: {uid}\r\n\r\n".encode() for uid in uids}


def opened(server: ScriptedImap, **changes: object) -> ImapMailbox:
    box = ImapMailbox(settings(server, **changes))
    box.open()
    return box


def brought(batches: Sequence[FetchedBatch]) -> list[int]:
    return [each.uid for batch in batches for each in batch.mails]


def refused(batches: Sequence[FetchedBatch]) -> dict[int, str]:
    return {each.uid: each.error for batch in batches for each in batch.unfetchable}
