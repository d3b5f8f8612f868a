"""Renders docs/trust.md from the checks themselves: ``python tests/support/trust_docs.py [--figures]``.

Every example is judged while the page is written, so the page says what the program does. ``--figures``
measures recall and precision anew, which takes a minute; without it those of the page stay.
"""

import ast
import re
import runpy
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from support.trust_examples import HOSTS, SECTIONS, Example

from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.decision import Finding, Verdict
from triage.core.lookalike import check_text
from triage.core.lookalike.canonical import canonical_host
from triage.core.lookalike.checks import CHECKS
from triage.core.lookalike.reading import read_host
from triage.core.lookalike.wording import WORDING
from triage.core.parse import parts_of, read_mail
from triage.core.rules import Rulebook

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "trust.md"
RECEIVED_AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
_CODE = re.compile(r"[A-Z]{3,}(?:_[A-Z]+)*")
_COMPOUND = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)+")
_MAKERS = frozenset({"Finding", "finding", "_finding", "_plain", "_mismatch"})

INTRODUCTION = """\
# What senders and contents are judged by

Every check below is shown with an invented example and with the finding that the shipped rules give it. The
heaviest finding decides: *critical* and *high* make the verdict `impersonation` and the mail is held;
*medium* makes it `suspicious` and nobody is answered before a person has looked; *low* and *info* are told
and weigh nothing. How sure a check is may differ from one mail to the next; the example shows one case. What
each grade weighs, how much makes a verdict and what counts only in company stands in `rules/weights.toml`,
under a version that every decision names.

What is protected, and which hosts are genuine, stands in `rules/protected.toml`; the words of contents in
`rules/content.toml`; whose authentication results are believed, in `rules/gateway.toml`. No network is
asked, unless `[verification]` is enabled and the gateway said nothing of the sender: then DKIM, SPF and DMARC
are verified by DNS, which adds no check and only answers whether the domain of From is proven. A
pass on an impostor's own domain buys nothing.

`triage check-sender ADDRESS` and `triage explain FILE` judge one sender and one mail.

This page is written by `tests/support/trust_docs.py`.
"""

MEASURED = """\
## How well it works

Imitations and honest names made by `bench/lookalike_eval.py`, whose rules know nothing of the checks. Flagged
is a verdict of `suspicious` or `impersonation`. Precision is that of a mixture with as many honest names.
The figures say how well known tricks are found, made by the hundred; whoever knows the checks will do better.
"""


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """Load the rules as shipped."""
    return load_rulebook(ROOT / "rules")


def declared() -> frozenset[str]:
    """Give every code that a finding can have: rows of wording and rules, and those written in the checks."""
    asked = {one.check for one in rulebook().trust.content.asked.values()}
    written = {
        code
        for path in (ROOT / "triage" / "core").rglob("*.py")
        for code in codes_in(path.read_text("utf-8"))
    }
    return frozenset(WORDING) | asked | written


def shown() -> frozenset[str]:
    """Give every code that the page has an example for."""
    hosts = {found.check for _, _, found in host_findings()}
    return frozenset(hosts).union(*SECTIONS.values())


def host_findings() -> Iterator[tuple[str, str, Finding]]:
    """Run each check of a host on its example; a check without one, or one that is silent, is an error."""
    protected = rulebook().trust.protected
    for check in CHECKS:
        name = check.__name__
        if name not in HOSTS:
            raise LookupError(f"{name} has no example in tests/support/trust_examples.py")
        found = check(read_host(canonical_host(HOSTS[name]), protected, authenticated=None), protected)
        if found is None:
            raise LookupError(f"{name} says nothing about its example {HOSTS[name]}")
        yield name, HOSTS[name], found


def judged(code: str, example: Example) -> tuple[Finding, Verdict]:
    """Judge an example as the service would, and give the finding that it stands for."""
    findings, verdict = _judge(example)
    for found in findings:
        if found.check == code:
            return found, verdict
    told = ", ".join(found.check for found in findings)
    raise LookupError(f"the example for {code} gives {told or 'nothing'}")


def _judge(example: Example) -> tuple[tuple[Finding, ...], Verdict]:
    if example.typed:
        weights = rulebook().trust.weights
        findings = weights.weigh(check_text(example.typed, rulebook().trust.protected))
        return findings, weights.verdict(findings)
    raw = example.raw()
    mail = read_mail(raw)
    sender = decide(mail, example.facts, rulebook(), RECEIVED_AT, parts_of(mail, raw)).sender
    return sender.findings, sender.verdict


def render(figures: str | None = None) -> str:
    """Write the whole page; the figures are those of the page that there is, unless given."""
    sections = [INTRODUCTION, "## What a host imitates\n"]
    sections += [_entry(f"{found.check} · {name}", host, found) for name, host, found in host_findings()]
    for title, examples in SECTIONS.items():
        sections.append(f"## {title}\n")
        for code, example in examples.items():
            found, verdict = judged(code, example)
            sections.append(_entry(code, example.shown(), found, verdict.value))
    sections.append(f"{MEASURED}\n{BEGIN}\n{figures or stored_figures()}\n{END}\n")
    return "\n".join(sections)


def stored_figures() -> str:
    """Give the figures that stand in the page."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def measured() -> str:
    """Measure anew and write the table."""
    evaluate = runpy.run_path(str(ROOT / "bench" / "lookalike_eval.py"))["evaluate"]
    found = evaluate(rulebook().trust.protected)
    return str(found.as_markdown())


def _entry(title: str, example: str, found: Finding, verdict: str = "") -> str:
    ends = f", verdict `{verdict}`" if verdict else ""
    resembles = f", resembles `{found.resembles}`" if found.resembles else ""
    return (
        f"### {title}\n\n```text\n{example}\n```\n\n"
        f"*{found.severity.value}*{resembles}{ends}\n\n- {_text(found.why)}\n- {_text(found.why_en)}\n"
    )


def _text(sentence: str) -> str:
    return re.sub(r"([*_<>\[\]`\\])", r"\\\1", sentence)


def codes_in(source: str) -> Iterator[str]:
    """Find whatever is written like a code; a single word only where a finding is made of it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and _COMPOUND.fullmatch(str(node.value)):
            yield str(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MAKERS:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and _CODE.fullmatch(str(first.value)):
                yield str(first.value)


if __name__ == "__main__":
    DOCUMENT.write_text(render(measured() if "--figures" in sys.argv else None), encoding="utf-8")
