"""Addresses of the web as a browser reads them (WHATWG URL), and the real target behind known redirectors."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

import ada_url

MAX_ADDRESS = 4_096
"""Characters of an address that are read; the host stands at its beginning."""

MAX_UNWRAPS = 3
"""Redirectors inside one another that are followed."""

WEB_SCHEMES = frozenset({"http", "https", "ftp", "ws", "wss"})
_PLAIN_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IGNORED = str.maketrans("", "", "\t\r\n")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """One address; ``host`` is lower case, IDNs as ``xn--``, numbers as a dotted IP, empty where none."""

    written: str
    scheme: str
    host: str
    userinfo: str
    path: str
    query: str

    @property
    def is_web(self) -> bool:
        """Whether a browser would fetch it from a host."""
        return self.scheme in WEB_SCHEMES and bool(self.host)

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """The IP address that stands in place of a name, or None."""
        try:
            return ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return None

    @property
    def disguised_ip(self) -> bool:
        """Whether an IP address is written so that nobody knows it: decimal, hexadecimal, octal, short."""
        ip = self.ip
        return ip is not None and ip.version == 4 and not _PLAIN_IPV4.search(self.written)  # noqa: PLR2004 - IPv4


@lru_cache(maxsize=8192)
def read_url(text: str, base: str = "") -> WebAddress | None:
    """Read an address as a browser would, a relative one from a base; None where a browser reads none."""
    written = text.translate(_IGNORED).strip()[:MAX_ADDRESS]
    try:
        url = ada_url.URL(written, base=base) if base else ada_url.URL(written)
        userinfo = ":".join(part for part in (url.username, url.password) if part)
        return WebAddress(
            written,
            url.protocol.rstrip(":"),
            url.hostname.rstrip("."),
            unquote(userinfo),
            url.pathname,
            url.search,
        )
    except (ValueError, UnicodeError):
        return None


def parameters(address: WebAddress) -> tuple[tuple[str, str], ...]:
    """Give the decoded parameters of the query, at most 50."""
    return tuple(parse_qsl(address.query.lstrip("?"), keep_blank_values=True, separator="&")[:50])


def unwrap(address: WebAddress, redirectors: Mapping[str, frozenset[str]]) -> WebAddress:
    """Give the address that a known redirector leads to; ``redirectors`` maps a host to its parameters."""
    for _ in range(MAX_UNWRAPS):
        inner = _inner(address, redirectors)
        if inner is None:
            break
        address = inner
    return address


def _inner(address: WebAddress, redirectors: Mapping[str, frozenset[str]]) -> WebAddress | None:
    names = next((redirectors[host] for host in parents(address.host) if host in redirectors), frozenset())
    for name, value in parameters(address) if names else ():
        if name.lower() in names:
            target = read_url(value)
            if target is not None and target.is_web:
                return target
    return None


def parents(host: str) -> tuple[str, ...]:
    """Give the host and every name above it, without a last single label."""
    labels = host.split(".")[:40]
    return tuple(".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))
