"""Renders contrib/man/triage.1 from the command line's own texts: ``python tests/support/man_page.py``."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from support.command_docs import commands, parameters, usage

from triage import __version__
from triage.cli.root import app

PAGE = Path(__file__).parents[2] / "contrib" / "man" / "triage.1"

DESCRIPTION = """\
triage reads the IT support mailbox of the State Treasury by IMAP, opens or continues a ticket for each mail,
answers by SMTP and serves a desk for the people who work on the tickets. Data goes to standard output, talk
and logs to standard error. Tables are drawn on a terminal; elsewhere they are lines with tabs.
"""

FILES = (
    (
        "./config.toml, /etc/triage/config.toml",
        "The settings, where neither --config nor TRIAGE_CONFIG names others.",
    ),
)
ENVIRONMENT = (
    ("TRIAGE_CONFIG", "The configuration file, where --config names none."),
    (
        "TRIAGE__SECTION__KEY",
        "One setting; stands above the file. TRIAGE__MAILBOX__PASSWORD_FILE names a file.",
    ),
    ("NO_COLOR", "Tables are drawn without colours."),
)
STATUS = (
    ("0", "Done."),
    ("1", "Failed; one sentence on standard error says what and how to go on."),
    ("2", "Wrong use of the command line."),
    (
        "75",
        "Not now: the database, the mailbox or the mail server does not answer. The same may succeed later.",
    ),
    ("78", "Settings, rules or the revision of the database must be changed first."),
)
SIGNALS = (
    ("SIGTERM, SIGINT", "triage run ends after the work in hand; a second one ends it at once."),
    ("SIGHUP", "triage run reads rules and letters again; where they do not hold, the old ones stay."),
)
EXAMPLES = (
    ("triage init /etc/triage", "Write settings, rules and keys, and ask for servers and passwords."),
    ("triage --config /etc/triage/config.toml doctor", "Say of everything whether it is well."),
    ("triage explain mail.eml", "Decide the mail in a file and say why; nothing is written."),
)


def render() -> str:
    """Write the whole page."""
    root: Any = typer.main.get_command(app)
    return "\n".join(
        [
            '.\\" Made by tests/support/man_page.py; do not edit.',
            f'.TH TRIAGE 1 "" "triage {__version__}" "Email triage"',
            ".SH NAME",
            "triage \\- email triage for the State Treasury's IT support mailbox",
            ".SH SYNOPSIS",
            ".B triage",
            "[\\-\\-config FILE] [\\-\\-debug] COMMAND",
            ".SH DESCRIPTION",
            _text(DESCRIPTION),
            ".SH OPTIONS",
            *_list(parameters(root)),
            ".SH COMMANDS",
            *(line for path, command in commands() for line in _command(path, command)),
            *_section("FILES", FILES),
            *_section("ENVIRONMENT", ENVIRONMENT),
            *_section("EXIT STATUS", STATUS),
            *_section("SIGNALS", SIGNALS),
            *_section("EXAMPLES", EXAMPLES),
            "",
        ]
    )


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    yield f".SS {_text(usage(path, command))}"
    yield _text(command.help)
    yield from _list(parameters(command))


def _section(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    yield from _list(rows)


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, words in rows:
        yield from (".TP", f".B {_text(name)}", _text(words))


def _text(words: str) -> str:
    """Write text so that troff takes nothing in it for a command: a line that begins so, a backslash."""
    text = " ".join(words.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
