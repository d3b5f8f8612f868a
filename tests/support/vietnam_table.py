"""Writes the days off that the installed library gives: ``python tests/support/vietnam_table.py``."""

from importlib.metadata import version

from triage.adapters.vietnamdays import TABLE, computed_days


def table() -> str:
    """Give the release of the library, then a day off with its name a line, and the days that are worked."""
    days = computed_days()
    rows = [f"{day}\t{name}" for day, name in sorted(days.off.items())]
    rows += [f"{day}\t" for day in sorted(days.worked)]
    return "\n".join([f"holidays-{version('holidays')}", *rows, ""])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
