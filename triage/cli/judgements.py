"""What triage check-sender says, many thousand senders a second. Without Typer, so that it starts fast."""

import json as json_module
import sys
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from triage.cli.asking import names_of, printable, rules_of
from triage.cli.manylines import answered, has_more, portions

if TYPE_CHECKING:
    from triage.core.decision import Finding
    from triage.core.weights import Weights
    from triage.db.engine import Database


def judge_senders(senders: list[str], config: Path | None, *, name: str = "", json: bool = False) -> None:
    """Judge each address or domain (``-``: each line of standard input) by itself, and print it."""
    from triage.core.lookalike import check_address, check_text

    protected, weights = names_of(config)

    def judged(text: str) -> str:
        found = check_address(name, text, protected) if name else check_text(text, protected)
        return _judged(text, weights.weigh(found), weights, json=json)

    for told in answered(judged, _portions(senders), partial(has_more, sys.stdin)):
        sys.stdout.write(told)


def judge_senders_known(
    senders: list[str], config: Path | None, database: "Database", *, name: str, json: bool
) -> None:
    """Judge and print them with what the lists of senders in the database say."""
    from datetime import UTC, datetime

    from triage.service.explain import judge_sender_with_lists

    rules = rules_of(config)
    weights = rules.trust.weights
    for text in chain.from_iterable(_portions(senders)):
        found = judge_sender_with_lists(database, name, text, rules, datetime.now(UTC))
        sys.stdout.write(_judged(text, weights.weigh(found), weights, json=json))


_as_json = json_module.JSONEncoder(ensure_ascii=False).encode
"""Made once: lists of senders are long."""


def _judged(text: str, findings: "tuple[Finding, ...]", weights: "Weights", *, json: bool) -> str:
    told = {
        "input": text,
        "verdict": weights.verdict(findings).value,
        "findings": [finding.as_json() for finding in findings],
    }
    if json:
        return _as_json(told) + "\n"
    whys = "; ".join(finding.why for finding in findings)
    cells = (str(told["verdict"]), text, whys)
    return "\t".join(printable(cell) for cell in cells) + "\n"


def _portions(senders: list[str]) -> Iterator[list[str]]:
    for sender in senders:
        if sender == "-":
            yield from ([line for line in lines if line.strip()] for lines in portions(sys.stdin))
        else:
            yield [sender]
