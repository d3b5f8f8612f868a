"""What the desk says, and what its English lacks: ``python tests/support/catalogue.py`` adds what is missing.

A sentence stands in a template (``_("…")``, ``{% trans %}``), in ``say("…")`` or ``count("…", "…", …)`` of a
module, or by itself in a module that says what a name stands for: ``say(TABLE[code])``, ``count(one, …)``.
With a gap for a number, such a sentence is the one for one and for many.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2] / "triage" / "web"
VIETNAMESE = re.compile(r"[À-ỹ]")
GAPS = re.compile(r"%\(\w+\)s|\{\w+\}")

Sentence = tuple[str, ...]
"""One sentence, or the two for one and for many."""


def path_of(language: str) -> Path:
    """Give where the catalogue of a language stands."""
    return WEB / "locale" / language / "LC_MESSAGES" / "desk.po"


def catalogue(language: str) -> Catalog:
    """Read the catalogue of a language."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def entries(read: Catalog) -> dict[Sentence, Sentence]:
    """Give what a catalogue holds: the sentence, and what it is in that language."""
    return {_many(message.id): _many(message.string) for message in read if message.id}


def used() -> dict[Sentence, str]:
    """Give every sentence that the desk may say, and a file that says it."""
    return {**dict(_of_templates()), **dict(_of_modules())}


def _of_templates() -> Iterator[tuple[Sentence, str]]:
    found = extract_from_dir(WEB / "templates", [("**.html", "jinja2")], {"**.html": {"silent": "false"}})
    for file, _, message, *_ in found:
        yield _many(message), file


def _of_modules() -> Iterator[tuple[Sentence, str]]:
    for path in sorted(WEB.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            for sentence in _said(call):
                yield sentence, path.name
        if any(_is_said(call) and not _constants(call.args[:1]) for call in calls):
            for text in _apart(tree):
                yield ((text, text) if "%(num)s" in text else (text,)), path.name


def _said(call: ast.Call) -> Iterator[Sentence]:
    if _is(call, "say"):
        for text in _constants(call.args[:1]):
            yield (text,)
    elif _is(call, "count") and len(texts := _constants(call.args[:2])) == len(("one", "many")):
        yield tuple(texts)


def _is(call: ast.Call, name: str) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return called == name and bool(call.args)


def _is_said(call: ast.Call) -> bool:
    return _is(call, "say") or (_is(call, "count") and len(call.args) > len(("one", "many")))


def _constants(nodes: list[ast.expr]) -> list[str]:
    """Give the texts that stand there, either of two after a condition."""
    texts: list[str] = []
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                texts.append(text)
            case ast.IfExp(body=body, orelse=orelse):
                texts += _constants([body, orelse])
            case _:
                pass
    return texts


def _apart(tree: ast.Module) -> Iterator[str]:
    """Give the Vietnamese texts that stand by themselves: neither documentation nor in a call."""
    nodes = list(ast.walk(tree))
    elsewhere = {
        id(part) for node in nodes if isinstance(node, ast.Call | ast.Expr) for part in _direct(node)
    }
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if id(node) not in elsewhere and VIETNAMESE.search(text):
                yield text
            case _:
                pass


def _direct(node: ast.Call | ast.Expr) -> Iterator[ast.expr]:
    yield from node.args if isinstance(node, ast.Call) else [node.value]


def _many(message: Any) -> Sentence:
    return tuple(message) if isinstance(message, tuple | list) else (message,)


def main() -> None:
    """Add what the English catalogue lacks, for a person to translate."""
    held = entries(catalogue("en"))
    lacking = {sentence: file for sentence, file in used().items() if sentence not in held}
    with path_of("en").open("a", encoding="utf-8") as file:
        for sentence, place in lacking.items():
            file.write(f"\n#: {place}\n{_entry(sentence)}")
    print(f"{len(lacking)} sentences added; {len(held.keys() - used().keys())} are said nowhere.")  # noqa: T201 - its answer


def _entry(sentence: Sentence) -> str:
    quoted = [
        '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"' for text in sentence
    ]
    match quoted:
        case [one]:
            return f'msgid {one}\nmsgstr ""\n'
        case _:
            return f'msgid {quoted[0]}\nmsgid_plural {quoted[1]}\nmsgstr[0] ""\nmsgstr[1] ""\n'


if __name__ == "__main__":
    main()
