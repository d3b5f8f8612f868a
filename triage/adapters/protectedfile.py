"""Reads rules/protected.toml and the bundled public suffix list; nothing is fetched."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from triage.adapters.ruletables import RuleTable, read_table
from triage.core.protected import DisplayPhrases, Hosts, Name, Protected, WordLists
from triage.core.publicsuffixes import PublicSuffixes
from triage.errors import RulesError

VERSION = 1
"""Of the form of the file."""

_STRENGTHS = ("strong", "short")
_PARTNERS = ("vn", "gov", "name", "context", "province")
_MOST_TYPOS = 40
_WORD = re.compile(r"[a-z0-9]{1,40}")
_PHRASE = re.compile(r"(?=.{1,60}$)[a-z0-9]+(?: [a-z0-9]+)*")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_ADDRESS = re.compile(r"[a-z0-9._-]+@[a-z0-9.-]+")
_SAID = {
    _WORD: "a word of at most 40 small letters without marks and digits",
    _PHRASE: "words of small letters without marks and digits, at most 60 characters",
    _HOST: "a host of small letters, digits, hyphens and dots",
    _ADDRESS: "a mail address in small letters",
}


@cache
def public_suffixes() -> PublicSuffixes:
    """Give the list that comes with the library publicsuffixlist; read once, for it is long.

    The library itself takes ten times as long to read it.
    """
    found = find_spec("publicsuffixlist")
    if found is None or found.origin is None:
        raise RulesError("The library publicsuffixlist, which has the list of suffixes, is not installed.")
    return PublicSuffixes.read(Path(found.origin).with_name("public_suffix_list.dat").read_text("utf-8"))


def load_protected(path: Path) -> Protected:
    """Read the file at ``path``. Raises RulesError with one sentence that names the file and the entry."""
    root = read_table(path)
    if root.whole("version", 0, 1_000_000) != VERSION:
        raise root.wrong("version", f"must be {VERSION}, the form of the file that this program knows")
    ours = root.table("ours")
    organisation, address = ours.text("name"), _like(_ADDRESS, ours, "address", ours.text("address"))
    names = tuple(_name(table) for table in root.tables("names"))
    if not names:
        raise root.wrong("names", "is missing, so nothing would be taken for an imitation")
    protected = Protected(
        version=VERSION,
        organisation=organisation,
        address=address,
        names=names,
        words=_words(root.table("words"), root.table("others")),
        display=_display(root.table("display")),
        hosts=_hosts(ours, root.table("genuine"), root.table("hosts")),
        suffixes=public_suffixes(),
    )
    ours.done()
    root.done()
    keys = [name.key for name in names]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise root.wrong("names", f"must differ, but {twice} stands there twice")
    domain = address.partition("@")[2]
    if domain not in protected.hosts.ours:
        raise root.wrong("ours.address", f"lies on {domain}, which ours.hosts does not list")
    return protected


def _name(table: RuleTable) -> Name:
    key = _like(_WORD, table, "key", table.text("key"))
    table.entry = f"the name {key}"
    name = Name(
        key=key,
        phrase=table.text("phrase", ""),
        strong=_one_of(_STRENGTHS, table, "strength", table.text("strength")) == "strong",
        typos=table.whole("typos", 0, _MOST_TYPOS, 0),
        initials=table.flag("initials", default=False),
        partners=frozenset(
            _one_of(_PARTNERS, table, "partners", partner) for partner in table.texts("partners")
        ),
        grave=table.flag("grave", default=False),
        treasury=table.flag("treasury", default=False),
    )
    table.done()
    if not name.strong and not name.partners:
        raise table.wrong("strength", "is short, but the name has no partners, so it could never count")
    if name.initials and not name.phrase:
        raise table.wrong("initials", "shall be cut from a phrase, but the name has none")
    return name


def _words(words: RuleTable, others: RuleTable) -> WordLists:
    lists = WordLists(
        gov=_set(_WORD, words, "gov"),
        govvn=_set(_WORD, words, "govvn"),
        vn=_set(_WORD, words, "vn"),
        context=_set(_WORD, words, "context"),
        units=_set(_WORD, words, "units"),
        benign=_set(_WORD, words, "benign"),
        provinces=_set(_WORD, words, "provinces"),
        other_long=_set(_WORD, others, "long"),
        other_short=_set(_WORD, others, "short"),
        other_slips=_list(_WORD, others, "slips"),
        other_unique=_set(_WORD, others, "unique"),
    )
    words.done()
    others.done()
    return lists


def _display(table: RuleTable) -> DisplayPhrases:
    phrases = DisplayPhrases(
        units=_set(_PHRASE, table, "units"),
        offices=_set(_PHRASE, table, "offices"),
        silver=_set(_PHRASE, table, "silver"),
        leads=_set(_PHRASE, table, "leads"),
    )
    table.done()
    return phrases


def _hosts(ours: RuleTable, genuine: RuleTable, table: RuleTable) -> Hosts:
    hosts = Hosts(
        ours=_set(_HOST, ours, "hosts"),
        genuine=_set(_HOST, genuine, "hosts"),
        known=_set(_HOST, table, "known"),
        gov_vn=_set(_HOST, table, "gov_vn"),
        freemail=_set(_HOST, table, "freemail"),
        vendors=_set(_HOST, table, "vendors"),
        restricted=_set(_WORD, table, "restricted"),
        cheap=_set(_HOST, table, "cheap"),
    )
    genuine.done()
    table.done()
    return hosts


def _set(form: re.Pattern[str], table: RuleTable, key: str) -> frozenset[str]:
    return frozenset(_list(form, table, key))


def _list(form: re.Pattern[str], table: RuleTable, key: str) -> tuple[str, ...]:
    return tuple(_like(form, table, key, text) for text in table.texts(key, None))


def _like(form: re.Pattern[str], table: RuleTable, key: str, text: str) -> str:
    if not form.fullmatch(text):
        raise table.wrong(key, f"cannot be “{text}”: it must be {_SAID[form]}")
    return text


def _one_of(known: tuple[str, ...], table: RuleTable, key: str, text: str) -> str:
    if text not in known:
        raise table.wrong(key, f"may be {', '.join(known)}, not “{text}”")
    return text
