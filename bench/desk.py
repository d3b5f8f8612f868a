"""Measures the pages of the desk on the server, with years of tickets behind them.

    .venv/bin/python bench/desk.py --tickets 100000
    .venv/bin/python bench/desk.py --tickets 1000000 --database postgres
    .venv/bin/python bench/desk.py --tickets 10000000 --mails-each 1 --parts 20 --database postgres  (55 GB)

Pages are asked for by a client on this machine; the time is the server's, from the request to the last byte.
"""

import argparse
import contextlib
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
from deskload import load
from deskrows import MAILS, NOW, Years
from pydantic import SecretStr
from servers import postgres
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.adapters.configfile import Config
from triage.adapters.configmailbox import MailboxConfig
from triage.adapters.configsections import DatabaseConfig, SmtpConfig, WebConfig
from triage.adapters.letters import LetterRenderer
from triage.adapters.rulefiles import load_rulebook
from triage.adapters.trial import TrialReader
from triage.app import App
from triage.core.people import Factor, Role
from triage.db import migrate, people, sessions
from triage.db.engine import Database
from triage.resources import resource
from triage.service.means import Means
from triage.web.deskapp import create_desk
from triage.web.server import listen, server_of

ADDRESS = "hotrocntt@vst.gov.vn"
RULES = resource("rules")
ROUNDS = 40
WARM_UP = 3
QUESTIONS = (
    "đăng nhập",
    "doi chieu tai khoan",
    '"mã lỗi 403"',
    "chứng thư số status:new",
    "ref12345",
    "mật khẩu queue:0010",
    "from:truong77",
    "ủy nhiệm chi có:tệp",
)
"""Words that stand in every third mail, and words that stand in one."""


@dataclass
class Clock:
    """The hour at which the tickets end."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Give the moment, which goes on so slowly that nobody's session ends."""
        self.moment += timedelta(milliseconds=1)
        return self.moment


