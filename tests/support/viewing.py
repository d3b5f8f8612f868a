"""Mails to look at, the pages that show them served on this machine, and a client that reads every header."""

import http.client
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp
from support.office import SetClock
from support.rawmail import multipart, part

from triage.core.parse import read_mail
from triage.web.mailpage import ShownMail
from triage.web.onemail import create_app
from triage.web.server import listen, server_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SECRET = "mot-dia-chi-bi-mat"
RECEIVED_AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)


def png(width: int = 2, height: int = 2) -> bytes:
    """Make a whole red PNG, or the beginning of one whose size is only claimed."""
    rows = (
        b"".join(b"\0" + b"\xd0\x20\x20" * width for _ in range(height)) if width * height < 10_000 else b""
    )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def html_mail(html: str, *more: bytes, text: str = "Bản chữ của thư.") -> bytes:
    """Make a mail with a text, its HTML and further parts."""
    return multipart(
        "mixed",
        part('multipart/alternative; boundary="b2"', _alternative(text, html)),
        *more,
    )


def _alternative(text: str, html: str) -> bytes:
    pieces = (
        part("text/plain; charset=utf-8", text.encode()),
        part("text/html; charset=utf-8", html.encode()),
    )
    return b"".join(b"--b2\r\n%b\r\n" % piece for piece in pieces) + b"--b2--\r\n"


def shown(raw: bytes, number: int = 7, *, unmasked: bool = False) -> ShownMail:
    """Read a mail for its page."""
    return ShownMail(number, RECEIVED_AT, raw, read_mail(raw), unmasked=unmasked)


@dataclass(frozen=True)
class Answer:
    """One answer of the pages; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Pages:
    """Pages that are being served; ``root`` is their secret address."""

    port: int
    clock: SetClock

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}/{SECRET}"

    def get(self, path: str, *, method: str = "GET", secret: str = SECRET, **headers: str) -> Answer:
        """Ask for a path below the secret address; ``sec_fetch_dest="image"`` sends Sec-Fetch-Dest."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        told = {name.replace("_", "-").title(): value for name, value in headers.items()}
        try:
            connection.request(method, f"/{secret}{path}", headers=told)
            answer = connection.getresponse()
            bare = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, bare, answer.read())
        finally:
            connection.close()


@contextmanager
def pages_of(raw: bytes, number: int = 7, *, unmasked: bool = False) -> Iterator[Pages]:
    """Serve the pages of one mail as the command does, valid 600 seconds of a clock that stands still."""
    clock = SetClock()
    with serving(create_app(shown(raw, number, unmasked=unmasked), SECRET, clock, 600, HANOI)) as port:
        yield Pages(port, clock)


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Serve an application on a free port of this machine."""
    with listen("127.0.0.1", 0) as listening:
        server = server_of(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(20)
