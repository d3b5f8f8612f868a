"""A server that speaks S3 over HTTP, in a process of its own; its objects live as long as it does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Self
from urllib.request import Request, urlopen

from triage.adapters.objectstore import S3Objects, S3Settings

_SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the server, and ways to look into it past the program."""

    port: int
    name: str

    def settings(self, **changes: object) -> S3Settings:
        """Give how the bucket is reached, with changes."""
        base = S3Settings(
            endpoint=f"http://127.0.0.1:{self.port}",
            bucket=self.name,
            prefix="triage",
            region="us-east-1",
            access_key="triage",
            secret_key="correct horse",
            seconds=5,
        )
        return replace(base, **changes)  # type: ignore[arg-type]

    def objects(self, **changes: object) -> S3Objects:
        """Give the adapter for the bucket."""
        return S3Objects(self.settings(**changes))

    def down(self) -> S3Objects:
        """Give the adapter for a server that is not there; port 1 is nobody's."""
        return self.objects(endpoint="http://127.0.0.1:1")

    def names(self) -> list[str]:
        """Give the objects that hold mail."""
        return sorted(one.name for some in self.objects().listed("raw") for one in some)

    def lines(self) -> str:
        """Give the section of config.toml that names the bucket."""
        settings = self.settings()
        return (
            f'\n[storage]\nendpoint = "{settings.endpoint}"\nbucket = "{settings.bucket}"\n'
            f'access_key = "{settings.access_key}"\nsecret_key = "{settings.secret_key}"\n'
        )

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Let the server know no key meanwhile."""
        _ask(self.port, "moto-api/reset-auth", "POST", b"0")
        try:
            yield
        finally:
            _ask(self.port, "moto-api/reset-auth", "POST", b"inf")


class ObjectServer:
    """The server, while its block lasts."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self._port = next(int(line) for line in self._process.stdout if line.strip().isdigit())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def bucket(self) -> Bucket:
        """Make a new bucket."""
        bucket = Bucket(self._port, f"mails-{next(_NUMBERS)}")
        _ask(self._port, bucket.name, "PUT", b"")
        return bucket


def _ask(port: int, path: str, method: str, body: bytes) -> None:
    request = Request(f"http://127.0.0.1:{port}/{path}", data=body, method=method)
    request.add_header("Content-Type", "application/octet-stream")
    with urlopen(request, timeout=10):  # noqa: S310 - same
        pass
