"""The templates of our pages, in each language; everything put into one is escaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import jinja2
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from triage.web import assets

_FOLDER = Path(__file__).parent

LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "en": "English"}
"""Languages of the pages and what they call themselves; Vietnamese is what stands in templates and code."""

STYLESHEET = (_FOLDER / "static" / "viewer.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    _catalogue: NullTranslations

    def say(self, text: str, **values: Any) -> str:  # noqa: ANN401 - what stands in the gaps
        """Give a sentence in this language, with its gaps (``%(name)s``) filled."""
        told: str = self._catalogue.gettext(text)
        return told % values if values else told

    def count(self, one: str, many: str, number: int, **values: Any) -> str:  # noqa: ANN401 - same
        """Give the sentence for a number, which fills the gap ``%(num)s``."""
        told: str = self._catalogue.ngettext(one, many, number)
        return told % {"num": number, **values}


def words_of(language: str) -> Words:
    """Give the words of a language; Vietnamese for one that there is not."""
    known = language if language in LANGUAGES else "vi"
    return Words(known, _catalogue(known))


def render(template: str, *, language: str = "vi", **values: Any) -> str:  # noqa: ANN401 - what a template is given may be anything
    """Fill one template."""
    words = words_of(language)
    values = {"words": words, "language": words.language, **values}
    return _environment(words.language).get_template(template).render(values)


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue: Any = _catalogue(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["asset"] = assets.address_of
    environment.globals["LANGUAGES"] = LANGUAGES
    return environment


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    """Read a catalogue. It is compiled here and not before, so that there is no second form to go stale."""
    path = _FOLDER / "locale" / language / "LC_MESSAGES" / "desk.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
