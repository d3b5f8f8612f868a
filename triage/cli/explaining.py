"""triage explain and triage check-sender: decide and judge, write nothing."""

import json as json_module
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.adapters.configplace import find_config
from triage.adapters.rulefiles import load_rulebook
from triage.cli.choices import English, Json
from triage.cli.decisions import facts_of, reasons_of
from triage.core.decide import decide
from triage.core.document import explanation
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.core.receipt import receipt_of
from triage.core.rules import Rulebook
from triage.errors import NotFoundError
from triage.resources import resource

app = typer.Typer()

MAIL_ENDINGS = frozenset({".eml", ".txt", ".mail", ".msg", ""})
"""How the names of files in a folder end that are taken for mails."""


@app.command()
def explain(
    ctx: typer.Context,
    paths: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    json: Json = False,
    english: English = False,
) -> None:
    """Decide raw mails and say why; nothing is written and nobody is answered."""
    rules = _rules(ctx)
    for name, raw in _mails(paths):
        mail = read_mail(raw)
        received_at = receipt_of(mail) or datetime.now(UTC)
        told = explanation(name, mail, decide(mail, NO_FACTS, rules, received_at, parts_of(mail, raw)))
        if json:
            sys.stdout.write(json_module.dumps(told, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(_in_words(told, rules.calendar.zone, english=english))
    if not json:
        sys.stdout.write("Decided without the database: threads, tickets and history are unknown.\n")


def _rules(ctx: typer.Context) -> Rulebook:
    if find_config(ctx.obj) is None:
        return load_rulebook(resource("rules"))
    from triage.adapters.configfile import load_config
    from triage.app import rules_folder, rules_for

    config = load_config(ctx.obj)
    return rules_for(config, rules_folder(config))


def _mails(paths: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in paths:
        path = Path(name)
        if name == "-":
            yield name, sys.stdin.buffer.read()
        elif path.is_dir():
            files = _mail_files(path)
            if not files:
                endings = ", ".join(sorted(filter(None, MAIL_ENDINGS)))
                raise NotFoundError(f"{name}: there is no mail in this folder ({endings} or no ending).")
            for file in files:
                yield str(file), file.read_bytes()
        elif path.is_file():
            yield name, path.read_bytes()
        else:
            raise NotFoundError(f"{name}: there is no such file or folder.")


def _mail_files(folder: Path) -> list[Path]:
    found = (file for file in folder.rglob("*") if file.suffix.lower() in MAIL_ENDINGS)
    return sorted(file for file in found if file.is_file())


def _in_words(told: dict[str, Any], zone: tzinfo, *, english: bool) -> str:
    mail = told["mail"]
    lines = [
        ("from", f"{mail['from']['name']} <{mail['from']['address']}>"),
        *facts_of(told, english=english, zone=zone),
        *(("because", f"{text} [{code}]") for code, text in reasons_of(told, english=english)),
        *(("defect", defect) for defect in mail["defects"]),
    ]
    head = f"{told['file']}: {mail['subject'] or '(không có tiêu đề)'}"
    text = [head, *(f"  {label:<9} {value}" for label, value in lines)]
    return "".join(_printable(line) + "\n" for line in text) + "\n"


def _printable(line: str) -> str:
    """Make sure that a mail cannot move the cursor or colour the terminal of who looks at it."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


@app.command("check-sender")
def check_sender(
    ctx: typer.Context,
    senders: Annotated[list[str], typer.Argument(help="Addresses or domains, or - for lines of input.")],
    name: Annotated[
        str, typer.Option(help="The display name that goes with the address.", metavar="NAME")
    ] = "",
    json: Json = False,
) -> None:
    """Judge senders by name and address alone, one a line, in the order given."""
    from triage.core.lookalike import check_address, check_text, verdict_of

    protected = _rules(ctx).trust.protected
    for text in _lines(senders):
        findings = check_address(name, text, protected) if name else check_text(text, protected)
        told = {
            "input": text,
            "verdict": verdict_of(findings, protected).value,
            "findings": [finding.as_json() for finding in findings],
        }
        if json:
            sys.stdout.write(json_module.dumps(told, ensure_ascii=False) + "\n")
        else:
            whys = "; ".join(finding.why for finding in findings)
            cells = (str(told["verdict"]), text, whys)
            sys.stdout.write("\t".join(_printable(cell) for cell in cells) + "\n")


def _lines(senders: list[str]) -> Iterator[str]:
    for sender in senders:
        if sender == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())
        else:
            yield sender
