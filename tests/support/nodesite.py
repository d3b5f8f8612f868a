"""Services side by side on one PostgreSQL, with a real mailbox and a real outgoing server."""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.commands import Started, start
from support.dovecot import drop_into
from support.imapserver import ImapAccount
from support.office import MONDAY, request
from support.patience import until

from triage.core.parse import read_mail
from triage.db.engine import Database
from triage.db.schema import decisions, mails, outbox, tickets


@dataclass
class Service:
    """A running node; ``told`` are the events of its log."""

    process: Started
    told: list[dict[str, object]] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith(b"{"):
                self.told.append(json.loads(line))

    def has_told(self, event: str, **values: object) -> bool:
        return any(one["event"] == event and values.items() <= one.items() for one in [*self.told])

    def processed(self) -> int:
        return sum(one["event"] == "mail_processed" for one in self.told)


@dataclass
class Site:
    """A mailbox, an outgoing server, a database, and the nodes that were started."""

    config: Path
    account: ImapAccount
    catcher: SmtpCatcher
    database: Database
    stack: ExitStack
    count: int = 0

    def node(self, url: str = "", within: Sequence[str] = (), **more: str) -> Service:
        """Start a node and wait until it works; ``url`` leads to the database another way.

        ``within`` are words before the command.
        """
        if url:
            more["TRIAGE__DATABASE__URL"] = url
        service = Service(start(["--config", self.config, "run"], within, **more))
        self.stack.callback(service.process.communicate)
        self.stack.callback(service.process.kill)
        threading.Thread(target=service.listen, daemon=True).start()
        until(lambda: service.has_told("service_started"))
        return service

    def arrive(self, count: int) -> None:
        numbers = range(self.count, self.count + count)
        raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a{n}@x.example") for n in numbers]
        assert self.account.maildir is not None
        drop_into(self.account.maildir, [(raw, MONDAY) for raw in raws])
        self.count += count

    def sent(self) -> int:
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).where(outbox.c.state == "sent")) or 0

    def all_is_well(self, doubles: int) -> None:
        """Demand that every mail has one ticket and a letter, at most so many of them twice."""
        until(lambda: self.sent() == self.count)
        with self.database.read() as connection:
            assert connection.scalar(select(func.count()).select_from(mails)) == self.count
            assert connection.scalar(select(func.count()).select_from(tickets)) == self.count
            assert connection.scalar(select(func.count()).where(decisions.c.acting)) == self.count
            written = set(connection.scalars(select(outbox.c.message_id)))
        caught = Counter(read_mail(one.raw).message_id for one in self.catcher.messages)
        assert set(caught) == written
        assert caught.total() - len(caught) <= doubles
