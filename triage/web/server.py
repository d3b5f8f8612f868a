"""Serves pages: in a thread of the service, or alone for a while."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from triage.errors import ConfigError

JOIN_SECONDS = 10

STOPPING = "triage.stopping"
"""Under which name a request carries the question whether the server is about to stop: a stream ends then."""


@contextmanager
def serve(
    host: str, port: int, pages: ASGIApp, proxies: Sequence[str] = (), where: str = "[web]"
) -> Iterator[None]:
    """Serve for as long as the block lasts; port 0 serves nothing. Raises ConfigError for a taken port.

    ``proxies`` are the addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.
    """
    if not port:
        yield
        return
    listening = listen(host, port, where)
    server = server_of(pages, proxies)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(JOIN_SECONDS)
        listening.close()


def serve_for(seconds: float, listening: socket.socket, pages: ASGIApp) -> None:
    """Serve in this thread for so long, or until SIGINT or SIGTERM."""
    server = server_of(pages)
    end = threading.Timer(seconds, setattr, (server, "should_exit", True))
    end.daemon = True
    end.start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        # uvicorn has ended in order and passes on the signal that made it do so
        return
    finally:
        end.cancel()


def server_of(pages: ASGIApp, proxies: Sequence[str] = ()) -> uvicorn.Server:
    """Make a server for pages; they can ask in ``scope[STOPPING]`` whether it is about to stop."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await pages({**scope, STOPPING: lambda: server.should_exit}, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(
            told,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    return server


def listen(host: str, port: int, where: str = "[web]") -> socket.socket:
    """Open a port; 0 takes a free one. Raises ConfigError for a taken one; ``where`` is what named it."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(f"{where} {host}:{port} cannot be served: {error.strerror or error}.") from None
