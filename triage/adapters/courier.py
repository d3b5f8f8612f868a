"""Takes messages to webhooks: only to hosts that the operator named, and to no address inside.

The name is looked up once, every address that it has must be one of the whole world, and the connection is
made to the very address that was looked at, so that no second answer of DNS leads elsewhere. No redirect is
followed, no proxy of the environment is asked, nothing of the answer but its status is read.
"""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from triage.core.publicaddress import is_loopback, is_public
from triage.errors import CourierError, RefusedActError

SECONDS = 10.0
"""For a whole delivery, from the connection to the status of the answer."""

LONGEST_ADDRESS = 1000
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: ``path`` is what is asked for there, with its query."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def names(self) -> frozenset[str]:
        """What the settings may call it: with its port, and without where that is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS["https" if self.tls else "http"]
        return frozenset({f"{host}:{self.port}", *([host] if usual else [])})

    @property
    def is_here(self) -> bool:
        """Whether it is on this very machine, named as such."""
        return self.host == "localhost" or is_loopback(self.host)


class Courier:
    """Posts to the hosts that [api] webhook_hosts names: ``host`` for port 443, ``host:port`` for another.

    A host of this machine may be named too, and is then reached without TLS as well.
    """

    def __init__(
        self, hosts: Collection[str], ca_file: Path | None = None, *, seconds: float = SECONDS
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._ca_file = ca_file
        self._seconds = seconds

    def demand_allowed(self, address: str) -> None:
        """Raise RefusedActError unless messages may go to an address."""
        self._target(address)

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post a message and give the status of the answer. Raises CourierError where there is none."""
        try:
            target = self._target(address)
        except RefusedActError as error:
            raise CourierError(str(error)) from None
        found = _looked_up(target)
        try:
            return self._answer(target, found, headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # the path of the address may hold a secret, so only the host is told
            raise CourierError(f"The webhook at {target.host} failed: {type(error).__name__}.") from None

    def _answer(self, target: Target, found: str, headers: Mapping[str, str], body: bytes) -> int:
        opened = socket.create_connection((found, target.port), timeout=self._seconds)
        with _in_time(opened, self._seconds) as held:
            if target.tls:
                context = ssl.create_default_context(cafile=self._ca_file)
                held.socket = context.wrap_socket(held.socket, server_hostname=target.host)
                connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                    target.host, target.port, context=context
                )
            else:
                connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = held.socket
            connection.request("POST", target.path, body, dict(headers))
            return connection.getresponse().status

    def _target(self, address: str) -> Target:
        target = _read(address)
        if target is None or not (target.tls or target.is_here):
            raise RefusedActError("webhook_address", "A webhook is an address that begins with https://.")
        if not target.names & self._hosts:
            raise RefusedActError(
                "webhook_host",
                f"{target.host} is none of the hosts in [api] webhook_hosts, which the operator sets.",
                host=target.host,
            )
        return target


def _read(address: str) -> Target | None:
    """Take an address apart that leaves no room for two readings; None for any other."""
    if len(address) > LONGEST_ADDRESS or not _PRINTABLE.fullmatch(address) or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or "@" in parts.netloc or parts.fragment or port == 0:
        return None
    if not (_HOST.fullmatch(host) or ":" in host):
        return None
    path = parts.path or "/"
    asked = f"{path}?{parts.query}" if parts.query else path
    return Target(parts.scheme == "https", host, port or _PORTS[parts.scheme], asked)


def _looked_up(target: Target) -> str:
    """Give the address that a name leads to. Raises CourierError unless all of them may be reached."""
    try:
        rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CourierError(f"The host {target.host} of a webhook has no address.") from None
    found = [str(row[4][0]) for row in rows]
    allowed = is_loopback if target.is_here else is_public
    wrong = next((one for one in found if not allowed(one)), None)
    if wrong is not None or not found:
        raise CourierError(f"The host {target.host} of a webhook leads to {wrong}, which is not public.")
    return found[0]


@dataclass
class _Held:
    """The socket of a delivery under way; with TLS another one takes its place."""

    socket: socket.socket

    def cut(self) -> None:
        """End what is read or written at this moment, in whatever thread."""
        with suppress(OSError):
            # past ssl's own shutdown, which waits for the other side
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


@contextmanager
def _in_time(opened: socket.socket, seconds: float) -> Iterator[_Held]:
    held = _Held(opened)
    end = threading.Timer(seconds, held.cut)
    end.daemon = True
    end.start()
    try:
        yield held
    finally:
        end.cancel()
        held.socket.close()
