"""Measures what several nodes do together on one PostgreSQL, beside one node on the same mails.

    .venv/bin/python bench/nodes.py --mails 2000

Each run starts with a full mailbox and an empty database, and takes from the first stored mail to the last
letter that was sent. A few mails get no letter: complaints of many provinces at once become incidents while
the nodes run, and who writes again on such a ticket waits for the answer to all. With --kill the node that
leads is killed when a third of the letters is out: then the time until another leads is shown too.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import psycopg
from mails import make_mails
from pipeline import TRIAGE, Bench, fill, mismatch, outside, timed, write_config
from servers import Catcher, dovecot, postgres

LOOK_SECONDS = 0.05
TIMEOUT = 1800
SENT = "select count(*) from outbox where state = 'sent'"
STORED = "select count(*) from mails"
LEFT = (
    "select (select count(*) from mails where state <> 'processed') "
    "+ (select count(*) from outbox where state in ('queued', 'sending'))"
)
LEADER = "select nodes.name from leases join nodes on nodes.id = leases.node_id where ended_at is null"


class Looker:
    """Asks the database of a run over one connection."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def ask(self, query: str) -> object:
        """Give the one value that a query answers, None where there is no row."""
        row = self._connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def until(self, holds: Callable[[], bool]) -> float:
        """Wait until something holds; give the moment, in seconds of this machine."""
        end = time.monotonic() + TIMEOUT
        while not holds():
            if time.monotonic() > end:
                raise SystemExit("The nodes did not come to an end.")
            time.sleep(LOOK_SECONDS)
        return time.monotonic()

    def count(self, query: str) -> int:
        """Give a count."""
        return int(str(self.ask(query) or 0))


def run(bench: Bench, nodes: int, number: int, *, kill: bool) -> tuple[float, float | None, Sequence[str]]:
    """Let so many nodes drain a mailbox; give mails a second, seconds without a leader, what was wrong."""
    url = bench.new_database_url()
    config = write_config(bench, f"nodes-{number}.toml", url)
    timed([TRIAGE, "--config", config, "db", "upgrade"])
    bench.server.refill([])
    look = Looker(url)
    wanted, taken_over = len(bench.mails), None
    with ExitStack() as stack:
        alive = "select count(*) from nodes where ended_at is null"
        started = [start(stack, config) for _ in range(nodes)]
        look.until(lambda: look.count(alive) == nodes)
        fill(bench)
        began = look.until(lambda: look.count(STORED) > 0)
        if kill:
            look.until(lambda: look.count(SENT) > wanted // 3)
            leader = str(look.ask(LEADER))
            dead = next(one for one in started if str(one.pid) == leader.partition("-")[0])
            os.kill(dead.pid, signal.SIGKILL)
            killed = time.monotonic()
            taken_over = look.until(lambda: look.ask(LEADER) not in {None, leader}) - killed
        ended = look.until(lambda: look.count(STORED) == wanted and look.count(LEFT) == 0)
        sent = look.count(SENT)
    tickets = look.count("select count(*) from tickets")
    requests = sum(not mail.follow_up for mail in bench.mails)
    # A letter that was under way when its node was killed may arrive twice, with one Message-ID.
    problems = mismatch("tickets", tickets, requests) + (() if kill else outside(bench, sent))
    return wanted / (ended - began), taken_over, problems


def start(stack: ExitStack, config: Path) -> subprocess.Popen[bytes]:
    """Start a node that ends with the stack."""
    process = subprocess.Popen(
        [TRIAGE, "--config", config, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def main() -> None:
    """Measure; exit 1 where a result was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kill", action="store_true", help="kill the node that leads on the way")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-nodes-") as name,
        postgres(Path(name) / "postgres") as new_database_url,
        dovecot() as server,
        Catcher() as catcher,
    ):
        bench = Bench(server, catcher, make_mails(chosen.mails), Path(name), new_database_url)
        print(f"{chosen.mails} mails, {os.cpu_count()} cores\nnodes  mails/s  without a leader")
        wrong: list[str] = []
        for number in range(chosen.runs):
            for nodes in chosen.nodes:
                rate, gap, problems = run(bench, nodes, 10 * number + nodes, kill=chosen.kill and nodes > 1)
                print(f"{nodes:>5}  {rate:>7.1f}  {f'{gap:.1f} s' if gap is not None else '-'}", flush=True)
                wrong += problems
    for problem in wrong:
        print(f"WRONG RESULT: {problem}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
