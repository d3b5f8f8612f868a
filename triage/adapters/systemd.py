"""What systemd wants to hear of a service (sd_notify): a word in a datagram to the socket that it names."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Whoever started the service and wants to be told how it fares; nobody where ``address`` is empty."""

    address: str = ""
    watchdog_seconds: float = 0
    """How long the service may stay silent before it is started anew; 0 where nobody counts."""

    def tell(self, *words: str) -> None:
        """Send words, each ``NAME=value``. A supervisor that cannot be reached holds nothing up."""
        if not self.address:
            return
        # A leading @ stands for the zero byte of Linux's abstract sockets (sd_notify(3)).
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
            way.settimeout(1)
            way.sendto("\n".join(words).encode(), address)


def supervisor() -> Supervisor:
    """Give the supervisor that the environment names.

    The variables are taken out of the environment, so that no child of ours speaks in our name.
    """
    address = os.environ.pop("NOTIFY_SOCKET", "")
    micros, whom = os.environ.pop("WATCHDOG_USEC", "0"), os.environ.pop("WATCHDOG_PID", "")
    counted = micros.isdigit() and whom in {"", str(os.getpid())}
    return Supervisor(address, int(micros) / 1_000_000 if counted else 0)
