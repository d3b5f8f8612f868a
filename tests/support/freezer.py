"""A TCP proxy before a server that can be frozen: then nothing passes, and nobody is told."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

_CHUNK = 65536


class Cable:
    """Passes on what both sides say, as long as it is not frozen; ``port`` of an address leads through it."""

    def __init__(self, dial: Callable[[], socket.socket], address: str = "127.0.0.1") -> None:
        self._dial = dial
        self._listening = socket.create_server((address, 0))
        self._flows = threading.Event()
        self._flows.set()
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()
        self._flows.set()

    def freeze(self) -> None:
        """Let nothing pass any more, as when a cable is cut."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let everything pass, also what was said meanwhile."""
        self._flows.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                try:
                    far = self._dial()
                except OSError:
                    near.close()
                    continue
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(_CHUNK):
                self._flows.wait()
                sink.sendall(said)
        self._flows.wait()
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


class Freezer(Cable):
    """The same before a PostgreSQL socket; ``url`` leads through it."""

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        parts = urlsplit(url)
        folder = Path(parse_qs(parts.query)["host"][0])
        place = next(folder.glob(".s.PGSQL.*[0-9]"))

        def dial() -> socket.socket:
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(place))
            return far

        super().__init__(dial, address)
        self.url = f"postgresql+psycopg://{parts.username}@{address}:{self.port}{parts.path}"
