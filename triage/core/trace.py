"""Where a mail entered our own gateway: the connecting address, its HELO and the envelope sender.

Only what our gateway wrote counts. Lines below its own came with the mail, and anybody can write those.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from triage.core.authentication import Gateway
from triage.core.headers import read_headers
from triage.core.mime import read_structure
from triage.core.received import MAX_LENGTH, Client, Received, read_received

HEAD_BYTES = 256 * 1024
"""Bytes of a mail in which its trace is looked for."""

MOST_LINES = 100
"""Received lines that are read; servers refuse mail with more (RFC 5321, section 6.3)."""

MOST_HANDOVERS = 4
"""Lines that our own machine writes when it hands a mail to itself: content filter, local delivery."""

_LOCAL_DELIVERY = frozenset({"lmtp", "lmtps", "lmtpa", "lmtpsa"})
_SUBMISSION = frozenset({"esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa", "asmtp", "http", "https"})
"""Protocols of a user who has signed in (RFC 3848): the address is that of his home."""

_INSIDE = tuple(
    ip_network(one)
    for one in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"),
    )
)


_ADDRESS = re.compile(r"[^\s<>()@]{1,64}@[^\s<>()@]{1,253}")
"""An envelope sender (RFC 5321, section 4.5.3.1), quoted ones left out."""

_BY = re.compile(r"\bby\s{1,50}([^\s;()]{1,253})", re.IGNORECASE)


class Untraced(StrEnum):
    """Why nothing is known of the connection."""

    NO_GATEWAY = "no_trace"
    NO_CLIENT = "no_client"
    NO_ENVELOPE = "no_envelope"
    INSIDE = "inside"
    SUBMITTED = "submitted"
    UNREADABLE = "unreadable"
    """Our gateway's line is not built as any server builds one: the client's HELO must have seen to that."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One connection to our gateway. ``sender`` is the envelope sender, empty for the null sender ``<>``."""

    client: Client
    helo: str
    sender: str

    @property
    def domain(self) -> str:
        """The domain that SPF is asked about, lower case: of the sender, for the null sender that of HELO."""
        return self.sender.rpartition("@")[2].lower() if self.sender else self.helo


def trace_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Give the headers of a mail with encoded words left alone: a HELO may hold some, to mislead readers."""
    fields = read_structure(raw[:HEAD_BYTES], []).root.fields
    return tuple((header.name.lower(), header.source) for header in read_headers(fields, "", []))


def find_trace(headers: Sequence[tuple[str, str]], gateway: Gateway) -> Trace | Untraced:
    """Find the line that our gateway wrote when the mail came in. Names of headers are lower case."""
    at, line = _entry(headers, gateway.names | gateway.hosts)
    if isinstance(line, Untraced):
        return line
    if line.protocol in _SUBMISSION:
        return Untraced.SUBMITTED
    if line.client is None:
        return Untraced.UNREADABLE if line.greeted else Untraced.NO_CLIENT
    if _is_inside(line.client):
        return Untraced.INSIDE
    sender = _envelope_sender(headers[:at])
    return Untraced.NO_ENVELOPE if sender is None else Trace(line.client, line.helo, sender)


def _entry(headers: Sequence[tuple[str, str]], ours: frozenset[str]) -> tuple[int, Received | Untraced]:
    """Give the topmost line of our gateway, past those by which the same machine hands a mail to itself.

    Such lines stand above the one that met the outside, and only our own machine can write them there. A line
    that names us and cannot be read ends the search: whatever stands below it is the sender's own.
    """
    places = [at for at, (name, _) in enumerate(headers) if name == "received"][:MOST_LINES]
    lines = [(at, read_received(headers[at][1])) for at in places]
    first = next((number for number, at in enumerate(places) if _names(headers[at][1], ours)), None)
    if first is None:
        return 0, Untraced.NO_GATEWAY
    if lines[first][1].by not in ours:
        return 0, Untraced.UNREADABLE
    found = lines[first]
    for number in range(first + 1, min(first + 1 + MOST_HANDOVERS, len(lines))):
        at, line = lines[number]
        if not _is_handover(found[1], ours) or not (line.by in ours or _is_own_filter(line)):
            break
        found = at, line
    # Below a filter of our own machine must stand a line of the gateway itself.
    return found if found[1].by in ours else lines[first]


def _names(value: str, ours: frozenset[str]) -> bool:
    return any(host.lower().rstrip(".") in ours for host in _BY.findall(value[:MAX_LENGTH]))


def _is_handover(line: Received, ours: frozenset[str]) -> bool:
    if line.protocol in _SUBMISSION:
        return False
    local = line.client is not None and line.client.is_loopback
    return local or (line.by in ours and line.protocol in _LOCAL_DELIVERY)


def _is_own_filter(line: Received) -> bool:
    """Whether a filter on our machine wrote the line, as amavis does: from localhost by localhost."""
    return line.by == "localhost" and line.client is not None and line.client.is_loopback


def _is_inside(client: Client) -> bool:
    return any(client in network for network in _INSIDE if network.version == client.version)


def _envelope_sender(above: Sequence[tuple[str, str]]) -> str | None:
    """Read Return-Path, which the last server writes at the very top; one further down is the sender's own.

    What is no address gives ``@``: an identity that proves nothing.
    """
    value = next((value.strip() for name, value in above if name == "return-path"), None)
    if value is None:
        return None
    address = value.removeprefix("<").removesuffix(">").strip()
    return address if not address or _ADDRESS.fullmatch(address) else "@"
