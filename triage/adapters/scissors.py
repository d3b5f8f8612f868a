"""An end to a step that a server draws out: each octet may come in time, and the whole of it never."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STEP_WAITS = 5
"""A step may last as long as so many waits for the server, and no longer."""

SLOWEST_OCTETS_A_SECOND = 32 * 1024
"""Whatever carries a message more slowly than this is taken for broken."""


def longest(timeout_seconds: float, octets: int = 0) -> float:
    """Give how many seconds one step may last in all, while it carries so many octets."""
    return timeout_seconds * STEP_WAITS + octets / SLOWEST_OCTETS_A_SECOND


class Scissors:
    """Cuts one connection when a step of it has lasted too long.

    It holds the connection by a descriptor of its own, so that it may cut in the middle of a TLS handshake.
    """

    def __init__(self) -> None:
        self._talk: socket.socket | None = None

    def hold(self, talk: socket.socket) -> None:
        """Hold this connection from now on."""
        self.let_go()
        self._talk = talk.dup()

    def let_go(self) -> None:
        """Hold nothing; may be repeated."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.close()

    def cut(self) -> None:
        """Cut now; may be called from any thread."""
        talk = self._talk
        if talk is not None:
            with suppress(OSError):
                talk.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def after(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block lasts longer; raises TimeoutError for what fails of that."""
        cut = threading.Event()
        timer = threading.Timer(seconds, self._cut, (cut,))
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if cut.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()

    def _cut(self, cut: threading.Event) -> None:
        cut.set()
        self.cut()
