"""triage init: from an empty folder to one that the service can run from."""

import grp
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.adapters.configediting import needless_passwords, with_values
from triage.adapters.configfile import check_text
from triage.cli.questions import Answers, ask
from triage.errors import ConfigError, RefusalError
from triage.resources import resource

app = typer.Typer()


@app.callback()
def _apart() -> None:
    """Keep init a command of its own."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write; made when missing.")] = Path(),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A setting, as mailbox.host=imap.example; can be given again. Empty: commented out.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    no_questions: Annotated[
        bool, typer.Option("--no-questions", help="Ask nothing, not even on a terminal.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="A group that may read all this: that of the service.")
    ] = None,
) -> None:
    """Write config.toml, a copy of rules/, files for passwords and keys; what exists is not overwritten.

    On a terminal it asks for the servers, the account and the passwords.
    """
    config, rules = folder / "config.toml", folder / "rules"
    for path in (config, rules):
        if path.exists():
            raise RefusalError(f"{path} exists already; triage init overwrites nothing.")
    numbers = _group(group)
    answers = Answers(dict(_pair(one) for one in settings or ()))
    if not no_questions and sys.stdin.isatty():
        answers = ask(answers)
    text = _settings(answers, config)
    secrets = _secrets(text, answers)
    try:
        made = _lay_out(folder, text, secrets, numbers)
    except OSError as error:
        raise ConfigError(f"{error.filename or folder}: cannot be written: {error.strerror}.") from None
    _tell(config, [path for path in made if path.stat().st_size == 0], made)


def _pair(given: str) -> tuple[str, str]:
    key, separator, value = given.partition("=")
    if not separator:
        raise typer.BadParameter(f"{given!r} has no =; write mailbox.host=imap.example.", param_hint="--set")
    return key.strip(), value.strip()


def _group(name: str | None) -> int | None:
    try:
        return None if name is None else grp.getgrnam(name).gr_gid
    except KeyError:
        raise ConfigError(
            f"There is no group {name} on this machine; make it, or leave --group out."
        ) from None


def _settings(answers: Answers, config: Path) -> str:
    """Give the text of config.toml. Raises ConfigError where the service could not use it."""
    example = resource("config.example.toml").read_text(encoding="utf-8")
    text = with_values(example, {"rules.folder": "rules", **answers.settings})
    text = with_values(text, dict.fromkeys(needless_passwords(tomllib.loads(text)), ""))
    check_text(text, config)
    return text


def _secrets(text: str, answers: Answers) -> dict[str, bytes]:
    """Give every file that holds a secret; a password that nobody gave is empty, to be written later.

    The keys are not in use until config.toml names them: what signs or is believed must be announced first.
    """
    from triage.adapters.keyfiles import new_ed25519_pem, new_key, new_rsa_pem

    values: dict[str, Any] = tomllib.loads(text)
    passwords = {
        values[section]["password_file"]: f"{given}\n".encode() if given else b""
        for section, given in answers.passwords.items()
        # One that lies elsewhere is somebody else's to make.
        if not Path(values[section].get("password_file", "/")).is_absolute()
    }
    return passwords | {
        "reply-key": new_key(),
        "dkim-rsa.pem": new_rsa_pem(),
        "dkim-ed25519.pem": new_ed25519_pem(),
    }


def _lay_out(folder: Path, text: str, secrets: dict[str, bytes], group: int | None) -> list[Path]:
    """Write the folder; gives what was made of it, without what was there."""
    from triage.adapters.keyfiles import write_secret

    ours = [] if folder.exists() else [folder]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(resource("rules"), folder / "rules")
    files = {"config.toml": text.encode(), **secrets}
    made = [folder / name for name, content in files.items() if write_secret(folder / name, content)]
    if group is not None:
        for path in (*ours, *made):
            shutil.chown(path, group=group)
            path.chmod(0o750 if path.is_dir() else 0o640)
    return made


def _tell(config: Path, empty: list[Path], made: list[Path]) -> None:
    typer.echo(
        f"Wrote {config.parent / 'rules'} and, closed to others, {', '.join(path.name for path in made)}."
    )
    steps = [
        f"Look through {config}: every key is explained there.",
        *(f"Write the password into {path}, which is empty." for path in empty),
        f"triage --config {config} db upgrade",
        f"triage --config {config} doctor",
        f"triage --config {config} run",
    ]
    typer.echo("Next:")
    for number, step in enumerate(steps, 1):
        typer.echo(f"  {number}. {step}")
    typer.echo("The keys are for later: [by_mail] and [dkim] in config.toml name them, commented out.")
