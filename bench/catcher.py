"""An SMTP server that takes every mail, keeps only counts, and prints them for each line it reads."""

import json
import re
import socket
import sys
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
HEAD_BYTES = 8192


class Taker:
    """Takes messages; ``recipients`` and ``message_ids`` count how often each was seen."""

    def __init__(self) -> None:
        self.recipients: Counter[str] = Counter()
        self.message_ids: Counter[bytes] = Counter()

    async def handle_DATA(  # noqa: N802  aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Count one message."""
        self.recipients.update(envelope.rcpt_tos)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.message_ids.update(MESSAGE_ID.findall(content[:HEAD_BYTES])[:1] or [b""])
        return "250 2.0.0 taken"

    def take(self) -> dict[str, int]:
        """Give the counts and start again at nought."""
        counts = {
            "messages": self.message_ids.total(),
            "recipients": len(self.recipients),
            "message_ids": len(self.message_ids),
        }
        self.recipients.clear()
        self.message_ids.clear()
        return counts


def main() -> None:
    """Serve until standard input ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    taker = Taker()
    controller = Controller(taker, hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    for _ in sys.stdin:
        print(json.dumps(taker.take()), flush=True)
    controller.stop()


if __name__ == "__main__":
    main()
