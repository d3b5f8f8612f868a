"""The demo that stays: a look at its tickets from another terminal, a line for each new mail."""

import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import httpx
import pytest
from imapclient import IMAPClient
from support.commands import Started, environment, start
from support.office import request

from triage.web.server import listen

PATIENCE_SECONDS = 60


@pytest.fixture
def free_port() -> int:
    with listen("127.0.0.1", 0) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def demo(free_port: int) -> Iterator[Started]:
    process = start(["demo", "--port", str(free_port)])
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


def test_the_demo_shows_how_to_look_and_tells_each_new_mail(demo: Started) -> None:
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


def test_everybody_whom_the_demo_names_can_sign_in(demo: Started) -> None:
    root, password = until(demo.stdout, r"desk is at (\S+) – sign in with the password (\S+)").groups()
    until(demo.stdout, "tri +admin|tri\tadmin")
    for name in ("lan", "ha", "thu", "an", "kiem", "tri"):
        with httpx.Client(base_url=root, follow_redirects=True, timeout=60) as client:
            for _ in range(PATIENCE_SECONDS):
                with suppress(httpx.ConnectError):
                    answer = client.post("/sign-in", data={"name": name, "password": password})
                    break
                time.sleep(1)
            assert answer.status_code == 200
            assert 'action="/sign-out"' in answer.text
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0
