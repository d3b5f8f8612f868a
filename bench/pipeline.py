"""Measures mails a second of ``triage run --once`` against the honest minimum, on the same mails and servers.

Both sides run as processes of their own, by turns, each from a full mailbox and an empty database; with
``--stored`` the service also with a database that has so many tickets. What came out is counted; a run that
made a wrong number of tickets or letters is no measurement and ends with exit 1.
"""

import argparse
import contextlib
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deskload import load
from deskrows import Years
from mails import BenchMail, make_mails
from servers import PASSWORD, USER, Catcher, Dovecot, dovecot, postgres

from triage.adapters.rulefiles import load_rulebook
from triage.db.engine import Database
from triage.resources import resource

HERE = Path(__file__).resolve().parent
TRIAGE = Path(sys.executable).with_name("triage")
START_UPS = 5
COUNTED = {
    "tickets": "select count(*) from tickets",
    "letters": "select count(*) from outbox where state = 'sent'",
    "mails": "select count(*) from mails where state = 'processed'",
}

CONFIG = """
[mailbox]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
username = "{user}"
password = "{password}"
folder = "INBOX"
after = "move"
processed_folder = "Processed"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
from_address = "hotrocntt@vst.gov.vn"

[database]
url = "{url}"

[web]
port = 0
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process that drained one mailbox. Times are seconds of the wall clock and of its own CPU."""

    side: str
    mails: int
    seconds: float
    cpu_seconds: float
    tickets: int
    replies: int
    problems: tuple[str, ...]
    memory: int = 0
    """The most that its processes took together of the machine's memory, in MiB."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers and mails that both sides share, and a maker of empty databases."""

    server: Dovecot
    catcher: Catcher
    mails: Sequence[BenchMail]
    folder: Path
    new_database_url: Callable[[], str]
    stored: str = ""
    """The database that is full already, if there is to be one."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended, and what it cost."""

    seconds: float
    cpu_seconds: float
    problems: tuple[str, ...]
    memory: int


