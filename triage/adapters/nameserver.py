"""The address of a DNS server as settings give it."""

from dataclasses import dataclass
from ipaddress import ip_address

PORT = 53


@dataclass(frozen=True, slots=True)
class NameServer:
    """One DNS server that answers recursively."""

    address: str
    port: int = PORT


def read_name_server(text: str) -> NameServer:
    """Read ``192.0.2.53``, ``192.0.2.53:5353`` or ``[2001:db8::53]:5353``; ValueError carries a sentence."""
    host, port = text.strip(), ""
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        address = str(ip_address(host))
        number = int(port or PORT)
    except ValueError:
        raise ValueError(f"{text!r} is not the address of a name server such as 192.0.2.53") from None
    if not 0 < number < 65536:  # noqa: PLR2004 - ports have 16 bits
        raise ValueError(f"{text!r} has no port between 1 and 65535")
    return NameServer(address, number)
