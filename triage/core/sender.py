"""One judgement of the sender of a mail: names, authentication and content weighed together."""

from collections.abc import Iterator

from triage.core.address import read_addresses
from triage.core.authentication import AuthenticationReading, read_authentication
from triage.core.contentevidence import ContentEvidence, content_findings
from triage.core.decision import Finding, SenderJudgement, Severity, Verdict
from triage.core.facts import Facts
from triage.core.listchecks import excuse_names, listed_findings
from triage.core.lookalike import judge_names
from triage.core.mail import NOBODY, Address, Mail
from triage.core.reasons import Reason
from triage.core.rules import Office, Rulebook


def judge_sender(mail: Mail, facts: Facts, rules: Rulebook, content: ContentEvidence) -> SenderJudgement:
    """Judge who wrote a mail and what it wants; ``content`` is what its content shows.

    The worst finding decides, after lists and earlier dealings had their say. A pass of authentication on an
    impostor's own domain buys nothing, since it only says that the domain is the impostor's.
    """
    weights = rules.trust.weights
    authentication = read_authentication(
        mail, rules.trust.gateway, rules.trust.names.registrable, facts.own_results
    )
    issued = None if facts.issued is None else dict(facts.issued)
    evidence = (
        *_names(mail, facts, rules, authentication),
        *content_findings(content, issued, weights.together),
        *listed_findings(mail, facts, rules),
    )
    own = _own_address(mail, rules.office, authentication, weights.weigh(evidence))
    findings = weights.weigh((*evidence, *own))
    verdict = weights.verdict(findings)
    return SenderJudgement(
        verdict, findings, (*authentication.reasons, _REASONS[verdict]), version=weights.version
    )


def _names(
    mail: Mail, facts: Facts, rules: Rulebook, authentication: AuthenticationReading
) -> tuple[Finding, ...]:
    protected, authenticated = rules.trust.protected, authentication.authenticated
    found = judge_names(
        mail.senders or (NOBODY,),
        mail.reply_to,
        _sender_header(mail),
        mail.return_path,
        protected,
        authenticated=authenticated,
    )
    return excuse_names(found, mail, facts, protected, authenticated=authenticated)


def _sender_header(mail: Mail) -> Address | None:
    written = read_addresses(mail.header("Sender") or "", [])
    return written[0] if written else None


def _own_address(
    mail: Mail, office: Office, authentication: AuthenticationReading, evidence: tuple[Finding, ...]
) -> Iterator[Finding]:
    """Look at mail in our own name: it must be proven, at the latest when it does what we never do."""
    for sender in mail.senders:
        address = sender.address.lower()
        if address in office.misprints:
            yield _misprinted(address, office)
        elif address in office.addresses and authentication.authenticated is False:
            yield _forged(address)
        elif address in office.addresses and authentication.authenticated is None:
            yield from _unproven(address, evidence)


def _misprinted(address: str, office: Office) -> Finding:
    return Finding(
        "SENDER_MISPRINT",
        Severity.HIGH,
        office.address,
        address,
        f"Địa chỉ {address} là lỗi in trong văn bản chính thức của {office.address}; hộp thư thật không gửi "
        "từ địa chỉ này.",
        f"{address} is a misprint of {office.address} in an official letter; the real mailbox never sends "
        "from it.",
    )


def _unproven(address: str, evidence: tuple[Finding, ...]) -> Iterator[Finding]:
    doubts = [one.check for one in evidence if one.severity in {Severity.MEDIUM, Severity.HIGH}]
    if doubts:
        yield Finding(
            "OWN_NAME_UNPROVEN",
            Severity.HIGH,
            address,
            ", ".join(dict.fromkeys(doubts)),
            f"Thư ghi người gửi là {address}, không có gì chứng minh, lại có dấu hiệu đáng ngờ khác.",
            f"The mail gives {address} as its sender, nothing proves it, and there is more to doubt.",
        )


def _forged(address: str) -> Finding:
    return Finding(
        "AUTH_FAIL_PROTECTED",
        Severity.CRITICAL,
        address,
        address,
        f"Thư ghi người gửi là {address} nhưng kết quả xác thực cho thấy không phải gửi từ đó.",
        f"The mail gives {address} as its sender, and its authentication shows that it was not sent there.",
    )


_REASONS = {
    Verdict.TRUSTED: Reason(
        "sender_trusted",
        "Người gửi thuộc cơ quan nhà nước đã biết và được máy chủ thư xác thực.",
        "The sender belongs to a known public body and was authenticated by the mail gateway.",
    ),
    Verdict.ORDINARY: Reason(
        "sender_ordinary",
        "Không thấy dấu hiệu mạo danh ở người gửi.",
        "Nothing about the sender looks forged.",
    ),
    Verdict.SUSPICIOUS: Reason(
        "sender_suspicious",
        "Người gửi có điểm cần xem lại.",
        "Something about the sender needs a second look.",
    ),
    Verdict.IMPERSONATION: Reason(
        "sender_impersonation", "Người gửi có dấu hiệu mạo danh.", "The sender looks like an impostor."
    ),
}
