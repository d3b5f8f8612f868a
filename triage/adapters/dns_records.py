"""The DNS records that make our letters provable: DKIM keys, SPF and DMARC, as text for the zone file."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from triage.adapters.dkim_signing import DkimKey

_LONGEST_STRING = 255
"""Octets of one string in a TXT record (RFC 1035, section 3.3.14); longer texts are given in several."""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One TXT record."""

    name: str
    text: str

    @property
    def zone_line(self) -> str:
        """The record as a zone file writes it."""
        cut = (
            self.text[start : start + _LONGEST_STRING] for start in range(0, len(self.text), _LONGEST_STRING)
        )
        return f"{self.name}. IN TXT " + " ".join(f'"{part}"' for part in cut)


def dns_records(
    domain: str, keys: Sequence[DkimKey], outgoing: Sequence[IPv4Address | IPv6Address], reports_to: str
) -> tuple[DnsRecord, ...]:
    """Give what the zone must hold so that only our servers and keys can speak for the domain.

    ``outgoing`` are the servers that send for it besides its MX; ``reports_to`` gets the DMARC reports.
    DMARC only asks for reports (p=none): read them for some weeks, then tighten it to p=reject. A key of the
    domain above this one aligns in the relaxed mode only (RFC 7489, section 3.1.1).
    """
    servers = " ".join(f"ip{address.version}:{address}" for address in outgoing)
    spf = " ".join(part for part in ("v=spf1 mx", servers, "-all") if part)
    mode = "s" if all(key.domain.lower() == domain.lower() for key in keys) else "r"
    dmarc = f"v=DMARC1; p=none; adkim={mode}; aspf=s; rua=mailto:{reports_to}"
    published = (DnsRecord(f"{key.selector}._domainkey.{key.domain}", key.record) for key in keys)
    return (*published, DnsRecord(domain, spf), DnsRecord(f"_dmarc.{domain}", dmarc))
