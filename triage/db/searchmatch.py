"""Terms in the language of each full-text index.

Words hold letters and digits alone, and everything else is written here, so nothing that a person types can
be taken for a sign of these languages.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, or_

from triage.core.searchquery import SearchQuery, Term, Where
from triage.db.searchindex import TO

FIELDS = {"subject": 8.0, "sender": 5.0, "recipients": 2.0, "files": 4.0, "body": 1.0, "toned": 0.0}
"""The columns of search_words in SQLite, and how much a word in each weighs."""

_WHERE = {
    Where.ANYWHERE: ("subject", "sender", "recipients", "files", "body"),
    Where.SENDER: ("sender",),
    Where.RECIPIENTS: ("recipients",),
}


def for_fts5(query: SearchQuery, *, toned: bool) -> str:
    """Write the terms of a question for SQLite; with ``toned`` its words as they were typed."""
    wanted = " AND ".join(_fts5(term, toned=toned) for term in query.wanted)
    unwanted = "".join(f" NOT {_fts5(term, toned=False)}" for term in query.unwanted)
    return f"({wanted}){unwanted}"


def _fts5(term: Term, *, toned: bool) -> str:
    found = [f"{{{' '.join(_WHERE[term.where])}}} : {_quoted(word.plain for word in term.words)}"]
    if toned:
        found += [f"{{toned}} : {_quoted([word.toned])}" for word in term.words if word.toned]
    return f"({' AND '.join(found)})"


def _quoted(words: Iterable[str]) -> str:
    return f'"{" ".join(words)}"'


Fields = Mapping[str, ColumnElement[str]]
"""The columns of the folded text, by their names in FIELDS."""


def by_reading(query: SearchQuery, fields: Fields, *, toned: bool) -> ColumnElement[bool]:
    """Say the same of the folded text itself, for SQLite."""
    fits = [_read(term, fields, toned=toned) for term in query.wanted]
    breaks = [not_(_read(term, fields, toned=False)) for term in query.unwanted]
    return and_(*fits, *breaks)


def weighed(query: SearchQuery, fields: Fields) -> ColumnElement[float]:
    """Say how well a message fits: by the weights of the fields in which the terms stand.

    FTS5's own bm25() would count every message with these words in the whole index first.
    """
    score: ColumnElement[float] = literal(0.0)
    for term in query.wanted:
        for name in _WHERE[term.where]:
            score = score + case((_stands(fields[name], term), FIELDS[name]), else_=0.0)
    return score


def _read(term: Term, fields: Fields, *, toned: bool) -> ColumnElement[bool]:
    found = or_(*(_stands(fields[name], term) for name in _WHERE[term.where]))
    typed = [word.toned for word in term.words if word.toned] if toned else []
    return and_(found, *(_holds(fields["toned"], word) for word in typed))


def _stands(field: ColumnElement[str], term: Term) -> ColumnElement[bool]:
    return _holds(field, " ".join(word.plain for word in term.words))


def _holds(field: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Whether whole words stand in a text that holds nothing but words and single blanks."""
    return func.instr(literal(" ").concat(field).concat(" "), f" {words} ") > 0


def for_tsquery(query: SearchQuery, *, toned: bool) -> str:
    """Write the same for PostgreSQL, as the text of a tsquery."""
    wanted = [_phrase(term, toned=toned) for term in query.wanted]
    unwanted = [f"!{_phrase(term, toned=False)}" for term in query.unwanted]
    return " & ".join((*wanted, *unwanted))


def words_alone(query: SearchQuery, *, toned: bool) -> str:
    """Write which words must be there at all, wherever they stand; every message that fits has them."""
    wanted = (_lexemes(term, toned=toned) for term in query.wanted)
    return " & ".join(dict.fromkeys(word.removesuffix(_OF_SENDER) for words in wanted for word in words))


def _phrase(term: Term, *, toned: bool) -> str:
    return f"({' <-> '.join(_lexemes(term, toned=toned))})"


_OF_SENDER = ":B"


def _lexemes(term: Term, *, toned: bool) -> list[str]:
    words = [(toned and word.toned) or word.plain for word in term.words]
    match term.where:
        case Where.SENDER:
            return [f"'{word}'{_OF_SENDER}" for word in words]
        case Where.RECIPIENTS:
            return [f"'{TO}{word}'" for word in words]
        case Where.ANYWHERE:
            return [f"'{word}'" for word in words]
