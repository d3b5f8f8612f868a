"""Terms in the language of each full-text index.

Words hold letters and digits alone, and everything else is written here, so nothing that a person types can
be taken for a sign of these languages.
"""

from collections.abc import Iterable, Sequence

from triage.core.searchquery import SearchQuery, Term, Where
from triage.db.searchindex import TO

_COLUMNS = {
    Where.ANYWHERE: "{subject sender recipients files body}",
    Where.SENDER: "{sender}",
    Where.RECIPIENTS: "{recipients}",
}


def for_fts5(query: SearchQuery, *, toned: bool) -> str:
    """Write the terms of a question for SQLite; with ``toned`` its words as they were typed."""
    wanted = " AND ".join(_fts5(term, toned=toned) for term in query.wanted)
    unwanted = "".join(f" NOT {_fts5(term, toned=False)}" for term in query.unwanted)
    return f"({wanted}){unwanted}"


def _fts5(term: Term, *, toned: bool) -> str:
    found = [f"{_COLUMNS[term.where]} : {_quoted(word.plain for word in term.words)}"]
    if toned:
        found += [f"{{toned}} : {_quoted([word.toned])}" for word in term.words if word.toned]
    return f"({' AND '.join(found)})"


def _quoted(words: Iterable[str]) -> str:
    return f'"{" ".join(words)}"'


def for_tsquery(query: SearchQuery, *, toned: bool) -> str:
    """Write the same for PostgreSQL, as the text of a tsquery."""
    wanted = [_phrase(term, toned=toned) for term in query.wanted]
    unwanted = [f"!{_phrase(term, toned=False)}" for term in query.unwanted]
    return " & ".join((*wanted, *unwanted))


def _phrase(term: Term, *, toned: bool) -> str:
    words = [(toned and word.toned) or word.plain for word in term.words]
    return f"({' <-> '.join(_lexemes(words, term.where))})"


def _lexemes(words: Sequence[str], where: Where) -> list[str]:
    match where:
        case Where.SENDER:
            return [f"'{word}':B" for word in words]
        case Where.RECIPIENTS:
            return [f"'{TO}{word}'" for word in words]
        case Where.ANYWHERE:
            return [f"'{word}'" for word in words]
