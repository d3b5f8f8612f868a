"""An hour of mails, and servers that fail at random all the while: nothing is lost, and memory stays level.

TRIAGE_SOAK_MINUTES, TRIAGE_SOAK_RATE (mails a second) and TRIAGE_SOAK_SEED choose another hour.
"""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.catcher import SmtpCatcher
from support.commands import Started, running, told_until
from support.dovecot import drop_into
from support.faultproxy import Act, Fault, FaultProxy
from support.imapserver import ImapAccount
from support.migrated import migrated
from support.office import request, write_config

from triage.core.parse import read_mail
from triage.db import mails
from triage.db.engine import Database
from triage.db.schema import decisions, mails as mails_table, outbox, tickets
from triage.service import auditing

MINUTES = float(os.environ.get("TRIAGE_SOAK_MINUTES", "60"))
RATE = float(os.environ.get("TRIAGE_SOAK_RATE", "20"))
SEED = int(os.environ.get("TRIAGE_SOAK_SEED", "7102"))

TIMEOUT_SECONDS = 3
"""For every wait of the service: a server that stalls costs so much and no more."""

CALM_SECONDS = (2.0, 20.0)
"""Between two faults of one server."""

LAST_STEP = 30
"""Faults strike at one of so many lines of the client, counted from when they are chosen."""

ALLOWANCE_KIB = 16 * 1024
"""What the memory of the last quarter may take beyond a tenth more than the second quarter."""

LOOK_SECONDS = 5.0
MOST_LOOKS = 60
"""When nothing has moved between so many looks, nothing will."""

REFUSALS = {
    "imap": ("{tag} NO [UNAVAILABLE] not now", "{tag} BAD what"),
    "smtp": ("421 4.3.2 closing", "450 4.2.1 busy"),
}
ACTS = (Act.CUT_BEFORE, Act.CUT_AFTER, Act.CUT_IN_ANSWER, Act.STALL, Act.DRIP, Act.REWRITE)

pytestmark = [pytest.mark.dovecot, pytest.mark.soak, pytest.mark.timeout(0)]


@dataclass
class Weather:
    """Lets one server fail at random; ``struck`` counts what went wrong, by kind."""

    proxy: FaultProxy
    protocol: str
    chance: random.Random
    struck: Counter[str] = field(default_factory=Counter)

    def blow(self, over: threading.Event) -> None:
        """Choose one fault after the other until it is over."""
        while not over.wait(self.chance.uniform(*CALM_SECONDS)):
            act = self.chance.choice(ACTS)
            words = self.chance.choice(REFUSALS[self.protocol]) if act is Act.REWRITE else ""
            self.proxy.heard.clear()
            self.proxy.arm(Fault(self.chance.randint(1, LAST_STEP), act, words))
            while not self.proxy.struck and not over.wait(0.1):
                pass
            self.struck[act.name] += self.proxy.struck
        self.proxy.arm(None)
        # What hangs would be given up in the end; a person who waits for the test need not.
        self.proxy.cut_all()


