"""A server that webhooks are posted to."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hook:
    """A server that keeps what is posted to it and answers as told; what it refuses it does not keep."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.raw: list[tuple[Mapping[str, str], bytes]] = []
        self.asked: list[str] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.asked.append(self.path)
                if hook.status < 300:
                    hook.posted.append(json.loads(body))
                    hook.raw.append((dict(self.headers), body))
                self.send_response(hook.status)
                for name, value in {"Content-Length": "0", **hook.headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the output of the tests clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"


@contextmanager
def hooked() -> Iterator[Hook]:
    """Serve a hook for as long as the block lasts."""
    hook = Hook()
    thread = threading.Thread(target=hook.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.server.shutdown()
        hook.server.server_close()
        thread.join(10)
