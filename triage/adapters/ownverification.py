"""Verifies one mail by DKIM, SPF, DMARC and ARC, asking DNS within a budget of seconds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triage.adapters.resolver import DnsResolver
from triage.adapters.spf_check import check_spf
from triage.adapters.verify import Lookup, verify_chain, verify_signatures
from triage.core.authentication import Gateway
from triage.core.authresults import MethodResult, Result
from triage.core.dmarc import Policy, Published, choose_record, evaluate, is_aligned
from triage.core.mail import Mail
from triage.core.ownresults import SILENT_DNS, OwnResults
from triage.core.trace import Trace, Untraced, find_trace, trace_headers
from triage.ports import Found, RecordType, Resolver, Silent


@dataclass(frozen=True, slots=True)
class OwnVerification:
    """Verifies mails; ``seconds`` bounds the waiting for one, ``registrable`` gives the owner of a host."""

    dns: DnsResolver
    gateway: Gateway
    registrable: Callable[[str], str]
    seconds: float

    def __call__(self, mail: Mail, raw: bytes) -> OwnResults:
        """Verify one mail. Never raises.

        What could speak for the author is looked up first: a stranger whose DNS answers slowly must not use
        up the time that it takes to see that he is none.
        """
        resolver = self.dns.budget(self.seconds)
        lookup = txt_lookup(resolver)
        domains = {sender.domain for sender in mail.senders}
        author = domains.pop() if len(domains) == 1 else ""
        policy = find_policy(author, resolver, self.registrable)
        trace = find_trace(trace_headers(raw), self.gateway)

        def speaks(domain: str) -> bool:
            return is_aligned(domain, author, self.registrable, strict=False)

        proofs = [*verify_signatures(raw, lookup, speaks), _spf(trace, resolver)]
        dmarc = evaluate(author, policy, proofs, self.registrable, complete=not _hides(trace))
        others = verify_signatures(raw, lookup, lambda domain: not speaks(domain))
        signed = (*proofs[:-1], *others) or (MethodResult("dkim", Result.NONE, ""),)
        results = (proofs[-1], *signed, dmarc, *verify_chain(raw, lookup))
        asked = policy.asked if isinstance(policy, Published) else ""
        return OwnResults(results, asked, _gap(trace, dmarc))


def find_policy(author: str, resolver: Resolver, registrable: Callable[[str], str]) -> Policy:
    """Find the DMARC record for a domain: its own, else that of its owner (RFC 7489, section 6.6.3)."""
    if not author:
        return None
    owner = registrable(author)
    for domain in dict.fromkeys((author, owner)):
        match resolver.look_up(f"_dmarc.{domain}", RecordType.TXT):
            case Found(texts):
                record = choose_record(texts)
                if record:
                    return Published(record, inherited=domain != author)
            case Silent(why):
                return OSError(why)
            case _:
                continue
    return None


def txt_lookup(resolver: Resolver) -> Lookup:
    """Give the look-up of keys that DKIM needs; of several texts, the first that holds a key."""

    def look_up(name: str) -> str | None:
        match resolver.look_up(name, RecordType.TXT):
            case Found(texts):
                return next((text for text in texts if "p=" in text), texts[0])
            case Silent(why):
                raise OSError(why)
            case _:
                return None

    return look_up


def _spf(trace: Trace | Untraced, resolver: Resolver) -> MethodResult:
    return check_spf(trace, resolver) if isinstance(trace, Trace) else MethodResult("spf", Result.NONE, "")


def _hides(trace: Trace | Untraced) -> bool:
    """Whether there is a connection that our servers do not tell of; then SPF might have passed."""
    return isinstance(trace, Untraced) and trace is not Untraced.UNREADABLE


def _gap(trace: Trace | Untraced, dmarc: MethodResult) -> str:
    return next(_gaps(trace, dmarc), "")


def _gaps(trace: Trace | Untraced, dmarc: MethodResult) -> Iterator[str]:
    if dmarc.result is Result.PASS:
        return
    if dmarc.result is Result.TEMPERROR:
        yield SILENT_DNS
    if isinstance(trace, Untraced):
        yield trace.value
