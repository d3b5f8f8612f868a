"""triage check-sender: senders judged by name and address alone, many thousand in a second."""

import json as json_module
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from triage.cli.asking import Known, database_if, printable, rules_of
from triage.cli.choices import Json
from triage.core.decision import Finding
from triage.core.weights import Weights

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep the one command a command of its own name."""


@app.command("check-sender")
def check_sender(
    ctx: typer.Context,
    senders: Annotated[list[str], typer.Argument(help="Addresses or domains, or - for lines of input.")],
    name: Annotated[
        str, typer.Option(help="The display name that goes with the address.", metavar="NAME")
    ] = "",
    json: Json = False,
    known: Known = False,
) -> None:
    """Judge senders by name and address alone, one a line, in the order given."""
    from triage.core.lookalike import check_address, check_text

    rules = rules_of(ctx)
    protected, weights = rules.trust.protected, rules.trust.weights
    with database_if(ctx, wanted=known) as database:
        for text in _lines(senders):
            if database is not None:
                from triage.service.explain import judge_sender_with_lists

                found = judge_sender_with_lists(database, name, text, rules, datetime.now(UTC))
            else:
                found = check_address(name, text, protected) if name else check_text(text, protected)
            _print_judged(text, weights.weigh(found), weights, json=json)


_as_json = json_module.JSONEncoder(ensure_ascii=False).encode
"""Made once: lists of senders are long."""


def _print_judged(text: str, findings: tuple[Finding, ...], weights: Weights, *, json: bool) -> None:
    told = {
        "input": text,
        "verdict": weights.verdict(findings).value,
        "findings": [finding.as_json() for finding in findings],
    }
    if json:
        sys.stdout.write(_as_json(told) + "\n")
    else:
        whys = "; ".join(finding.why for finding in findings)
        cells = (str(told["verdict"]), text, whys)
        sys.stdout.write("\t".join(printable(cell) for cell in cells) + "\n")


def _lines(senders: list[str]) -> Iterator[str]:
    for sender in senders:
        if sender == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        else:
            yield sender
