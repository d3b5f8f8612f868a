"""The demo that stays: a look at its tickets from another terminal, a line for each new mail."""

import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from typing import IO

import pytest
from imapclient import IMAPClient
from support.commands import environment, start
from support.office import request


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[bytes]]:
    process = start(["demo", "--port", "0"])
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(output: IO[bytes] | None, pattern: str) -> re.Match[str]:
    """Read lines until one has the pattern."""
    assert output is not None
    for line in output:
        if found := re.search(pattern, line.decode()):
            return found
    raise AssertionError(f"the demo ended without a line like {pattern}")


def test_the_demo_shows_how_to_look_and_tells_each_new_mail(demo: subprocess.Popen[bytes]) -> None:
    port, user = until(demo.stdout, r"imap://127\.0\.0\.1:(\d+) user (\S+)").groups()
    look = until(demo.stdout, r"  look +(.*)").group(1)
    until(demo.stdout, "  files ")
    done = subprocess.run(
        shlex.split(look), capture_output=True, text=True, check=True, timeout=60, env=environment()
    )
    assert len(done.stdout.splitlines()) > 50
    with IMAPClient("127.0.0.1", int(port), ssl=False) as client:
        client.login(user, "demo")
        client.append("INBOX", request(sender="moi@don-vi.example", Message_ID="<moi@don-vi.example>"))
    told = until(demo.stdout, "Mail 69 .*").group()
    assert re.fullmatch(
        r"Mail 69 from moi@don-vi\.example: ticket SD\d{6}-\d{6}, open_ticket, queue 0010, sender ordinary, "
        r"letter acknowledgement\.",
        told.strip(),
    )
    demo.send_signal(signal.SIGINT)
    assert demo.wait(30) == 0
