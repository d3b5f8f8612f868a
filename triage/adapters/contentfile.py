"""Reads rules/content.toml; every mistake is one sentence that names the file and the entry."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.core.contentrules import (
    PHRASE_GROUPS,
    VERB_GROUPS,
    Asked,
    ContentRules,
    EndingRules,
    LinkRules,
)
from triage.core.decision import Severity
from triage.core.phrases import lexicon
from triage.errors import RulesError

_SECTIONS = frozenset({"asked", "phrases", "links", "endings"})
_LINK_LISTS = ("shorteners", "free_hosts", "login_words", "dangerous_schemes", "reference_hosts")
_ENDINGS = ("executable", "script", "macro", "page", "archive", "disk", "document")
_ASKED_KEYS = frozenset({"check", "severity", "vi", "en", "verbs", "nouns"})


def read_content_rules(path: Path) -> ContentRules:
    """Read and check the file. Raises RulesError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RulesError(f"{path} is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path} is no valid TOML: {error}.") from error
    return _Reader(path).rules(data)


class _Reader:
    """Turns the parsed file into values; holds the path for the sentences."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rules(self, data: Mapping[str, Any]) -> ContentRules:
        self._exactly(data, _SECTIONS, "the file")
        phrases = {
            name: self._texts(self._table(data, "phrases"), name, "phrases") for name in data["phrases"]
        }
        self._exactly(phrases, PHRASE_GROUPS, "[phrases]")
        rows = self._table(data, "asked")
        tables = {name: self._table(rows, name) for name in rows}
        nouns = {f"asked:{name}": self._texts(tables[name], "nouns", f"asked.{name}") for name in tables}
        asked = {name: self._asked(name, tables[name]) for name in tables}
        links, endings = self._table(data, "links"), self._table(data, "endings")
        return ContentRules(asked, lexicon({**phrases, **nouns}), self._links(links), self._endings(endings))

    def _asked(self, name: str, table: Mapping[str, Any]) -> Asked:
        where = f"[asked.{name}]"
        self._exactly(table, _ASKED_KEYS, where)
        verbs = frozenset(self._texts(table, "verbs", f"asked.{name}"))
        if verbs - VERB_GROUPS:
            raise RulesError(
                f"{self._path}: {where} names an unknown verb group '{min(verbs - VERB_GROUPS)}'."
            )
        try:
            severity = Severity(table["severity"])
        except ValueError as error:
            allowed = ", ".join(Severity)
            raise RulesError(f"{self._path}: severity of {where} must be one of {allowed}.") from error
        check, vi, en = (self._text(table, key, where) for key in ("check", "vi", "en"))
        return Asked(name, check, severity, vi, en, verbs)

    def _links(self, table: Mapping[str, Any]) -> LinkRules:
        self._exactly(table, frozenset({*_LINK_LISTS, "redirectors"}), "[links]")
        lists = {name: self._names(table, name, "links") for name in _LINK_LISTS}
        redirectors = self._table(table, "redirectors")
        targets = {host.lower(): self._names(redirectors, host, "links.redirectors") for host in redirectors}
        return LinkRules(**lists, redirectors=targets)

    def _endings(self, table: Mapping[str, Any]) -> EndingRules:
        self._exactly(table, frozenset({*_ENDINGS, "archive_passwords"}), "[endings]")
        lists = {name: self._names(table, name, "endings") for name in _ENDINGS}
        return EndingRules(**lists, archive_passwords=self._texts(table, "archive_passwords", "endings"))

    def _exactly(self, table: Mapping[str, Any], wanted: frozenset[str], where: str) -> None:
        if missing := wanted - set(table):
            raise RulesError(f"{self._path}: {where} lacks '{min(missing)}'.")
        if unknown := set(table) - wanted:
            raise RulesError(f"{self._path}: {where} has an unknown entry '{min(unknown)}'.")

    def _table(self, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        table = data[name]
        if not isinstance(table, dict):
            raise RulesError(f"{self._path}: '{name}' must be a table.")
        return table

    def _text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        value = table[key]
        if not isinstance(value, str) or not value.strip():
            raise RulesError(f"{self._path}: '{key}' of {where} must be a text.")
        return value

    def _texts(self, table: object, key: str, where: str) -> tuple[str, ...]:
        values = table.get(key) if isinstance(table, dict) else None
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value.strip() for value in values
        ):
            raise RulesError(f"{self._path}: '{key}' of [{where}] must be a list of texts.")
        return tuple(values)

    def _names(self, table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
        return frozenset(value.strip().lower().lstrip(".") for value in self._texts(table, key, where))
