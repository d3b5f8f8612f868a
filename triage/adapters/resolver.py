"""Asks DNS with limits on time and on the number of questions, so that no mail can hold up the others."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from triage.adapters.nameserver import NameServer
from triage.errors import ConfigError
from triage.ports import DnsAnswer, Found, NoSuchName, NoSuchRecord, RecordType, Silent

MOST_CACHED = 2_000
"""Answers that are remembered, each as long as its own time to live; the least used one goes first."""

MOST_LOOKUPS = 100
"""Questions for one mail: SPF may ask 10 terms with 10 hosts each (RFC 7208, section 4.6.4)."""

MOST_VALUES = 100
"""Records of one answer that are read."""

SECONDS_A_TRY = 2.0
"""How long one server is waited for before the next is asked, within the time that is left."""

_PAYLOAD = 1232
"""Bytes of an answer by UDP that no network cuts in two; a longer one is fetched by TCP."""


class DnsResolver:
    """Asks the given servers, or those of this machine where none are given. Threads may share it."""

    def __init__(self, servers: Sequence[NameServer] = ()) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            raise ConfigError(
                "This machine names no DNS server in /etc/resolv.conf; set [verification] nameservers."
            ) from None
        if servers:
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(server.address, server.port) for server in servers
            ]
        self._resolver.cache = dns.resolver.LRUCache(MOST_CACHED)
        self._resolver.use_edns(0, 0, _PAYLOAD)
        self._resolver.timeout = SECONDS_A_TRY

    @property
    def servers(self) -> tuple[str, ...]:
        """The servers that are asked, as text."""
        return tuple(str(server) for server in self._resolver.nameservers)

    def ask(self, name: str, kind: RecordType, *, within: float) -> DnsAnswer:
        """Look up a name, waiting at most ``within`` seconds; never raises."""
        try:
            asked = dns.name.from_text(name.rstrip(".") + ".", idna_codec=dns.name.IDNA_2008_Practical)
        except (dns.exception.DNSException, ValueError):
            return NoSuchName()
        try:
            answer = self._resolver.resolve(asked, kind.value, lifetime=within, search=False)
        except dns.resolver.NXDOMAIN:
            return NoSuchName()
        except dns.resolver.NoAnswer:
            return NoSuchRecord()
        except (dns.exception.DNSException, OSError) as error:
            return Silent(f"{kind.value} {name}: {type(error).__name__}")
        values = _values(list(answer)[:MOST_VALUES], kind)
        return Found(values) if values else NoSuchRecord()

    def budget(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> "BudgetedResolver":
        """Give a resolver for one mail: when its seconds are used up, everything is silent."""
        return BudgetedResolver(self, clock() + seconds, clock)


@dataclass(slots=True)
class BudgetedResolver:
    """Asks for one mail until its time or its questions are used up; ``deadline`` is on ``clock``."""

    dns: DnsResolver
    deadline: float
    clock: Callable[[], float] = time.monotonic
    asked: int = 0
    _silent: dict[tuple[str, RecordType], Silent] = field(default_factory=dict)

    def look_up(self, name: str, kind: RecordType) -> DnsAnswer:
        """Look up a name; what was silent once stays so for this mail."""
        known = self._silent.get((name, kind))
        if known:
            return known
        left = self.deadline - self.clock()
        if left <= 0 or self.asked >= MOST_LOOKUPS:
            return Silent("the time or the number of questions for this mail is used up")
        self.asked += 1
        # Never all of it: one silent server must leave time for those that are asked after it.
        answer = self.dns.ask(name, kind, within=left / 2)
        if isinstance(answer, Silent):
            self._silent[name, kind] = answer
        return answer


def _values(records: Sequence[Any], kind: RecordType) -> tuple[str, ...]:
    match kind:
        case RecordType.TXT:
            return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in records)
        case RecordType.A | RecordType.AAAA:
            return tuple(str(record.address) for record in records)
        case RecordType.MX:
            ordered = sorted(records, key=lambda record: int(record.preference))
            return tuple(_host(record.exchange) for record in ordered)
        case RecordType.PTR:
            return tuple(_host(record.target) for record in records)


def _host(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
