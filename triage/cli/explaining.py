"""triage explain and triage check-sender: decide and judge, write nothing."""

import json as json_module
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.adapters.configplace import find_config
from triage.adapters.rulefiles import load_rulebook
from triage.cli.choices import English, Json
from triage.cli.decisions import facts_of, reasons_of
from triage.cli.files import files_of
from triage.core.decide import decide
from triage.core.decision import Finding
from triage.core.document import explanation
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.core.receipt import receipt_of
from triage.core.rules import Rulebook
from triage.core.veil import masked
from triage.core.weights import Weights
from triage.errors import NotFoundError
from triage.resources import resource

if TYPE_CHECKING:
    from triage.db.engine import Database
    from triage.ports import Verifier

app = typer.Typer()

Known = Annotated[
    bool,
    typer.Option("--known", help="Use what the database knows too: threads, tickets, lists, dealings."),
]
"""Judging needs no database; this option reads it and still writes nothing."""

MAIL_ENDINGS = frozenset({".eml", ".txt", ".mail", ".msg", ""})
"""How the names of files in a folder end that are taken for mails."""


@app.command()
def explain(
    ctx: typer.Context,
    paths: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    json: Json = False,
    english: English = False,
    known: Known = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Ask DNS for DKIM, SPF and DMARC, as [verification] says.")
    ] = False,
    hidden: Annotated[
        bool, typer.Option("--mask", help="Hide passwords, PINs, ID and account numbers in what is printed.")
    ] = False,
) -> None:
    """Decide raw mails and say why; nothing is written and nobody is answered."""
    rules = _rules(ctx)
    verifier = _verifier(ctx, rules) if verify else None
    with _database(ctx, wanted=known) as database:
        for name, raw in _mails(paths):
            told = _explained(database, verifier, rules, name, raw)
            told = masked(told) if hidden else told
            _print_explained(told, rules, json=json, english=english)
    if not json and not known:
        sys.stdout.write("Decided without the database: threads, tickets and history are unknown.\n")


def _explained(
    database: "Database | None", verifier: "Verifier | None", rules: Rulebook, name: str, raw: bytes
) -> dict[str, Any]:
    mail = read_mail(raw)
    now = datetime.now(UTC)
    facts = NO_FACTS
    if database is not None:
        from triage.service.explain import known_about

        facts = known_about(database, mail, raw, rules, now)
    if verifier is not None:
        facts = replace(facts, own_results=verifier(mail, raw))
    parts = parts_of(mail, raw)
    decision = decide(mail, facts, rules, receipt_of(mail) or now, parts)
    return explanation(name, mail, decision, parts)


def _verifier(ctx: typer.Context, rules: Rulebook) -> "Verifier":
    from triage.adapters.configfile import load_config
    from triage.adapters.configsections import VerificationConfig
    from triage.app import verifier

    config = load_config(ctx.obj).verification if find_config(ctx.obj) else VerificationConfig()
    return verifier(config, rules)


@contextmanager
def _database(ctx: typer.Context, *, wanted: bool) -> "Iterator[Database | None]":
    """Give the configured database where it is wanted; without it no settings are needed at all."""
    if not wanted:
        yield None
        return
    from triage.cli.context import database_of

    with database_of(ctx) as database:
        yield database


def _print_explained(told: dict[str, Any], rules: Rulebook, *, json: bool, english: bool) -> None:
    if json:
        sys.stdout.write(json_module.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_in_words(told, rules.calendar.zone, english=english))


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
        *files_of(mail["attachments"], english=english),
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
    known: Known = False,
) -> None:
    """Judge senders by name and address alone, one a line, in the order given."""
    from triage.core.lookalike import check_address, check_text

    rules = _rules(ctx)
    protected, weights = rules.trust.protected, rules.trust.weights
    with _database(ctx, wanted=known) as database:
        for text in _lines(senders):
            if database is not None:
                from triage.service.explain import judge_sender_with_lists

                found = judge_sender_with_lists(database, name, text, rules, datetime.now(UTC))
            else:
                found = check_address(name, text, protected) if name else check_text(text, protected)
            _print_judged(text, weights.weigh(found), weights, json=json)


def _print_judged(text: str, findings: tuple[Finding, ...], weights: Weights, *, json: bool) -> None:
    told = {
        "input": text,
        "verdict": weights.verdict(findings).value,
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
