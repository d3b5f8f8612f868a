"""The documents say what the program does, and nothing in them leads nowhere."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from support import man_page
from support.command_docs import DOCUMENT, commands, render

from triage.adapters.configfile import Config, load_config
from triage.adapters.configmailbox import FURTHER, InboxConfig, MailboxConfig
from triage.adapters.configsections import SECRETS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EXAMPLE = ROOT / "config.example.toml"


def test_every_command_is_documented_as_it_is() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), (
        "docs/commands.md is stale: PYTHONPATH=tests .venv/bin/python tests/support/command_docs.py"
    )


def test_the_man_page_says_what_the_program_does() -> None:
    assert man_page.PAGE.read_text(encoding="utf-8") == man_page.render(), (
        "contrib/man/triage.1 is stale: PYTHONPATH=tests .venv/bin/python tests/support/man_page.py"
    )


def test_nothing_in_the_man_page_is_taken_for_a_command_by_accident() -> None:
    known = {".TH", ".SH", ".SS", ".TP", ".B", '.\\"'}
    lines = man_page.PAGE.read_text(encoding="utf-8").splitlines()
    assert {line.split(" ")[0] for line in lines if line.startswith((".", "'"))} <= known


@pytest.mark.parametrize("path", [" ".join(path) for path, _ in commands()])
def test_every_command_says_what_it_does(path: str) -> None:
    [command] = [command for name, command in commands() if " ".join(name) == path]
    assert command.help
    assert command.help.strip().endswith((".", "monitors."))
    for parameter in command.params:
        assert parameter.name == "help" or getattr(parameter, "help", None), (path, parameter.name)


def declared() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for section, model in sections():
        found[section] = set(model.model_fields)
    return found


def sections() -> list[tuple[str, type[BaseModel]]]:
    """The sections that hold keys; those of [mailboxes] have keys of [mailbox]."""
    assert set(InboxConfig.model_fields) < set(MailboxConfig.model_fields)
    found = []
    for section, field in Config.model_fields.items():
        if section != FURTHER:
            model = field.annotation
            assert isinstance(model, type)
            assert issubclass(model, BaseModel)
            found.append((section, model))
    return found


def shown() -> dict[str, set[str]]:
    """Every key of the example, those that are commented out too."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\[(\w+)\]", line):
            section = match.group(1)
            found[section] = set()
        elif match := re.match(r"(?:# )?(\w+) = ", line):
            found[section].add(match.group(1))
    return found


def test_the_example_shows_every_key_and_no_other() -> None:
    without_files = {
        section: {key.removesuffix("_file") if key.removesuffix("_file") in SECRETS else key for key in keys}
        for section, keys in shown().items()
    }
    assert without_files == declared(), (
        "config.example.toml must have each key of the settings, with its default, and no other"
    )


def test_the_example_shows_the_defaults() -> None:
    written = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for section, model in sections():
        for key, value in written[section].items():
            known = model.model_fields.get(key)
            if known is None or known.is_required() or key in {"username", "url"}:
                continue
            assert value == known.default, f"[{section}] {key}"


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(EXAMPLE.read_bytes())
    for name in ("imap-password", "smtp-password"):
        (tmp_path / name).write_text("secret\n")
    config = load_config(tmp_path / "config.toml")
    assert config.mailbox.password is not None
    assert config.mailbox.password.get_secret_value() == "secret"
    assert config.database.url.get_secret_value() == f"sqlite:///{tmp_path / 'triage.sqlite'}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:triage|rules|tests|docs|bench|migrations)/[\w./-]+)`", text):
        if "NNN" not in name:
            assert (ROOT / name).exists(), name


def test_no_file_names_a_package_index() -> None:
    hosts = re.compile(r"https?://[\w.]*(?:py|npm)\w*\.(?:org|com)")
    for path in [ROOT / "pyproject.toml", ROOT / "Makefile", *(ROOT / "requirements").iterdir()]:
        assert not hosts.search(path.read_text(encoding="utf-8")), path


def test_every_decision_record_says_status_context_and_decision() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert records
    numbers = [record.name.partition("-")[0] for record in records]
    assert len(set(numbers)) == len(numbers)
    for number, record in zip(numbers, records, strict=True):
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(number)}. "), record.name
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, record.name
