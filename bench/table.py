"""Measures each thing beside its own minimum, some runs by turns, and prints one table with the spread.

.venv/bin/python bench/table.py --runs 3
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mails import BenchMail, make_mails
from parsing import read_all, readers
from pipeline import TRIAGE, Bench, Run, complain, databases, run_minimum, run_product
from servers import Catcher, dovecot

SENDERS = 30_000
_BARE = "import sys, email.utils\nfor line in sys.stdin: print(email.utils.parseaddr(line))"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing, measured on both sides in each run; ``more`` says what its figures count."""

    what: str
    unit: str
    minimum: Sequence[float]
    ours: Sequence[float]

    def line(self) -> str:
        """Write medians, the spread of both sides, and the ratio run by run."""
        ratios = [ours / minimum for ours, minimum in zip(self.ours, self.minimum, strict=True)]
        sides = " ".join(f"{_shown(side):>26}" for side in (self.minimum, self.ours))
        return f"{self.what:<44} {self.unit:<8} {sides} {_shown(ratios):>22}"


def _shown(figures: Sequence[float]) -> str:
    middle = statistics.median(figures)
    digits = 0 if middle >= 100 else 2  # noqa: PLR2004 - three figures say enough
    low, middle_, high = (f"{one:,.{digits}f}" for one in (min(figures), middle, max(figures)))
    return f"{middle_} ({low}–{high})"


def drained(kind: str, mails: Sequence[BenchMail], runs: int, folder: Path) -> Row:
    """Drain a mailbox; exits with 1 where a run made a wrong number of tickets or letters."""
    done: list[Run] = []
    folder = folder / kind
    folder.mkdir()
    with databases(kind, folder) as new_url, dovecot() as server, Catcher() as catcher:
        bench = Bench(server, catcher, mails, folder, new_url)
        for number in range(runs):
            done += [run_minimum(bench, number), run_product(bench, number)]
    if complain(done):
        sys.exit(1)
    rates = {
        side: [one.mails / one.seconds for one in done if one.side == side] for side in ("minimum", "product")
    }
    what = f"mailbox drained, {kind}; up to {max(one.memory for one in done if one.side == 'product')} MiB"
    return Row(what, "mails/s", rates["minimum"], rates["product"])


def read(mails: Sequence[BenchMail], runs: int) -> Row:
    """Read mails alone, beside the standard library's policy.default."""
    raws, known = [one.raw for one in mails], readers()
    rates: dict[str, list[float]] = {"triage": [], "policy.default": []}
    for _ in range(runs):
        for name, found in rates.items():
            found.append(len(raws) / read_all(known[name], raws).seconds)
    return Row("mails read", "mails/s", rates["policy.default"], rates["triage"])


def senders(runs: int) -> Row:
    """Judge senders by name and address, beside a program that only takes them apart."""
    lines = "".join(
        f"Kế toán {n} <ketoan{n}@thcs{n % 997}.example>\n" if n % 3 else f"hotro{n}@vst-gov{n % 50}.example\n"
        for n in range(SENDERS)
    ).encode()

    def rate(command: Sequence[str | Path]) -> float:
        return SENDERS / _seconds(command, lines)

    bare = [rate([sys.executable, "-c", _BARE]) for _ in range(runs)]
    ours = [rate([TRIAGE, "check-sender", "-", "--json"]) for _ in range(runs)]
    return Row("check-sender, start included", "lines/s", bare, ours)


def starts(mail: bytes, runs: int, folder: Path) -> Row:
    """Explain one mail, beside an interpreter that reads it with the standard library."""
    file = folder / "mail.eml"
    file.write_bytes(mail)
    bare = "import sys, email; email.message_from_bytes(open(sys.argv[1], 'rb').read())"
    minimum = [_seconds([sys.executable, "-c", bare, file]) for _ in range(runs)]
    ours = [_seconds([TRIAGE, "explain", file, "--json"]) for _ in range(runs)]
    return Row("explain, one mail", "seconds", minimum, ours)


def _seconds(command: Sequence[str | Path], given: bytes = b"") -> float:
    start = time.perf_counter()
    subprocess.run(command, input=given, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    mails = make_mails(chosen.mails)
    print(f"{'':<44} {'':<8} {'minimum':>26} {'triage':>26} {'ratio':>22}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        rows: tuple[Callable[[], Row], ...] = (
            lambda: read(mails[:500], chosen.runs),
            lambda: starts(mails[2].raw, chosen.runs, folder),
            lambda: senders(chosen.runs),
            lambda: drained("sqlite", mails, chosen.runs, folder),
            lambda: drained("postgres", mails, chosen.runs, folder),
        )
        for row in rows:
            print(row().line(), flush=True)


if __name__ == "__main__":
    main()
