"""triage mails view, run as a person runs it."""

import http.client
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from support.commands import Started, start
from support.imapserver import ImapAccount
from support.office import open_office, request, write_config
from typer.testing import CliRunner

from triage.cli.root import app
from triage.errors import ConfigError, NotFoundError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with open_office(url) as office:
        office.store(request(), request(number=2, text="Thư thứ hai"))
    return write_config(
        tmp_path, imap=ImapAccount("127.0.0.1", 1, "hotro@mail.example", "x"), smtp_port=1, database_url=url
    )


@contextmanager
def viewing(config: Path, *options: str) -> Iterator[tuple[Started, str]]:
    process = start(["--config", config, "mails", "view", *options])
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().decode().strip()
    finally:
        process.kill()
        process.communicate()


def get(url: str) -> tuple[int, str, dict[str, str]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def test_one_mail_is_shown_at_a_secret_address_until_ctrl_c(config: Path) -> None:
    with viewing(config, "2") as (process, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{40,}/m/2", url)
        status, page, headers = get(url)
        assert status == 200
        assert "Thư thứ hai" in page
        assert not {"server", "Server"} & set(headers)
        assert get(url.removesuffix("2") + "1")[0] == 404
        assert get(re.sub(r"/[\w-]{40,}/", "/sai/", url))[0] == 404
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read().decode() == (
            "Open it in a browser on this machine within 10 minutes; Ctrl-C ends it.\n"
        )


def test_it_ends_by_itself(config: Path) -> None:
    with viewing(config, "1", "--once-seconds", "1") as (process, url):
        assert url
        assert process.wait(20) == 0


def refusal(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), "mails", "view", *arguments])


def test_a_mail_that_is_not_there_is_said_so(config: Path) -> None:
    told = refusal(config, "99").exception
    assert isinstance(told, NotFoundError)
    assert str(told) == "There is no mail 99; triage mails list shows what there is."


def test_a_taken_port_is_said_so(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refusal(config, "1", "--port", str(port)).exception
    assert isinstance(told, ConfigError)
    assert str(told).startswith(f"--port 127.0.0.1:{port} cannot be served: ")


@pytest.mark.parametrize("option", [("--port", "70000"), ("--once-seconds", "0"), ("--once-seconds", "9999")])
def test_nonsense_is_refused(config: Path, option: tuple[str, str]) -> None:
    assert refusal(config, "1", *option).exit_code == 2
