"""Which network addresses are those of the whole world, so that a request to them reaches nothing inside."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052): its last 32 bits are the address that is reached."""


def is_public(written: str) -> bool:
    """Whether an address is global and of one host; one that carries another in it counts as that one too."""
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return all(_is_public(one) for one in (address, *_carried(address)))


def is_loopback(written: str) -> bool:
    """Whether an address is this very machine's own."""
    try:
        return ip_address(written).is_loopback
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    # a multicast address counts as global, and as nothing that answers
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _carried(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """Give the IPv4 addresses that an IPv6 one leads to: mapped, 6to4, Teredo, NAT64, compatible."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _TRANSLATED or int(address) >> 32 == 0:
        found.append(last)
    return tuple(one for one in found if one is not None)
