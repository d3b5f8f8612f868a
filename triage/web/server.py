"""Serves the pages in a thread of the service."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from triage.errors import ConfigError

JOIN_SECONDS = 10


@contextmanager
def serve(host: str, port: int, pages: FastAPI) -> Iterator[None]:
    """Serve for as long as the block lasts; port 0 serves nothing. Raises ConfigError for a taken port."""
    if not port:
        yield
        return
    listening = _listen(host, port)
    server = uvicorn.Server(
        uvicorn.Config(
            pages,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(JOIN_SECONDS)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(f"[web] {host}:{port} cannot be served: {error.strerror or error}.") from None
