"""Addresses and numbers that a mail names: whether they are ours, or only look as if they were."""

import unicodedata
from collections.abc import Iterator

from triage.core.content import Content
from triage.core.decision import Finding, Severity
from triage.core.indicators import addresses_in, phones_in
from triage.core.linkchecks import lowered
from triage.core.phrases import MAX_SHOWN, sentences
from triage.core.text import fold, one_line

_OURS = frozenset({"ours", "staff", "system"})


def number_in_name(content: Content) -> Iterator[Finding]:
    """Tell of a sender who calls himself by our own number: programs show the name, not the address."""
    for sender in content.mail.senders:
        if content.names.official(sender.domain):
            continue
        for phone in phones_in(unicodedata.normalize("NFKC", sender.name)):
            if phone in content.facts.phones:
                yield Finding(
                    "DISPLAY_NAME_SPOOF",
                    Severity.HIGH,
                    phone,
                    f"{one_line(sender.name)[:MAX_SHOWN]} → {phone}",
                    f"Tên hiển thị ghi số tổng đài {phone} nhưng địa chỉ gửi không phải của chúng tôi.",
                    f"The display name gives our switchboard {phone} but the address is not ours.",
                )


def named_addresses(content: Content) -> Iterator[Finding]:
    """Addresses that the body names: a lookalike of ours there takes answers away from us."""
    mail = content.mail
    familiar = {
        one.address.lower() for one in (*mail.senders, *mail.reply_to, *mail.to, *mail.cc)
    } | content.facts.addresses
    own = addresses_in(content.words.own)
    for address in (*own, *(one for one in addresses_in(mail.text) if one not in own)):
        if address in content.facts.misprints:
            yield _misprint(address)
        elif address not in familiar:
            for finding in content.names.address(address)[:1]:
                orders = not content.direction.report and _instructed(content, address)
                told = _lookalike_address(address, finding, instructed=orders)
                yield told if address in own else lowered(told)


def _instructed(content: Content, address: str) -> bool:
    local = fold(address.partition("@")[0])
    return any(
        "changed" in topics or "order" in topics
        for at, topics in content.topics.items()
        if local in fold(content.own[at].written)
    )


def _lookalike_address(address: str, finding: Finding, *, instructed: bool) -> Finding:
    return Finding(
        "BODY_LOOKALIKE_ADDRESS",
        Severity.HIGH if instructed else Severity.MEDIUM,
        finding.resembles,
        address,
        f"Thư nêu địa chỉ {address}, giống địa chỉ của Kho bạc nhưng không phải. {finding.why}",
        f"The mail names {address}, which looks like an address of the treasury and is not. {finding.why_en}",
    )


def _misprint(address: str) -> Finding:
    return Finding(
        "BODY_MISPRINT",
        Severity.INFO,
        None,
        address,
        f"Thư chép lại {address}, lỗi in có trong văn bản chính thức; không phải dấu hiệu lừa đảo.",
        f"The mail copies {address}, a misprint of an official letter; no sign of fraud.",
    )


def named_numbers(content: Content) -> Iterator[Finding]:
    """Tell of a number that is said to be our hotline and is not (letter 7102/TB-KBNN publishes the one)."""
    ours = any(topics & _OURS for topics in content.topics.values()) or _names_us(content)
    for at, sentence in enumerate(content.own):
        topics = content.topics[at]
        if "hotline" not in topics or topics & {"others", "trouble"}:
            continue
        for phone in phones_in(sentence.written):
            if phone not in content.facts.phones:
                told = ours and topics & {"changed", "order", "you"} and not topics & {"me"}
                yield _phone(phone, Severity.MEDIUM if told else Severity.LOW)


def _names_us(content: Content) -> bool:
    """Whether subject or sender's name speak of us: a number that nobody calls ours is nobody's claim."""
    told = sentences("\n".join((content.mail.subject, *(one.name for one in content.mail.senders))))
    return any(hit.group in _OURS for one in told for hit in content.rules.lexicon.find(one))


def _phone(phone: str, severity: Severity) -> Finding:
    return Finding(
        "PHONE_NOT_OFFICIAL",
        severity,
        None,
        phone,
        f"Số {phone} được nói là tổng đài hỗ trợ nhưng không phải số đã công bố.",
        f"The number {phone} is said to be the support line but is not the published one.",
    )
