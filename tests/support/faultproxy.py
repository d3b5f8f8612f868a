"""A TCP proxy that lets a conversation by lines (IMAP, SMTP) go wrong at one exact step, once.

A step is a line of the client, counted over all connections from ``arm`` on; step 0 is the first greeting.
The lines of a message that SMTP sends after DATA are no steps; the dot that ends them is one. From STARTTLS
on nothing is a line any more; ``cut_handshake`` then ends the connection in the middle of the server's hello.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

_CHUNK = 65_536
_PATIENCE_SECONDS = 20.0
_DRIP_SECONDS = 0.05
_GREETING = 0
_HANDSHAKE = b"\x16"
"""The type of a TLS record of the handshake (RFC 8446 5.1)."""


class Act(Enum):
    """What goes wrong at a step."""

    CUT_BEFORE = auto()
    """The connection ends before the server has read the line."""
    CUT_AFTER = auto()
    """The server does what it was told, and the connection ends before it can say so."""
    CUT_IN_ANSWER = auto()
    """The connection ends in the middle of the answer."""
    STALL = auto()
    """The server does what it was told and is never heard of again; the connection stands."""
    DRIP = auto()
    """The answer comes octet by octet, without end in sight."""
    REWRITE = auto()
    """The line does not reach the server; ``words`` answer in its place, where {tag} is the line's tag."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One act at one step; with ``at``, at the first line that holds this, whichever step it is."""

    step: int
    act: Act
    words: str = ""
    at: str = ""

    def strikes(self, step: int, line: str) -> bool:
        return self.at in line if self.at else self.step == step


class FaultProxy:
    """Stands before a server on loopback; a context manager. ``lines`` are the steps since ``arm``.

    ``edit`` changes what the server says before it reaches the client, chunk by chunk, while it is set.
    """

    host = "127.0.0.1"

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._greeted = False
        self.lines: list[str] = []
        self.edit: Callable[[bytes], bytes] | None = None
        self.cut_handshake = False
        self.heard = bytearray()
        self.struck = 0
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]

    def arm(self, fault: Fault | None) -> None:
        """Count steps anew and let this fault happen at its step; None: nothing goes wrong."""
        with self._lock:
            self._fault, self.lines, self.struck, self._greeted = fault, [], 0, False

    def lead_to(self, port: int) -> None:
        """Lead connections to another server from now on."""
        self._server_port = port

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)

    def cut_all(self) -> None:
        """Cut every connection that stands."""
        for each in tuple(self._sockets):
            _cut(each)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _peer = self._listener.accept()
            except OSError:
                return
            _Link(self, client).run()

    def _strikes(self, line: str | None) -> Fault | None:
        """Count a step, None for a greeting, and give what goes wrong at it."""
        with self._lock:
            if line is None:
                first, self._greeted = not self._greeted, True
                step = _GREETING if first else -1
            else:
                self.lines.append(line)
                step = len(self.lines)
            if self._fault is None or not self._fault.strikes(step, line or ""):
                return None
            fault, self._fault = self._fault, None
            self.struck += 1
            return fault


class _Link:
    """One connection through the proxy: two threads, one for each direction."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = socket.create_connection((FaultProxy.host, proxy._server_port))
        for each in (self._client, self._server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            proxy._sockets.add(each)
        self._answering: Fault | None = None
        self._in_message = False
        self._by_lines = True
        self._tag = ""

    def run(self) -> None:
        self._answering = self._proxy._strikes(None)
        self._proxy._start(self._answers)
        self._proxy._start(self._lines)

    def _lines(self) -> None:
        """Carry the client's lines to the server."""
        with suppress(OSError, ValueError), self._client.makefile("rb") as file:
            while line := file.readline() if self._by_lines else file.read1(_CHUNK):
                self._proxy.heard += line
                if not self._by_lines:
                    self._server.sendall(line)
                    continue
                self._by_lines = not line.strip().upper().endswith(b"STARTTLS")
                if not self._carry(line):
                    break
        self._end()

    def _carry(self, line: bytes) -> bool:
        if self._in_message and line != b".\r\n":
            self._server.sendall(line)
            return True
        self._in_message = False
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        first, blank, _rest = text.partition(" ")
        self._tag = first if blank else self._tag
        fault = self._proxy._strikes(text)
        match fault:
            case None:
                self._server.sendall(line)
            case Fault(act=Act.CUT_BEFORE):
                return False
            case Fault(act=Act.REWRITE, words=words):
                self._client.sendall(words.replace("{tag}", self._tag).encode() + b"\r\n")
            case _:
                self._answering = fault
                self._server.sendall(line)
        return True

    def _answers(self) -> None:
        """Carry what the server says to the client."""
        with suppress(OSError):
            while said := self._server.recv(_CHUNK):
                if self._proxy.edit is not None:
                    said = self._proxy.edit(said)
                if not self._say(said):
                    break
        self._end()

    def _say(self, said: bytes) -> bool:
        if self._proxy.cut_handshake and said.startswith(_HANDSHAKE):
            self._client.sendall(said[: len(said) // 2])
            return False
        match self._answering:
            case None:
                self._in_message = self._in_message or said.startswith(b"354")
                self._client.sendall(said)
            case Fault(act=Act.STALL):
                pass
            case Fault(act=Act.DRIP):
                self._drip(said)
            case Fault(act=Act.CUT_IN_ANSWER):
                self._client.sendall(said[: max(1, len(said) // 2)])
                return False
            case _:
                return False
        return True

    def _drip(self, said: bytes) -> None:
        """Say it octet by octet, and then go on with a line that never ends."""
        for octet in said:
            if octet in b"\r\n":
                break
            self._client.sendall(bytes((octet,)))
            time.sleep(_DRIP_SECONDS)
        while True:
            self._client.sendall(b".")
            time.sleep(_DRIP_SECONDS)

    def _end(self) -> None:
        for each in (self._client, self._server):
            _cut(each)
            self._proxy._sockets.discard(each)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
