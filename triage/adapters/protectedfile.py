"""Reads rules/protected.toml and the bundled public suffix list; nothing is fetched."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from publicsuffixlist import PublicSuffixList
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from triage.core.protected import DisplayPhrases, Hosts, Name, Protected, WordLists
from triage.errors import RulesError

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$", max_length=40)]
Phrase = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+( [a-z0-9]+)*$", max_length=60)]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$", max_length=253)]
Partner = Literal["vn", "gov", "name", "context", "province"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Ours(_Strict):
    name: str
    address: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+@[a-z0-9.-]+$")]
    hosts: list[Host]


class _Genuine(_Strict):
    hosts: list[Host]


class _Name(_Strict):
    key: Word
    phrase: str = ""
    strength: Literal["strong", "short"]
    typos: Annotated[int, "slips"] = 0
    initials: bool = False
    partners: list[Partner] = []
    grave: bool = False
    treasury: bool = False


class _Others(_Strict):
    long: list[Word]
    short: list[Word]
    slips: list[Word]
    unique: list[Word]


class _Words(_Strict):
    gov: list[Word]
    govvn: list[Word]
    vn: list[Word]
    context: list[Word]
    units: list[Word]
    benign: list[Word]
    provinces: list[Word]


class _Display(_Strict):
    units: list[Phrase]
    offices: list[Phrase]
    silver: list[Phrase]
    leads: list[Phrase]


class _Hosts(_Strict):
    known: list[Host]
    gov_vn: list[Host]
    freemail: list[Host]
    vendors: list[Host]
    restricted: list[Word]
    cheap: list[Host]


class _File(_Strict):
    version: Literal[1]
    ours: _Ours
    genuine: _Genuine
    names: list[_Name]
    others: _Others
    words: _Words
    display: _Display
    hosts: _Hosts


@cache
def public_suffixes() -> PublicSuffixList:
    """Give the list that comes with its library; read once, for it is long.

    The library writes each of its 10,000 names as punycode, which takes a quarter of its reading; nineteen of
    twenty are ASCII and stay what they are.
    """
    listed = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    lines = (line.partition(" ")[0].rstrip() for line in listed.lower().split("\n"))
    names = [line for line in lines if line and not line.startswith("//")]
    return PublicSuffixList(
        [*names, *(_punycode(name) for name in names if not name.isascii())], accept_encoded_idn=False
    )


def _punycode(name: str) -> str:
    sign = "!" if name.startswith("!") else ""
    return sign + name.lstrip("!").encode("idna").decode()


def load_protected(path: Path) -> Protected:
    """Read the file at ``path``. Raises RulesError with one sentence that names the file and the entry."""
    try:
        read = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RulesError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RulesError(f"{path} is not UTF-8 at byte {error.start}.") from error
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path} is not TOML: {error}.") from error
    except ValidationError as error:
        raise RulesError(f"{path}: {_sentence(error)}") from error
    _check(path, read)
    return _value(read)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    entry = ".".join(str(part) for part in first["loc"])
    return f"{entry}: {first['msg']}."


def _check(path: Path, read: _File) -> None:
    keys = [name.key for name in read.names]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise RulesError(f"{path}: the name {twice} stands there twice.")
    for name in read.names:
        if name.strength == "short" and not name.partners:
            raise RulesError(f"{path}: the short name {name.key} has no partners, so it could never count.")
        if name.initials and not name.phrase:
            raise RulesError(f"{path}: the name {name.key} shall be cut to initials but has no phrase.")
    domain = read.ours.address.partition("@")[2]
    if domain not in read.ours.hosts:
        raise RulesError(f"{path}: ours.address lies on {domain}, which ours.hosts does not list.")


def _value(read: _File) -> Protected:
    return Protected(
        version=read.version,
        organisation=read.ours.name,
        address=read.ours.address,
        names=tuple(
            Name(
                key=name.key,
                phrase=name.phrase,
                strong=name.strength == "strong",
                typos=name.typos,
                initials=name.initials,
                partners=frozenset(name.partners),
                grave=name.grave,
                treasury=name.treasury,
            )
            for name in read.names
        ),
        words=WordLists(
            gov=frozenset(read.words.gov),
            govvn=frozenset(read.words.govvn),
            vn=frozenset(read.words.vn),
            context=frozenset(read.words.context),
            units=frozenset(read.words.units),
            benign=frozenset(read.words.benign),
            provinces=frozenset(read.words.provinces),
            other_long=frozenset(read.others.long),
            other_short=frozenset(read.others.short),
            other_slips=tuple(read.others.slips),
            other_unique=frozenset(read.others.unique),
        ),
        display=DisplayPhrases(
            units=frozenset(read.display.units),
            offices=frozenset(read.display.offices),
            silver=frozenset(read.display.silver),
            leads=frozenset(read.display.leads),
        ),
        hosts=Hosts(
            ours=frozenset(read.ours.hosts),
            genuine=frozenset(read.genuine.hosts),
            known=frozenset(read.hosts.known),
            gov_vn=frozenset(read.hosts.gov_vn),
            freemail=frozenset(read.hosts.freemail),
            vendors=frozenset(read.hosts.vendors),
            restricted=frozenset(read.hosts.restricted),
            cheap=frozenset(read.hosts.cheap),
        ),
        suffixes=public_suffixes(),
    )
