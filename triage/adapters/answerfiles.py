"""Reads the ready answers: each file of rules/answers is one."""

from collections.abc import Iterator
from pathlib import Path

from triage.adapters.ruletables import read_table
from triage.core.answertemplates import FIELDS, AnswerTemplate, filled, gaps
from triage.core.outboundguard import objections
from triage.core.rules import TrustRules
from triage.errors import RulesError

SAMPLE = {
    "code": "SD211208-123456",
    "requester_name": "Trần Thị Bích",
    "unit_name": "Trường THCS Hoa Mai",
    "due": "17 giờ 00 phút ngày 09/12/2021 (thứ Năm)",
    "my_name": "Nguyễn Thị Lan",
}
"""What the gaps are filled with to see that the guard lets the answer go out."""


def read_answers(folder: Path) -> tuple[AnswerTemplate, ...]:
    """Read every ``*.toml`` of a folder, if there is one. Raises RulesError for the first mistake."""
    return tuple(_read(file) for file in sorted(folder.glob("*.toml")))


def _read(file: Path) -> AnswerTemplate:
    root = read_table(file)
    template = AnswerTemplate(
        name=file.stem,
        title=root.text("title"),
        text=root.text("text"),
        categories=frozenset(root.texts("categories")),
        queues=frozenset(root.texts("queues")),
    )
    root.done()
    unknown = next((name for name in gaps(template.text) if name not in FIELDS), None)
    if unknown:
        raise root.wrong("text", f"has the gap {{{{ {unknown} }}}}; known are {', '.join(FIELDS)}")
    return template


def stopped(templates: tuple[AnswerTemplate, ...], trust: TrustRules) -> Iterator[str]:
    """Say of each ready answer that could not go out what stops it."""
    for one in templates:
        for objection in objections(filled(one.text, SAMPLE), trust):
            yield f"answers/{one.name}.toml: must not go out ({objection.stop.value}): “{objection.words}”."


def demand_sendable(templates: tuple[AnswerTemplate, ...], trust: TrustRules) -> None:
    """Raise RulesError where the guard of outgoing answers would stop a ready answer."""
    first = next(stopped(templates, trust), None)
    if first:
        raise RulesError(first)
