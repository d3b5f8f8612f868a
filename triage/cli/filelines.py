"""The attachments of a mail in words, as triage explain and triage mails attachment print them."""

from collections.abc import Iterator
from typing import Any


def files_of(told: list[dict[str, Any]], *, english: bool) -> Iterator[tuple[str, str]]:
    """Give the attachments of a mail as labels and texts; ``told`` is what ``explain --json`` says."""
    for number, name, kind, size, details in rows_of(told, english=english):
        yield f"file {number}", ", ".join(filter(None, (str(name) or "–", kind, f"{size:,} bytes", details)))


def rows_of(told: list[dict[str, Any]], *, english: bool) -> Iterator[tuple[int, str, str, int, str]]:
    """Give number, name, type, bytes and details of each attachment; ``told`` as above."""
    from triage.core.filekinds import KINDS

    for number, one in enumerate(told, 1):
        kind = KINDS.get(one.get("detected", ""))
        shown = (kind.en if english else kind.vi) if kind else one["type"]
        yield number, one["name"], shown, one["size"], "; ".join(_details(one, english=english))


def _details(one: dict[str, Any], *, english: bool) -> Iterator[str]:
    yield one["role"]
    if one.get("from_archive"):
        yield f"from {one['from_archive']}"
    if one.get("about"):
        yield one["about"]
    if one.get("inside"):
        more = f" … +{one['inside_more']}" if one.get("inside_more") else ""
        yield f"[{', '.join(one['inside'])}{more}]"
    for note in one.get("note", ()):
        yield note["text_en" if english else "text"]