class Watch(threading.Thread):
    """Watches how much of the machine's memory a process and its children take together, in KiB.

    What a system call tells of a child that has ended is of no use: it counts the memory of this process,
    which the child shared before it became another program.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.most = 0

    def run(self) -> None:
        """Look ten times a second until the process is gone."""
        while sizes := list(self._sizes(self.pid)):
            self.most = max(self.most, sum(sizes))
            time.sleep(0.1)

    def _sizes(self, pid: int) -> Iterator[int]:
        with contextlib.suppress(OSError):
            # Pss, not RSS: a page of a library that two processes share is memory of the machine once.
            told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8", errors="replace")
            taken = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
            if taken:
                yield int(taken[1])
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    for child in children.read_text(encoding="ascii").split():
                        yield from self._sizes(int(child))


def timed(command: Sequence[str | Path]) -> Ended:
    """Run a process to its end; what it says is shown only when it fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=told, stderr=told)
        watching = Watch(process.pid)
        watching.start()
        # wait4 tells of this child and its own children alone
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said = f"exit {process.returncode}: {told.read().decode()[-2000:]}"
    problems = (said,) if process.returncode else ()
    return Ended(seconds, used.ru_utime + used.ru_stime, problems, watching.most // 1024)


def start_up(command: Sequence[str | Path]) -> float:
    """Give the median time in seconds of a process that does nothing but start."""
    return statistics.median(timed(command).seconds for _ in range(START_UPS))


def run_minimum(bench: Bench, number: int) -> Run:
    """Let the minimum drain a fresh mailbox."""
    database = bench.folder / f"minimum-{number}.sqlite"
    fill(bench)
    ended = timed(
        [
            sys.executable,
            HERE / "minimum.py",
            f"--imap-port={bench.server.port}",
            f"--smtp-port={bench.catcher.port}",
            f"--user={USER}",
            f"--password={PASSWORD}",
            f"--database={database}",
        ]
    )
    rows = count(f"sqlite:///{database}", "select count(*) from mail")
    wanted = len(bench.mails)
    problems = ended.problems + mismatch("rows", rows, wanted) + outside(bench, wanted)
    return Run("minimum", wanted, ended.seconds, ended.cpu_seconds, rows, wanted, problems, ended.memory)


def run_stored(bench: Bench, number: int) -> Run:
    """Let it drain the mailbox into the database that is full already, and has what earlier runs left.

    Incidents of an earlier run are ended first: further mails on their tickets would get no letter.
    """
    found = Database(bench.stored)
    with found.write() as connection:
        connection.exec_driver_sql("UPDATE incidents SET state = 'closed'")
    found.close()
    return replace(run_product(replace(bench, new_database_url=lambda: bench.stored), number), side="stored")


def settle(bench: Bench) -> None:
    """Let the service catch up with what it never looked at: doubted mails go into campaigns bit by bit."""
    config, before = write_config(bench, "settle.toml", bench.stored), -1
    problems = timed([TRIAGE, "--config", config, "db", "upgrade"]).problems
    bench.server.refill([])
    while before != (now := count(bench.stored, "select count(*) from campaign_mails")) and not problems:
        before = now
        problems = timed([TRIAGE, "--config", config, "run", "--once"]).problems
    if problems:
        sys.exit(f"The full database cannot be worked with: {problems[0]}")


def run_product(bench: Bench, number: int) -> Run:
    """Let ``triage run --once`` drain a fresh mailbox into a fresh database."""
    url = bench.new_database_url()
    config = write_config(bench, f"product-{number}.toml", url)
    upgraded = timed([TRIAGE, "--config", config, "db", "upgrade"])
    before = {what: count(url, query) for what, query in COUNTED.items()}
    fill(bench)
    ended = timed([TRIAGE, "--config", config, "run", "--once"])
    found = {what: count(url, query) - before[what] for what, query in COUNTED.items()}
    requests, every = sum(not mail.follow_up for mail in bench.mails), len(bench.mails)
    problems = (
        *upgraded.problems,
        *ended.problems,
        *mismatch("tickets", found["tickets"], requests),
        *mismatch("letters marked as sent", found["letters"], every),
        *mismatch("mails", found["mails"], every),
        *outside(bench, every),
    )
    tickets, replies = found["tickets"], found["letters"]
    return Run("product", every, ended.seconds, ended.cpu_seconds, tickets, replies, problems, ended.memory)


def idle_product(bench: Bench) -> float:
    """Give the time in seconds of ``triage run --once`` where nothing waits."""
    config = write_config(bench, "idle.toml", bench.new_database_url())
    timed([TRIAGE, "--config", config, "db", "upgrade"])
    bench.server.refill([])
    return timed([TRIAGE, "--config", config, "run", "--once"]).seconds


def write_config(bench: Bench, name: str, url: str) -> Path:
    """Write the product's configuration for these servers and this database."""
    path = bench.folder / name
    text = CONFIG.format(
        imap_port=bench.server.port, smtp_port=bench.catcher.port, user=USER, password=PASSWORD, url=url
    )
    path.write_text(text, encoding="utf-8")
    return path


def fill(bench: Bench) -> None:
    """Make the mailbox full and the disk quiet."""
    bench.server.refill([mail.raw for mail in bench.mails])
    bench.catcher.take()
    os.sync()


def outside(bench: Bench, wanted: int) -> tuple[str, ...]:
    """Compare what the servers saw with what they should have seen."""
    caught = bench.catcher.take()
    return (
        *mismatch("letters that the SMTP server took", caught.messages, wanted),
        *mismatch("different Message-IDs among them", caught.message_ids, wanted),
        *mismatch("mails left in INBOX", bench.server.left_over(), 0),
    )


def mismatch(what: str, found: int, wanted: int) -> tuple[str, ...]:
    """Give the sentence that says so where two numbers differ."""
    return () if found == wanted else (f"{what}: {found}, expected {wanted}",)


def count(url: str, query: str) -> int:
    """Give the one number that a query answers, or -1 where it cannot be asked."""
    if url.startswith("sqlite:///"):
        try:
            with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
                return int(database.execute(query).fetchone()[0])
        except sqlite3.Error:
            return -1
    import psycopg  # noqa: PLC0415  only the runs on PostgreSQL need it

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else -1


def show(run: Run, number: int, start: float) -> None:
    """Print one run as a line of the table."""
    rate = "-" if run.problems else f"{run.mails / (run.seconds - start):.1f}"
    print(
        f"{number:>4}  {run.side:<8} {run.seconds:>8.2f} {run.cpu_seconds:>8.2f} {rate:>9}"
        f" {run.memory:>5} {run.tickets:>8} {run.replies:>8}  {'ok' if not run.problems else 'WRONG'}",
        flush=True,
    )


def summary(runs: Sequence[Run], side: str, start: float) -> float:
    """Print median and spread of one side; give its median rate in mails a second, start-up left out."""
    net = [run.mails / (run.seconds - start) for run in runs if run.side == side]
    gross = [run.mails / run.seconds for run in runs if run.side == side]
    cpu = statistics.median(run.cpu_seconds / run.mails for run in runs if run.side == side) * 1000
    middle = statistics.median(net)
    print(
        f"{side:<8} median {middle:.1f} mails/s, spread {min(net):.1f} to {max(net):.1f}"
        f" (start-up included: {statistics.median(gross):.1f} mails/s, {cpu:.1f} ms of CPU a mail)"
    )
    return middle


def complain(runs: Sequence[Run]) -> bool:
    """Print, loudly, what was wrong with any run; tell whether anything was."""
    wrong = [(run.side, problem) for run in runs for problem in run.problems]
    for side, problem in wrong:
        print(f"WRONG RESULT, {side}: {problem}", file=sys.stderr)
    return bool(wrong)


@contextlib.contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Give a maker of URLs of databases that are new and empty."""
    if kind == "postgres":
        with postgres(folder / "postgres") as new_database:
            yield new_database
        return
    names = (f"sqlite:///{folder}/product-{number}.sqlite" for number in range(1_000_000))
    yield lambda: next(names)


def filled(url: str, tickets: int) -> str:
    """Fill a database with years of tickets."""
    copies = url.startswith("postgresql") and tickets >= 100_000 and tickets % 20 == 0  # noqa: PLR2004
    parts = 20 if copies else 1
    load(url, Years(tickets, load_rulebook(resource("rules"))), parts)
    return url


def measure(bench: Bench, runs: int, *, product: bool) -> bool:
    """Run both sides by turns, print the table; tell whether every result was right."""
    starts = {"minimum": start_up([sys.executable, HERE / "minimum.py", "--help"])}
    print(f"start-up of minimum: {starts['minimum']:.2f} s")
    if product:
        starts["product"] = start_up([TRIAGE, "--version"])
        print(f"start-up of product: {starts['product']:.2f} s (triage --version);", end=" ", flush=True)
        print(f"triage run --once with no mail: {idle_product(bench):.2f} s")
    heads = "   MiB  tickets  letters"
    print(f"{'run':>4}  {'side':<8} {'seconds':>8} {'cpu':>8} {'mails/s':>9}{heads}")
    if product and bench.stored:
        settle(bench)
        starts["stored"] = starts["product"]
    done: list[Run] = []
    sides = {"minimum": run_minimum, "product": run_product, "stored": run_stored}
    for number in range(1, runs + 1):
        size = len(bench.mails)
        of_run = replace(bench, mails=make_mails(size, first=(number - 1) * size)) if bench.stored else bench
        for side, start in starts.items():
            done.append(sides[side](of_run, number))
            show(done[-1], number, start)
    if complain(done):
        print("A wrong result has no speed, so no ratio is given.")
        return False
    rates = {side: summary(done, side, start) for side, start in starts.items()}
    if product:
        print(f"ratio product/minimum: {rates['product'] / rates['minimum']:.2f}")
    if product and bench.stored:
        print(f"ratio stored/product: {rates['stored'] / rates['product']:.2f}")
    return True


def main() -> None:
    """Measure; exit 1 where a result was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--stored", type=int, default=0, help="tickets that the database has already")
    parser.add_argument("--stored-in", default="", help="a database that bench/desk.py --url has filled")
    parser.add_argument("--minimum-only", action="store_true", help="leave the product out")
    args = parser.parse_args()
    mails = make_mails(args.mails)
    size = sum(len(mail.raw) for mail in mails) / len(mails)
    print(
        f"{len(mails)} mails of {size:,.0f} bytes on average, product on {args.database}, minimum on sqlite"
    )
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        databases(args.database, Path(name)) as new_database_url,
        dovecot() as server,
        Catcher() as catcher,
    ):
        stored = filled(new_database_url(), args.stored) if args.stored else args.stored_in
        bench = Bench(server, catcher, mails, Path(name), new_database_url, stored)
        right = measure(bench, args.runs, product=not args.minimum_only)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
