"""Measures the push: from a mail's arrival in the mailbox to its acknowledgement at the SMTP server.

    .venv/bin/python bench/push.py --mails 200

``triage run`` waits by IDLE on a real Dovecot. A mail is put into the Maildir by a rename, as delivery agents
do it; the clock stops when the SMTP server has taken the acknowledgement whole. One mail at a time, after a
pause, on a machine that should have nothing else to do. Beside it stands how long the server itself takes to
speak: when a bare client hears of a mail in IDLE.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from servers import MAIL_USER, PASSWORD, USER, Dovecot, dovecot

from triage.adapters.catcher import SmtpCatcher

TRIAGE = Path(sys.executable).parent / "triage"
WARM_UP = 3
MOST_HEARD = 30
PATIENCE_SECONDS = 60.0
CONFIG = """
[mailbox]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
username = "{user}"
password = "{password}"
poll_seconds = 60

[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
from_address = "hotrocntt@vst.gov.vn"

[database]
url = "sqlite:///{folder}/push.sqlite"

[web]
port = 0
"""
MAIL = """\
From: Kế toán {number} <ketoan{number}@truong{number}.example>\r
To: hotrocntt@vst.gov.vn\r
Subject: [0010#DVC] Lỗi đăng nhập {number}\r
Date: Mon, 16 Nov 2026 09:29:00 +0700\r
Message-ID: <push-{number}@truong{number}.example>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
Kính gửi Đội hỗ trợ, đơn vị không đăng nhập được từ sáng nay. Điện thoại: 0900 000 001.\r
"""


def main() -> None:
    """Measure and print the percentiles in milliseconds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--mails", type=int, default=200)
    wanted = options.parse_args().mails
    with (
        tempfile.TemporaryDirectory(prefix="bench-push-") as folder,
        dovecot() as server,
        SmtpCatcher() as catcher,
        service(Path(folder), server, catcher),
    ):
        for number in range(WARM_UP):
            push(server, catcher, number)
        taken = sorted(push(server, catcher, number) for number in range(WARM_UP, WARM_UP + wanted))
    with dovecot() as server:
        bare = heard(server, min(wanted, MOST_HEARD))
    print(f"{wanted} mails, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, milliseconds:")
    tell("acknowledged:", taken)
    tell("heard in IDLE by a bare client:", bare)


def heard(server: Dovecot, count: int) -> list[float]:
    """Give the seconds until a client that does nothing but IDLE hears of each new mail, ascending."""
    client: Any = IMAPClient("127.0.0.1", server.port, ssl=False)
    client.login(USER, PASSWORD)
    client.select_folder("INBOX")
    taken = []
    for number in range(count):
        client.idle()
        time.sleep(random.uniform(0.3, 1.5))
        began = drop(server, 900_000 + number)
        while not any(b"EXISTS" in answer for answer in client.idle_check(PATIENCE_SECONDS)):
            pass
        taken.append(time.perf_counter() - began)
        client.idle_done()
    client.logout()
    return sorted(taken)


def tell(what: str, taken: Sequence[float]) -> None:
    """Print one line of percentiles."""
    print(what, "  ".join(f"{name} {value * 1000:.0f}" for name, value in figures(taken)))


def figures(taken: Sequence[float]) -> Iterator[tuple[str, float]]:
    """Give what is told of some durations, which ascend."""
    yield "fastest", taken[0]
    yield "p50", statistics.median(taken)
    yield "p90", taken[int(len(taken) * 0.9)]
    yield "p99", taken[min(int(len(taken) * 0.99), len(taken) - 1)]
    yield "slowest", taken[-1]


@contextmanager
def service(folder: Path, server: Dovecot, catcher: SmtpCatcher) -> Iterator[None]:
    """Run the service until the block ends."""
    config = folder / "config.toml"
    config.write_text(
        CONFIG.format(
            imap_port=server.port, smtp_port=catcher.port, user=USER, password=PASSWORD, folder=folder
        ),
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE")}
    subprocess.run([TRIAGE, "--config", config, "db", "upgrade"], check=True, env=environment)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([TRIAGE, "--config", config, "run"], env=environment, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def push(server: Dovecot, catcher: SmtpCatcher, number: int) -> float:
    """Let one mail arrive and give the seconds until its acknowledgement has been taken."""
    # Nothing may depend on where in a second, or in a round, a mail arrives.
    time.sleep(random.uniform(0.3, 1.5))
    before = len(catcher.messages)
    began = drop(server, number)
    if len(catcher.wait_for(before + 1, PATIENCE_SECONDS)) != before + 1:
        raise SystemExit(f"Mail {number} was not acknowledged within {PATIENCE_SECONDS:.0f} seconds")
    return time.perf_counter() - began


def drop(server: Dovecot, number: int) -> float:
    """Put one mail into the mailbox and give the moment at which it was there."""
    path = server.maildir / "tmp" / f"{int(time.time())}.M{number:06}P1.push"
    path.write_text(MAIL.format(number=number), encoding="utf-8", newline="")
    if os.geteuid() == 0:
        shutil.chown(path, MAIL_USER)
    began = time.perf_counter()
    path.rename(server.maildir / "new" / path.name)
    return began


if __name__ == "__main__":
    main()
