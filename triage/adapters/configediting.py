"""Writes values into the text of config.example.toml, so that every comment in it stays beside its key."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from triage.adapters.configsections import SECRETS
from triage.errors import ConfigError

_SECTION = re.compile(r"\[(\w+)\]$")
_KEY = re.compile(r"(?:# )?(?P<key>\w+) = (?P<value>.*?)(?P<comment>\s+# .*)?$")


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Set keys, each named ``section.key``; an empty value comments its key out.

    A value stands as a person types it: without quotes, the words of a list parted by blanks. Raises
    ConfigError for a key that the text does not show, and for a secret: the command line is no place for one.
    """
    lines = text.splitlines()
    places = _places(lines)
    for name, value in values.items():
        if name not in places:
            raise ConfigError(_unknown(name, list(places)))
        number, parts = places[name]
        lines[number] = _line(lines[number], parts, value)
    return "\n".join(lines) + "\n"


def _places(lines: list[str]) -> dict[str, tuple[int, re.Match[str]]]:
    """Give the line of every key with its parts, whether or not it is commented out."""
    found: dict[str, tuple[int, re.Match[str]]] = {}
    section = ""
    for number, line in enumerate(lines):
        if match := _SECTION.match(line):
            section = match[1]
        elif match := _KEY.match(line):
            found.setdefault(f"{section}.{match['key']}", (number, match))
    return found


def _line(line: str, parts: re.Match[str], value: str) -> str:
    if not value:
        return f"# {line.removeprefix('# ')}"
    return f"{parts['key']} = {_literal(parts['value'], value)}{parts['comment'] or ''}"


def _literal(shown: str, value: str) -> str:
    """Write a value as TOML, of the kind that the example shows for its key."""
    if shown.startswith("["):
        return json.dumps(value.split(), ensure_ascii=False)
    if shown.startswith('"') or not _is_toml(value):
        return json.dumps(value, ensure_ascii=False)
    return value


def _is_toml(value: str) -> bool:
    try:
        return "\n" not in value and len(tomllib.loads(f"x = {value}")) == 1
    except tomllib.TOMLDecodeError:
        return False


def _unknown(name: str, known: list[str]) -> str:
    key = name.rpartition(".")[2]
    if key in SECRETS:
        return (
            f"{name} is a secret, which others could read on the command line; write it into a file and set "
            f"{name}_file to that."
        )
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name} is not a known key{f'; did you mean {near[0]}?' if near else '.'}"


def needless_passwords(values: Mapping[str, Any]) -> list[str]:
    """Name the ``password_file`` of each server that is not signed in to by a password."""
    return [
        f"{name}.password_file"
        for name in ("mailbox", "smtp")
        if values[name].get("auth", "password") != "password" or not values[name].get("username")
    ]
