"""Reports of impostors: told in words, or by forwarding what the impostor wrote.

The reporter repeats the impostor's words and stays clean; the mail inside is judged by its own sender, and
whatever can be looked up and shared (numbers, addresses, hosts, accounts) is collected.
"""

import re
from dataclasses import dataclass, replace

from triage.core.category import Category
from triage.core.decision import Finding, Indicators, Kind, SenderJudgement, Severity, Verdict
from triage.core.direction import request_direction
from triage.core.indicators import find_indicators, phones_in
from triage.core.lookalike import check_address
from triage.core.mail import Mail, Parts
from triage.core.originals import Original, find_originals
from triage.core.ownwords import own_words
from triage.core.providers import FREE_MAIL
from triage.core.reasons import Reason
from triage.core.rules import Office, Rulebook
from triage.core.text import fold

IMPERSONATION = "impersonation"
"""The category of reports, as rules/categories.toml names it."""

_HEARD = frozenset({Kind.REQUEST, Kind.FOLLOW_UP, Kind.VERIFICATION, Kind.IMPERSONATION_REPORT})
"""Kinds that a person wrote and that may tell of an impostor."""

_CONTACT = re.compile(r"\b(?:dt|sdt|dien thoai|di dong|lien he|hotline|tel|phone|mobile|so may)\b")
_SUSPECT = re.compile(
    r"\b(?:goi|nhan tin|tin nhan|zalo|viber|so la|doi tuong|ke gian|mao danh|gia danh|tu xung|lua dao|yeu cau"
    r"|called)\b"
)
_SIGNATURE_LINES = 4


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells. ``reason`` says why the mail is one where its kind alone did not."""

    reason: Reason | None
    findings: tuple[Finding, ...]
    indicators: Indicators


def read_report(
    mail: Mail, kind: Kind, category: str, verdict: Verdict, rules: Rulebook, parts: Parts = ()
) -> Report | None:
    """Read a mail as a report of an impostor; None where it is none."""
    if kind not in _HEARD:
        return None
    originals = tuple(one for one in find_originals(mail, parts) if not _is_own(one, mail))
    findings = tuple(_judged(one, rules) for one in originals)
    reason = None
    if kind is not Kind.IMPERSONATION_REPORT:
        reason = _why(mail, kind, category, findings, rules) if verdict is not Verdict.IMPERSONATION else None
        if reason is None:
            return None
    return Report(reason, findings, _indicators(mail, originals, rules))


def reported(mail: Mail, rules: Rulebook, parts: Parts = ()) -> tuple[Indicators, tuple[Original, ...]]:
    """Give what a mail that is known to be a report names, and the mails of others that it carries."""
    originals = tuple(one for one in find_originals(mail, parts) if not _is_own(one, mail))
    return _indicators(mail, originals, rules), originals


def with_findings(sender: SenderJudgement, report: Report) -> SenderJudgement:
    """Add what a report tells to the judgement of its sender; it changes no verdict."""
    return replace(sender, findings=(*sender.findings, *report.findings))


def report_category(categories: tuple[Category, ...]) -> Category | None:
    """Give the category of reports, where the rules have one."""
    return next((one for one in categories if one.id == IMPERSONATION), None)


def _is_own(original: Original, mail: Mail) -> bool:
    address = original.sender.address.lower()
    return any(address == one.address.lower() for one in mail.senders)


def _why(
    mail: Mail, kind: Kind, category: str, findings: tuple[Finding, ...], rules: Rulebook
) -> Reason | None:
    """Say by what a mail shows itself a report; a request must tell of the sender's own case."""
    forged = next((one for one in findings if one.check == "REPORTED_IMPOSTOR"), None)
    if forged is not None:
        return Reason(
            "kind.report_by_original",
            f"Thư chuyển kèm một thư có người gửi giả danh ({forged.evidence}).",
            f"The mail passes on one whose sender is an impostor ({forged.evidence}).",
        )
    if category != IMPERSONATION:
        return None
    told = request_direction(mail.new_text, rules.trust.content)
    if not told.report or (kind is Kind.REQUEST and not told.personal):
        return None
    return Reason(
        "kind.report_told",
        "Người gửi kể lại việc có người mạo danh hoặc liên hệ đáng ngờ với mình.",
        "The sender tells of somebody who posed as us or approached him in a suspicious way.",
    )


