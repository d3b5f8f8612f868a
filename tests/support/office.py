"""Builds what the service's tests work with: mails, a migrated database, the means of processing."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from support.imapserver import ImapAccount
from support.migrated import migrated

from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import load_rulebook
from triage.adapters.trial import TrialReader
from triage.core.rules import Rulebook
from triage.db import mails
from triage.db.engine import Database
from triage.ports import FetchedMail, Objects
from triage.resources import resource
from triage.service import storage
from triage.service.means import Means
from triage.service.process import Processed, process_batch

MONDAY = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
"""Monday, 09:30 in Hanoi."""
RULES = resource("rules")
OUR_ADDRESS = "hotrocntt@vst.gov.vn"


@functools.cache
def shipped_rules() -> Rulebook:
    """Give the rules of the product, read once: a rulebook never changes."""
    return load_rulebook(RULES)


@functools.cache
def shipped_letters() -> LetterRenderer:
    """Give the letters of the product, compiled once."""
    return LetterRenderer(RULES / "letters")


@dataclass
class SetClock:
    """A clock that stands until it is moved."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment

    def forward(self, **how: float) -> None:
        self.moment += timedelta(**how)


@dataclass
class Office:
    """A migrated database with everything that processing needs."""

    database: Database
    clock: SetClock = field(default_factory=SetClock)
    means: Means = field(init=False)
    _next_uid: int = 0
    told: int = 0
    """How many units have told of an error, see support.surges."""

    def __post_init__(self) -> None:
        self.means = Means(
            rules=shipped_rules(),
            renderer=shipped_letters(),
            clock=self.clock,
            zone=ZoneInfo("Asia/Ho_Chi_Minh"),
            from_address=OUR_ADDRESS,
            trial=TrialReader(RULES),
        )

    def store(self, *raws: bytes, received_at: datetime | None = None, mailbox: str = "box") -> None:
        """Store mails as if they had been fetched just now, under the name of a mailbox."""
        for raw in raws:
            self._next_uid += 1
            fetched = FetchedMail(self._next_uid, received_at or self.clock.now(), raw)
            kept = storage.put(self.database, self.clock, [fetched]).kept
            with self.database.write() as connection:
                mails.store(connection, mailbox, 1, [fetched], self.clock.now(), kept)

    def process(self, worker: str = "worker") -> Processed:
        """Process all that waits."""
        done = Processed()
        while batch := process_batch(self.means, self.database, worker, ignore_delay=True):
            done.add(batch)
        return done


@contextmanager
def open_office(url: str, objects: Objects | None = None) -> Iterator[Office]:
    """Give an office on a new database; its mails lie in objects where there is a storage for them."""
    database = migrated(url)
    if objects is not None:
        database.close()
        database = Database(url, objects=objects)
    try:
        yield Office(database)
    finally:
        database.close()


def request(
    subject: str = "[0010#DVC] Lỗi đăng nhập dịch vụ công",
    *,
    number: int = 1,
    sender: str = "Kế toán <ketoan@thcs-hoamai.example>",
    text: str = "Kính gửi Đội hỗ trợ, đơn vị không đăng nhập được từ sáng nay. Điện thoại: 0900 000 001.",
    **headers: str,
) -> bytes:
    """Write the bytes of a plain mail; ``in_reply_to="<…>"`` sets In-Reply-To."""
    lines = {
        "From": sender,
        "To": OUR_ADDRESS,
        "Subject": subject,
        "Date": "Mon, 16 Nov 2026 09:29:00 +0700",
        "Message-ID": f"<mail-{number}@thcs-hoamai.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def write_config(
    folder: Path, *, imap: ImapAccount, smtp_port: int, database_url: str, after: str = "move", more: str = ""
) -> Path:
    """Write a config.toml for an account of a test server and an SMTP catcher."""
    path = folder / "config.toml"
    path.write_text(
        f"""
[mailbox]
host = "{imap.host}"
port = {imap.port}
tls = "none"
username = "{imap.username}"
password = "{imap.password}"
poll_seconds = 1
after = "{after}"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
from_address = "{OUR_ADDRESS}"

[database]
url = "{database_url}"

[web]
port = 0

{more}
""",
        encoding="utf-8",
    )
    return path


def further_mailbox(name: str, imap: ImapAccount, *, poll_seconds: int = 1, more: str = "") -> str:
    """Write the section of a mailbox beside the one of write_config."""
    return f"""
[mailboxes.{name}]
host = "{imap.host}"
port = {imap.port}
tls = "none"
username = "{imap.username}"
password = "{imap.password}"
poll_seconds = {poll_seconds}
{more}
"""
