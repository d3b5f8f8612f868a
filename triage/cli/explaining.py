"""triage explain: raw mails decided, nothing written. The command; the work is in ``explanations``."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.asking import rules_of
from triage.cli.choices import English, Json, Known
from triage.cli.explanations import explain_mails

if TYPE_CHECKING:
    from triage.core.rules import Rulebook
    from triage.ports import Verifier

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep the one command a command of its own name."""


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
    rules = rules_of(ctx.obj)
    verifier = _verifier(ctx, rules) if verify else None
    with ExitStack() as stack:
        database = None
        if known:
            from triage.cli.context import database_of

            database = stack.enter_context(database_of(ctx))
        explain_mails(
            paths, rules, json=json, english=english, hidden=hidden, database=database, verifier=verifier
        )


def _verifier(ctx: typer.Context, rules: "Rulebook") -> "Verifier":
    from triage.adapters.configfile import load_config
    from triage.adapters.configplace import find_config
    from triage.adapters.configsections import VerificationConfig
    from triage.app import verifier

    config = load_config(ctx.obj).verification if find_config(ctx.obj) else VerificationConfig()
    return verifier(config, rules)