@dataclass
class Hour:
    """The mails of an hour, and how much memory the service took while they came (KiB, in order)."""

    maildir: Path
    process: Started
    written: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def pass_by(self) -> None:
        """Let the mails arrive at an even rate, and look at the memory every five seconds."""
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < MINUTES * 60:
            self._arrive(int(passed * RATE) - len(self.written))
            if passed // 5 >= len(self.memory):
                self.memory.append(self._resident())
            assert self.process.poll() is None, "the service ended by itself"
            time.sleep(0.2)

    def _arrive(self, count: int) -> None:
        first = len(self.written) + 1
        numbers = range(first, first + count)
        raws = [request(f"[0010#DVC] Lỗi {n}", number=n, sender=f"a@x{n}.example") for n in numbers]
        drop_into(self.maildir, [(raw, datetime.now(UTC)) for raw in raws])
        self.written += [f"<mail-{n}@thcs-hoamai.example>" for n in numbers]

    def _resident(self) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def on_the_server(self) -> int:
        """Count the mails that still lie in INBOX."""
        return sum(len(list((self.maildir / part).iterdir())) for part in ("new", "cur"))

    def quarters(self) -> list[int]:
        """The greatest memory of each quarter."""
        step = max(1, len(self.memory) // 4)
        return [max(self.memory[start : start + step]) for start in range(0, 4 * step, step)]


@contextmanager
def bad_weather(weathers: tuple[Weather, ...]) -> Iterator[None]:
    """Let the servers fail for as long as the block lasts."""
    over = threading.Event()
    threads = [threading.Thread(target=weather.blow, args=(over,)) for weather in weathers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def until_all_is_done(database: Database, hour: Hour) -> None:
    """Wait until every mail is processed and no letter waits, for as long as something moves."""
    before, still = (-1, -1), 0
    while still < MOST_LOOKS:
        assert hour.process.poll() is None, "the service ended by itself"
        with database.read() as connection:
            left = len(hour.written) - mails.count_by_state(connection).get("processed", 0)
            waiting = outbox.c.state.in_(("queued", "sending"))
            letters = connection.scalar(select(func.count()).where(waiting)) or 0
        if left == letters == hour.on_the_server() == 0:
            return
        still = still + 1 if (left, letters) == before else 0
        before = (left, letters)
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"{left} mails are not processed and {letters} letters wait, and nothing moves")


def all_is_well(database: Database, hour: Hour, caught: Counter[str], faults: int) -> None:
    """Demand that nothing was lost, and nothing doubled but a letter whose fate a fault left in doubt."""
    with database.read() as connection:
        stored = connection.scalars(select(mails_table.c.message_id)).all()
        codes = sorted(connection.scalars(select(tickets.c.code)))
        acted_on = connection.scalar(select(func.count()).where(decisions.c.acting))
        letters = connection.execute(select(outbox.c.message_id, outbox.c.state, outbox.c.response)).all()
    assert sorted(stored) == sorted(hour.written)
    assert (len(codes), acted_on) == (len(hour.written), len(hour.written))
    days = Counter(code.partition("-")[0] for code in codes)
    assert codes == [f"{day}-{n:06}" for day in sorted(days) for n in range(1, days[day] + 1)]
    assert all(state == "sent" or "may have arrived" in (said or "") for _, state, said in letters)
    assert set(caught) <= {message_id for message_id, _, _ in letters}
    assert set(caught) >= {message_id for message_id, state, _ in letters if state == "sent"}
    assert max(caught.values()) <= 2
    assert caught.total() - len(caught) <= faults
    assert auditing.verify(database).broken is None


def test_an_hour_of_mails_and_failing_servers_loses_nothing_and_takes_no_more_memory(
    tmp_path: Path,
    dovecot: ImapAccount,
    catcher: SmtpCatcher,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database = migrated(database_url)
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    with FaultProxy(dovecot.port) as imap, FaultProxy(catcher.port) as smtp:
        through = replace(dovecot, host=imap.host, port=imap.port)
        config = write_config(tmp_path, imap=through, smtp_port=smtp.port, database_url=database_url)
        weathers = (Weather(imap, "imap", chance), Weather(smtp, "smtp", random.Random(chance.random())))  # noqa: S311
        limit = str(TIMEOUT_SECONDS)
        limits = {"TRIAGE__MAILBOX__TIMEOUT_SECONDS": limit, "TRIAGE__SMTP__TIMEOUT_SECONDS": limit}
        with running(config, anew=True, **limits) as process:
            told_until(process, b'"service_started"')
            told = threading.Thread(target=drain, args=(process,), daemon=True)
            told.start()
            assert dovecot.maildir is not None
            hour = Hour(dovecot.maildir, process)
            with bad_weather(weathers):
                hour.pass_by()
            until_all_is_done(database, hour)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
            told.join(60)
    caught = Counter(read_mail(message.raw).message_id for message in catcher.messages)
    struck = [weather.struck for weather in weathers]
    all_is_well(database, hour, caught, struck[1].total())
    quarters = hour.quarters()
    with capsys.disabled():
        sys.stdout.write(
            f"\nseed {SEED}: {MINUTES:g} minutes, {len(hour.written)} mails; "
            f"IMAP faults {dict(struck[0])}, SMTP faults {dict(struck[1])}; "
            f"{len(caught)} letters, {caught.total() - len(caught)} of them twice; "
            f"memory by quarter {[one // 1024 for one in quarters]} MiB; lost 0\n"
        )
    assert all(one.total() for one in struck)
    assert quarters[3] <= quarters[1] * 1.1 + ALLOWANCE_KIB
    database.close()


def drain(process: Started) -> None:
    """Read what the service tells, so that it never waits for us."""
    assert process.stderr is not None
    for _line in process.stderr:
        pass
