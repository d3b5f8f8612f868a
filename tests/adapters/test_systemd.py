"""What a supervisor is told arrives at its socket, and a supervisor that is gone holds nothing up."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.adapters.systemd import ALIVE, READY, Supervisor, supervisor


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def test_words_arrive_in_one_datagram(heard: socket.socket) -> None:
    Supervisor(heard.getsockname()).tell(READY, "STATUS=Reading INBOX")
    assert heard.recv(1000) == b"READY=1\nSTATUS=Reading INBOX"


def test_a_name_that_begins_with_an_at_sign_is_an_abstract_socket() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0triage-test-{os.getpid()}")
        listening.settimeout(10)
        Supervisor(f"@triage-test-{os.getpid()}").tell(ALIVE)
        assert listening.recv(1000) == b"WATCHDOG=1"


def test_nobody_is_told_where_nobody_listens(tmp_path: Path) -> None:
    Supervisor(str(tmp_path / "gone")).tell(ALIVE)
    Supervisor().tell(ALIVE)


@pytest.mark.parametrize(
    ("micros", "whom", "seconds"),
    [("60000000", "", 60), ("500000", "own", 0.5), ("60000000", "1", 0), ("soon", "", 0), ("", "", 0)],
)
def test_the_watchdog_counts_only_where_it_means_this_process(
    monkeypatch: pytest.MonkeyPatch, micros: str, whom: str, seconds: float
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    monkeypatch.setenv("WATCHDOG_USEC", micros)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if whom == "own" else whom)
    assert supervisor() == Supervisor("/run/notify", seconds)
    assert "NOTIFY_SOCKET" not in os.environ