@dataclass
class Timed:
    """The application with a watch: how long the server works at each answer, and how many bytes it gives."""

    inner: ASGIApp
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and note the time."""
        size = 0

        async def counting(message: Message) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            await send(message)

        start, cpu = time.perf_counter(), time.process_time()
        await self.inner(scope, receive, counting)
        if scope["type"] == "http":
            self.seconds.append(time.perf_counter() - start)
            self.cpu_seconds.append(time.process_time() - cpu)
            self.sizes.append(size)

    def forget(self) -> None:
        """Begin anew."""
        for noted in (self.seconds, self.cpu_seconds, self.sizes):
            noted.clear()


def app_on(url: str) -> App:
    """Make an installation whose only real part is the database."""
    config = Config(
        mailbox=MailboxConfig(host="imap.example", username=ADDRESS, password=SecretStr("x")),
        smtp=SmtpConfig(host="smtp.example", from_address=ADDRESS),
        database=DatabaseConfig(url=SecretStr(url)),
        web=WebConfig(secure_cookies=False),
    )
    means = Means(
        rules=load_rulebook(RULES),
        renderer=LetterRenderer(RULES / "letters"),
        clock=Clock(),
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        from_address=ADDRESS,
        trial=TrialReader(RULES),
    )
    return App(config, Path(RULES), Database(url), means, "bench")


def sign_in(app: App, name: str, role: Role, *queues: str) -> dict[str, str]:
    """Make somebody with an open session; gives the cookie of a browser that has it."""
    now, name = app.means.clock.now(), f"{name}-{secrets.token_hex(4)}"
    with app.database.write() as connection:
        number = people.add(connection, now, name=name, display_name=name, role=role.value, password_hash="")
        people.set_queues(connection, number, list(queues))
        sessions.open_one(
            connection,
            token_hash=sha256(name.encode()).hexdigest(),
            form_token="x",  # noqa: S106 - no form is sent
            person_id=number,
            factor=Factor.CODE.value,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=1),
            confirmed_at=now,
        )
    return {"triage": name}


@contextlib.contextmanager
def served(pages: ASGIApp) -> Iterator[str]:
    """Serve on a free port of this machine."""
    listening = listen("127.0.0.1", 0)
    server = server_of(pages)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def measure(url: str, years: Years, rounds: int) -> None:
    """Ask for each page many times and print a line for each."""
    app = app_on(url)
    timed = Timed(create_desk(app, frozenset()))
    last, queue = years.count, years.queues[0]
    pages: list[tuple[str, str, Callable[[int], str]]] = [
        ("board", "agent", lambda _: "/"),
        ("list of all queues", "agent", lambda _: "/tickets"),
        ("queue", "agent", lambda _: f"/queues/{queue}"),
        ("queue, closed ones", "agent", lambda _: f"/queues/{queue}?status=closed"),
        ("ticket", "agent", lambda turn: f"/tickets/{years.code(last - 1 - turn * 17)}"),
        ("queue of a coordinator", "coordinator", lambda _: f"/queues/{queue}"),
        ("report of a month", "agent", lambda _: f"/reports?month={NOW:%Y-%m}"),
        ("report of a month", "coordinator", lambda _: f"/reports?month={NOW:%Y-%m}"),
        ("day of the centre", "agent", lambda _: "/today"),
        ("ticket of 2024", "agent", lambda turn: f"/tickets/{years.code(1 + turn * 17)}"),
    ]
    pages += [
        (f"search {typed}", who, lambda _, typed=typed: f"/search?q={quote(typed)}")  # type: ignore[misc]
        for who in ("agent", "coordinator")
        for typed in QUESTIONS
    ]
    with served(timed) as address, httpx.Client(base_url=address, timeout=120) as client:
        cookies = {
            "agent": sign_in(app, "agent1", Role.AGENT),
            "coordinator": sign_in(app, "coordinator1", Role.COORDINATOR, queue),
        }
        print("| page | who | median ms | p95 ms | CPU ms | HTML KB |\n|---|---|---|---|---|---|")
        for name, who, path in pages:
            ask(client, cookies[who], [path(turn) for turn in range(rounds + WARM_UP)], timed, app)
            print(f"| {name} | {who} | {line(timed)} |", flush=True)
    app.database.close()


def ask(client: httpx.Client, cookies: dict[str, str], paths: Sequence[str], timed: Timed, app: App) -> None:
    """Ask for pages, one after the other; the first few only warm up."""
    with app.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM throttles")
    for turn, path in enumerate(paths):
        if turn == WARM_UP:
            timed.forget()
        answer = client.get(path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        if answer.status_code != httpx.codes.OK:
            raise SystemExit(f"{path} answered {answer.status_code}")


def line(timed: Timed) -> str:
    """Give median, 95th percentile, CPU time of our process, and size of what was noted."""
    times = sorted(1000 * one for one in timed.seconds)
    high = times[min(len(times) - 1, int(len(times) * 0.95))]
    cpu = 1000 * statistics.median(timed.cpu_seconds)
    return f"{statistics.median(times):.0f} | {high:.0f} | {cpu:.0f} | {max(timed.sizes) / 1000:.0f}"


@contextlib.contextmanager
def database(kind: str, url: str) -> Iterator[str]:
    """Give the address of a database: the one that was named, or else a new one that goes away again."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="triage-desk-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        if kind == "sqlite":
            yield f"sqlite:///{folder}/desk.sqlite"
            return
        with postgres(Path(folder)) as new_database:
            yield new_database()


def fill(url: str, years: Years, parts: int) -> None:
    """Load the tickets, unless an earlier run has."""
    found = Database(url)
    is_new = migrate.current_revision(found) is None
    found.close()
    if is_new:
        start = time.monotonic()
        load(url, years, parts)
        print(f"Loaded in {time.monotonic() - start:.0f} s.", flush=True)


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--url", default="", help="a database to keep, filled where it is empty")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--mails-each", type=int, default=MAILS, help="mails of a ticket; with 1 they are short"
    )
    parser.add_argument(
        "--parts", type=int, default=1, help="PostgreSQL: make two of so many parts, copy the rest"
    )
    chosen = parser.parse_args()
    years = Years(chosen.tickets, load_rulebook(RULES), mails=chosen.mails_each)
    with database(chosen.database, chosen.url) as url:
        fill(url, years, chosen.parts)
        print(f"{chosen.tickets:,} tickets, {chosen.tickets * years.mails:,} mails\n")
        measure(url, years, chosen.rounds)


if __name__ == "__main__":
    main()