def _judged(original: Original, rules: Rulebook) -> Finding:
    """Judge who sent the mail inside. It weighs nothing against the reporter, so it is for information."""
    sender = original.sender
    address = sender.address.lower()
    shown = sender.address[:254]
    flags = check_address(sender.name, sender.address, rules.trust.protected)
    heavy = next((one for one in flags if one.severity in {Severity.HIGH, Severity.CRITICAL}), None)
    if address in rules.office.misprints or heavy is not None:
        why, why_en = (heavy.why, heavy.why_en) if heavy else ("", "")
        return Finding(
            "REPORTED_IMPOSTOR",
            Severity.INFO,
            heavy.resembles if heavy else rules.office.address,
            shown,
            f"Thư được báo có người gửi giả danh: {shown}. {why}".strip(),
            f"The mail reported comes from an impostor: {shown}. {why_en}".strip(),
        )
    if address in rules.office.addresses:
        return Finding(
            "REPORTED_OWN_ADDRESS",
            Severity.INFO,
            None,
            address,
            f"Thư được báo ghi người gửi là {address}, địa chỉ của chúng tôi; cần đối chiếu với thư đã gửi.",
            f"The mail reported gives {address}, our own address; compare it with what we have sent.",
        )
    return Finding(
        "REPORTED_SENDER",
        Severity.INFO,
        None,
        shown,
        f"Thư được báo có người gửi {shown}; tên và địa chỉ không giống của Kho bạc.",
        f"The mail reported comes from {shown}; name and address do not resemble ours.",
    )


def _indicators(mail: Mail, originals: tuple[Original, ...], rules: Rulebook) -> Indicators:
    """Collect what can be shared: all but our own names and numbers, and those of the reporter."""
    office, names = rules.office, rules.trust.names
    words = own_words(mail.text)
    inside = [f"{one.sender.address}\n{one.text if one.attached else ''}" for one in originals]
    text = "\n".join((mail.subject, mail.text, *inside))
    found = find_indicators(
        text, _known(mail, office) | _contact_phones(words.own, "\n".join((words.carried, *inside)))
    )
    reporter = {names.registrable(one.domain) for one in mail.senders if one.domain}

    def foreign(host: str) -> bool:
        return not names.official(host) and names.registrable(host) not in reporter

    return replace(
        found,
        addresses=tuple(one for one in found.addresses if _foreign_address(one, mail, rules)),
        hosts=tuple(one for one in found.hosts if foreign(one)),
    )


def _foreign_address(address: str, mail: Mail, rules: Rulebook) -> bool:
    domain = address.rpartition("@")[2]
    beside = {one.domain for one in mail.senders if one.domain} - FREE_MAIL
    return not rules.trust.names.official(domain) and domain not in beside


def _known(mail: Mail, office: Office) -> frozenset[str]:
    theirs = (*mail.senders, *mail.reply_to, *mail.to, *mail.cc)
    return (
        office.addresses
        | office.misprints
        | {office.switchboard}
        | frozenset(one.address.lower() for one in theirs)
    )


def _contact_phones(own: str, carried: str) -> frozenset[str]:
    """Give the reporter's numbers: those of his signature, unless the mail inside names them too."""
    lines = [line for line in own.splitlines() if line.strip()][-_SIGNATURE_LINES:]
    quiet = [line for line in lines if not _SUSPECT.search(fold(line))]
    signed = [line for at, line in enumerate(quiet) if at == len(quiet) - 1 or _CONTACT.search(fold(line))]
    return frozenset(phones_in("\n".join(signed))) - frozenset(phones_in(carried))
