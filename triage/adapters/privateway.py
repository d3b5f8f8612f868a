"""Which addresses may be asked for secrets: by TLS anywhere, without it on this machine alone."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_private_way(address: str) -> bool:
    """Whether nobody on the way can read what goes to an address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host)))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
