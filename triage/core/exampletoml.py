"""Corrections as the examples that stand beside the rules, in TOML; an operator chooses among them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.core.corrections import OWN_RULE, Correction, Field
from triage.core.text import one_line

HEAD = """\
# What people decided otherwise than the rules, as examples. Names, numbers, codes and secrets are hidden.
# Copy those that you choose below the rule or category that each one names, then run: triage rules test
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A correction as an example: its mail with what tells of the case hidden."""

    correction: Correction
    subject: str
    text: str
    attachments: tuple[str, ...] = ()


def has_place(correction: Correction) -> bool:
    """Whether examples of such a thing stand beside rules: of categories and of routing, not of verdicts."""
    return correction.field is not Field.VERDICT


def as_toml(many: Sequence[Kept]) -> str:
    """Write the examples of a file; those without a place beside the rules are left out."""
    blocks = ("\n".join(_block(one)) for one in many if has_place(one.correction))
    return "\n".join((HEAD, *blocks))


def _block(one: Kept) -> Iterator[str]:
    correction = one.correction
    changed = one_line(f"{correction.field}: {correction.decided} → {correction.said}")
    yield f"# {correction.ticket}: {changed}"
    yield f"# decided by {one_line(correction.rule)} of the rules {correction.rules}"
    if correction.field is Field.CATEGORY:
        yield f"# Goes below category “{correction.said}” in categories.toml."
        yield "[[category.example]]"
    elif correction.rule.startswith(OWN_RULE):
        rule = one_line(correction.rule.removeprefix(OWN_RULE))
        yield f"# Goes below rule “{rule}”, which must leave it alone."
        yield "[[rule.example]]"
        yield "applies = false"
    else:
        yield f"# Goes below a rule in routing/ that leads to {correction.said}."
        yield "[[rule.example]]"
    yield f"subject = {_string(one_line(one.subject))}"
    yield f"text = {_text(one.text)}"
    if one.attachments:
        yield f"attachments = [{', '.join(map(_string, one.attachments))}]"
    if correction.field is Field.TREASURY:
        yield f"category = {_string(correction.category)}"
    yield ""


def _string(text: str) -> str:
    """Write a basic string (TOML 1.0); what JSON escapes TOML reads alike, and DEL it wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(text: str) -> str:
    """Write a text over several lines; the line break behind the opening quotes does not count."""
    lines = (_string(line)[1:-1] for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'
