"""triage doctor and healthcheck: whether an installation is well, and what to do where it is not."""

import sys
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer

from triage.adapters.clock import SystemClock
from triage.adapters.configfile import Config, secret_files
from triage.adapters.configmailbox import title_of
from triage.adapters.configservers import imap_settings, smtp_settings
from triage.adapters.installation import check_disk, check_names, check_permissions
from triage.adapters.privateway import is_private_way
from triage.app import (
    mailbox_of,
    open_database,
    provider_of,
    receivers_of,
    records_for,
    resolver,
    rules_folder,
    rules_for,
    signing_keys,
)
from triage.cli.context import config_of
from triage.cli.output import plural, print_table
from triage.core.boxes import MAIN
from triage.core.queuefolders import ROOT
from triage.db import people, queuecopies
from triage.db.engine import Database
from triage.errors import ConfigError, DatabaseError, RulesError
from triage.ports import Clock
from triage.service.doctor import Finding, ask, check_clock, check_database, check_mailbox, check_resolver
from triage.service.health import check_health

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer()


@app.command()
def doctor(
    ctx: typer.Context,
    dns: Annotated[
        bool, typer.Option("--dns", help="Print the SPF, DKIM and DMARC records to publish.")
    ] = False,
) -> None:
    """Check settings, files, rules, disk, database, mailbox, outgoing server and more; changes nothing."""
    findings = list(_diagnose(ctx))
    if sys.stdout.isatty():
        print_table(
            ("check", "", "result"),
            [(one.name, {"ok": "✓", "note": "!", "FAIL": "✗"}[_mark(one)], one.sentence) for one in findings],
        )
    else:
        for one in findings:
            typer.echo(f"{_mark(one):<4} {one.name}: {one.sentence}")
    if dns:
        _print_records(ctx)
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


def _mark(finding: Finding) -> str:
    if not finding.ok:
        return "FAIL"
    return "note" if finding.note else "ok"


def _diagnose(ctx: typer.Context) -> list[Finding]:
    try:
        config = config_of(ctx)
    except ConfigError as error:
        return [Finding("config", ok=False, sentence=str(error))]
    try:
        database = open_database(config)
    except ConfigError as error:
        return [Finding("storage", ok=False, sentence=str(error))]
    files = _files(database)
    clock = SystemClock()
    checks: dict[str, Callable[[], str]] = {
        "permissions": lambda: check_permissions([*secret_files(ctx.obj), *files], rules_folder(config)),
        "rules": lambda: _check_rules(config),
        "letters": lambda: _check_letters(config),
        "disk": lambda: check_disk([*(file.parent for file in files), Path(gettempdir())]),
        "names": lambda: check_names(_hosts(config, database)),
        "database": lambda: check_database(database, clock),
        "storage": lambda: _check_storage(database, clock),
        **{_called(name): partial(_check_mailbox, config, name) for name in config.boxes},
        "queue folders": lambda: _check_queue_folders(config, database),
        "outgoing mail": lambda: _check_smtp(config),
        "paging": lambda: _check_paging(config, database),
        "signing": lambda: _check_signing(config),
        "own verification": lambda: _check_verification(config),
        "provider": lambda: _check_provider(config, clock),
        "clock": lambda: check_clock(database, clock, ZoneInfo(config.time.zone)),
    }
    found = [Finding("config", ok=True, sentence="Every key is known and has a value that can be used.")]
    return found + [ask(name, check) for name, check in checks.items()] + _notes(config)


def _hosts(config: Config, database: Database) -> dict[str, str]:
    """Give the servers that must be found, each by the key that names it."""
    named = {
        **{f"{title_of(name)} host": box.host for name, box in config.boxes.items()},
        "[smtp] host": config.smtp.host,
        "[database] url": database.url.host or "",
        "[storage] endpoint": urlsplit(config.storage.endpoint).hostname or "",
    }
    return {key: host for key, host in named.items() if host}


def _files(database: Database) -> list[Path]:
    """Give the file of an SQLite database; nothing where a server keeps it."""
    place = database.url.database or ":memory:"
    return [Path(place)] if database.is_sqlite and place != ":memory:" else []


def _notes(config: Config) -> list[Finding]:
    """Give what is no failure and yet worth knowing; nothing where the rules themselves cannot be read."""
    from triage.adapters.rulefiles import load_rulebook
    from triage.cli.rules import blank_codes

    found: list[Finding] = []
    folder = rules_folder(config)
    with suppress(RulesError):
        known = load_rulebook(folder).office.addresses
        for name, box in config.boxes.items():
            if box.from_address and box.from_address.lower() not in known:
                told = (
                    f"Answers come from {box.from_address}, which aliases in {folder / 'office.toml'} do "
                    "not list: the public has not been told to trust it."
                )
                found.append(Finding(_called(name), ok=True, sentence=told, note=True))
        if blank := blank_codes(rules_for(config, folder)):
            found.append(Finding("treasuries", ok=True, sentence=blank, note=True))
    return found


