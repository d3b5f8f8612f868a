"""The text in which measurements are handed to Prometheus (exposition format 0.0.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Sort(StrEnum):
    """What a reader may do with a family: rates of what only grows, sums and counts, present values."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"


Labels = tuple[tuple[str, str], ...]
"""Names with values, in one order."""


@dataclass(frozen=True, slots=True)
class Family:
    """Measurements of one name; ``label`` is what they are told apart by, empty where there is one alone."""

    name: str
    sort: Sort
    about: str
    label: str = ""


def exposition(families: Iterable[Family], values: Mapping[str, Mapping[Labels, float]]) -> str:
    """Write families with their values, each under its name; one without values is left out.

    The values of a summary stand under its name with ``_sum`` and ``_count``.
    """
    lines: list[str] = []
    for family in families:
        ends = ("_sum", "_count") if family.sort is Sort.SUMMARY else ("",)
        samples = [
            f"{family.name}{end}{_labels(labels)} {_number(value)}"
            for end in ends
            for labels, value in sorted(values.get(f"{family.name}{end}", {}).items())
        ]
        if samples:
            about = family.about.replace("\\", "\\\\").replace("\n", "\\n")
            lines += [f"# HELP {family.name} {about}", f"# TYPE {family.name} {family.sort}", *samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Labels) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
