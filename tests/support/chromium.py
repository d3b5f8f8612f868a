"""A real browser without a window, and a server on this machine that notes whatever is asked of it."""

import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

MISSING = "Chromium is not installed; on Debian: apt-get install chromium"
PATIENCE_SECONDS = 120

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless=new",
    # containers let no process make a sandbox of its own
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--virtual-time-budget=2000",
    "--no-first-run",
    "--disable-extensions",
    # nothing but loopback: the browser's own services ask for nothing
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def have_chromium() -> bool:
    """Whether the browser is installed."""
    return _program() is not None


def dump_dom(url: str) -> str:
    """Open a page, let two seconds of its own time pass, give its document as it then stands."""
    program = _program()
    assert program is not None, MISSING
    with tempfile.TemporaryDirectory(prefix="triage-chromium-", ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [program, *_OPTIONS, f"--user-data-dir={profile}", "--dump-dom", url],
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2_000:]
    return done.stdout.decode(errors="replace")


def _program() -> str | None:
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


class Canary:
    """A web server on this machine; ``seen`` lists what was asked of it, which should be nothing."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.seen.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>canary</title>")

            do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - names that http.server asks for

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
