"""Mails, rules and name checks for the tests of content: plain values, no servers."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from triage.adapters.contentfile import read_content_rules
from triage.adapters.weightsfile import read_weights
from triage.core.content import ContentFacts
from triage.core.contentevidence import content_evidence, content_findings
from triage.core.contentrules import ContentRules
from triage.core.decision import Finding, Severity
from triage.core.mail import Address, Mail, Parts
from triage.core.namechecks import NameChecks

RULES_FILE = Path(__file__).parents[2] / "rules" / "content.toml"
TOGETHER = read_weights(RULES_FILE.with_name("weights.toml")).together

GENUINE = ("vst.gov.vn", "dichvucong.gov.vn")
FAKES = ("vst-gov.vn", "khobac-hotro.top", "kbnn-dvc.com", "xn--khobc-m11b.vn", "kbnn.com")
FAKE_ADDRESSES = ("hotrocntt.kbnn@webmail.example", "hotrocntt@vst-gov.vn")

FACTS = ContentFacts(
    addresses=frozenset({"hotrocntt@vst.gov.vn"}),
    phones=frozenset({"02462764300"}),
    misprints=frozenset({"hotcrocntt@vst.gov.vn"}),
)


@lru_cache(maxsize=1)
def rules() -> ContentRules:
    """The rules that ship."""
    return read_content_rules(RULES_FILE)


def judged(told: Mail, issued: Mapping[str, bool] | None = None, parts: Parts = ()) -> tuple[Finding, ...]:
    """What the content of a mail comes to by the rules that ship."""
    return content_findings(content_evidence(told, rules(), NAMES, FACTS, parts), issued, TOGETHER)


def _official(host: str) -> bool:
    return host.endswith(".gov.vn")


def _fake(name: str) -> tuple[Finding, ...]:
    return (
        Finding(
            "DOMAIN_COMBO", Severity.HIGH, "vst.gov.vn", name, "Giống tên thật.", "Looks like the real name."
        ),
    )


def _domain(host: str) -> tuple[Finding, ...]:
    return _fake(host) if any(host == fake or host.endswith("." + fake) for fake in FAKES) else ()


def _address(address: str) -> tuple[Finding, ...]:
    return _fake(address) if address in FAKE_ADDRESSES else ()


def _registrable(host: str) -> str:
    depth = 3 if host.endswith((".gov.vn", ".com.vn")) else 2
    return ".".join(host.split(".")[-depth:])


def _listed(host: str) -> bool:
    return host.rpartition(".")[2] in {"vn", "com", "net", "top", "example"} and "." in host


NAMES = NameChecks(_official, _domain, _address, _registrable, _listed)
"""Names that know a handful of genuine and of fake hosts, so that each test says what it means."""


def mail(
    text: str = "",
    *,
    html: str = "",
    subject: str = "[0010#DVC] Hỏi",
    whole: str = "",
    answers: tuple[str, ...] = (),
) -> Mail:
    """A mail of an honest unit; ``whole`` is the text with its history, ``answers`` the mail before."""
    unit = (Address("Kế toán Trường Hoa Cúc", "ketoan@hoacuc.example"),)
    us = (Address("", "hotrocntt@vst.gov.vn"),)
    return Mail(
        headers=(),
        message_id="<1@hoacuc.example>",
        date=None,
        senders=unit,
        reply_to=(),
        to=us,
        cc=(),
        return_path=None,
        in_reply_to=answers,
        references=(),
        subject=subject,
        content_type="text/plain",
        text=whole or text,
        new_text=text,
        html=html,
        attachments=(),
        defects=(),
        size=len(text),
    )
