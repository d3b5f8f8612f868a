"""An asyncio loop in a thread of its own, for servers that run inside a synchronous process."""

import asyncio
import logging
import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

_log = logging.getLogger(__name__)

T = TypeVar("T")

LOOPBACK = "127.0.0.1"

_PATIENCE_SECONDS = 30.0


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the deprecation notices of third-party servers from users and from strict test runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        yield


async def abort_all(transports: Iterable[asyncio.BaseTransport | None]) -> None:
    """Cut these connections, and let the loop tell their owners."""
    for transport in tuple(transports):
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
    # A transport closes its socket in the turn of the loop after it was aborted.
    for _turn in range(3):
        await asyncio.sleep(0)


def _note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a connection died of; clients that go away in mid-sentence are this server's daily bread."""
    _log.debug("%s", context.get("message"), exc_info=context.get("exception"))


class LoopThread:
    """Runs coroutines in a background thread for callers that know nothing of asyncio."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_note)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine in the loop and give its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE_SECONDS)

    def stop(self) -> None:
        """Cancel what still runs, end the loop and wait for the thread."""
        if self._loop.is_closed():
            return
        if self._thread.is_alive():
            with suppress(TimeoutError):
                self.run(self._cancel_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    @staticmethod
    async def _cancel_all() -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class EmbeddedServer(ABC):
    """A server on loopback in a thread of its own, as a context manager; a subclass says how it serves."""

    host = LOOPBACK

    def __init__(self, name: str) -> None:
        self.port = 0
        self._loop = LoopThread(name)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._loop.start()
        try:
            self.port = self._loop.run(self._serve())
        except BaseException:
            self._loop.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and drop every connection; may be repeated."""
        if self._server is not None:
            self._loop.run(self._close(self._server))
            self._server = None
        self._loop.stop()

    @abstractmethod
    async def _serve(self) -> int:
        """Begin to listen, keep the server in ``_server`` and give its port."""

    @abstractmethod
    async def _close(self, server: asyncio.Server) -> None:
        """Stop listening and drop every connection."""
