"""What triage explain says of raw mails, in words and as JSON. Without Typer, so that it starts fast."""

import json as json_module
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.cli.asking import printable
from triage.core.decide import decide
from triage.core.document import explanation
from triage.core.facts import NO_FACTS
from triage.core.parse import parts_of, read_mail
from triage.core.receipt import receipt_of
from triage.core.rules import Rulebook
from triage.errors import NotFoundError

if TYPE_CHECKING:
    from triage.db.engine import Database
    from triage.ports import Verifier

MAIL_ENDINGS = frozenset({".eml", ".txt", ".mail", ".msg", ""})
"""How the names of files in a folder end that are taken for mails."""


def explain_mails(
    paths: list[str],
    rules: Rulebook,
    *,
    json: bool = False,
    english: bool = False,
    hidden: bool = False,
    database: "Database | None" = None,
    verifier: "Verifier | None" = None,
) -> None:
    """Decide the mails in files, folders and standard input (``-``) and print each decision.

    ``hidden`` hides secrets in what is printed. Raises NotFoundError where there is no such file.
    """
    for name, raw in _mails(paths):
        told = _explained(database, verifier, rules, name, raw)
        if hidden:
            from triage.core.veil import masked

            told = masked(told)
        if json:
            sys.stdout.write(json_module.dumps(told, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(_in_words(told, rules.calendar.zone, english=english))
    if not json and database is None:
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
    from triage.cli.decisions import facts_of, reasons_of
    from triage.cli.filelines import files_of

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
    return "".join(printable(line) + "\n" for line in text) + "\n"