def _check_rules(config: Config) -> str:
    folder = rules_folder(config)
    rules = rules_for(config, folder)
    if config.smtp.from_address.lower() != rules.office.address:
        raise ConfigError(
            f"Letters would come from {config.smtp.from_address}, but {folder / 'office.toml'} has the "
            f"public trust {rules.office.address} alone; make [smtp] from_address and office.toml agree."
        )
    return f"{folder} is in order (digest {rules.digest})."


def _check_letters(config: Config) -> str:
    from triage.adapters.letters import LetterRenderer

    folder = rules_folder(config) / "letters"
    LetterRenderer(folder).check()
    return f"Every letter in {folder} can be written, and none holds a link."


def _check_storage(database: Database, clock: Clock) -> str:
    from triage.service import storage

    return storage.check(database, clock)


def _called(name: str) -> str:
    return "mailbox" if name == MAIN else f"mailbox {name}"


def _check_mailbox(config: Config, name: str) -> str:
    return check_mailbox(mailbox_of(config, name))


def _check_queue_folders(config: Config, database: Database) -> str:
    from triage.adapters.imap_queues import ImapQueueFolders

    if not config.mailbox.queue_folders:
        return f"Off ([mailbox] queue_folders).{_left_behind(database)}"
    with closing(ImapQueueFolders(imap_settings(config.mailbox))) as folders:
        folders.open()
        survey = folders.survey()
    told = f"Each queue has a folder as {survey.name}."
    if not survey.uidplus:
        told += f" The server has no UIDPLUS, so what goes is only marked there: expunge {ROOT} by hand."
    if not survey.keywords:
        told += " It keeps no keywords, so copies show no state, and one that a lost answer doubled stays."
    return told


def _left_behind(database: Database) -> str:
    """Say that copies stand on the server which nobody keeps in step any more."""
    number = 0
    # Whether the database answers, and has tables, is a check of its own.
    with suppress(DatabaseError), database.read() as connection:
        number = queuecopies.count(connection)
    if not number:
        return ""
    copies = plural(number, "copy still stands", "copies still stand")
    return f" {copies} below {ROOT}, which nobody keeps or erases any more: delete those folders."


def _check_smtp(config: Config) -> str:
    from triage.adapters.smtp import SmtpSender

    with closing(SmtpSender(smtp_settings(config))) as sender:
        sender.check()
    done = "accepts our login" if config.smtp.username else "takes our mail without a login"
    return f"{config.smtp.host}:{config.smtp.port} {done}."


def _check_paging(config: Config, database: Database) -> str:
    from triage.service.paging import check_reach

    if not config.paging.enabled:
        return "Off: security matters wait in their queue ([paging] enabled)."
    if not config.paging.by_letter:
        return "Security matters are told to the webhook of [paging], and to officers with an address."
    # Whether the database answers, and has tables, is a check of its own.
    with suppress(DatabaseError), database.read() as connection:
        if people.accounts(connection):
            check_reach(connection)
            return "Security matters reach a security officer by letter."
    return "Nobody works at the desk yet; give the first security officer an address."


def _check_signing(config: Config) -> str:
    keys = signing_keys(config)
    if not keys:
        return "Letters go out unsigned, since [dkim] names no key; docs/operation.md tells how to get one."
    names = " and ".join(f"{key.selector}._domainkey.{key.domain} ({key.algorithm})" for key in keys)
    return f"Letters are signed with {names}; triage doctor --dns prints what must stand in DNS."


def _check_provider(config: Config, clock: Clock) -> str:
    provider = provider_of(config, clock)
    if provider is None:
        return "Off: people sign in by password ([oidc] issuer)."
    if not is_private_way(config.web.address):
        raise ConfigError(
            f"[web] address {config.web.address} has no https, so codes could be read on their way."
        )
    provider.check()
    return f"{provider.issuer} answers; {provider.back} must be registered there for {provider.client_id}."


def _check_verification(config: Config) -> str:
    verification = config.verification
    if not verification.enabled:
        return "Off: what our gateway says of a sender is all that is known ([verification] enabled)."
    dns = resolver(verification)
    domain = config.smtp.from_address.rpartition("@")[2]
    return check_resolver(dns.budget(verification.seconds), domain, dns.servers)


def _print_records(ctx: typer.Context) -> None:
    """Print a zone file of what should be published; nothing where the settings cannot be read."""
    try:
        records = records_for(config_of(ctx))
    except ConfigError:
        return
    typer.echo(
        "\n; Records for the zone. DMARC asks for reports alone: tighten it to p=reject once they are clean."
    )
    for record in records:
        typer.echo(record.zone_line)


@app.command()
def healthcheck(ctx: typer.Context) -> None:
    """Exit 0 where the service makes progress, 1 where it does not; for containers and monitors."""
    config = config_of(ctx)
    checks = check_health(open_database(config), SystemClock(), receivers_of(config))
    for check in checks:
        if not check.ok:
            typer.echo(f"triage: {check.sentence}", err=True)
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)
