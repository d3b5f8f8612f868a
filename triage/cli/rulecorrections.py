"""What people decided otherwise than the rules, told at a terminal: a list, a file of examples, a trial."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from triage.app import App
from triage.cli.output import plural, print_json, print_table
from triage.core.exampletoml import Kept, as_toml, has_place
from triage.core.rules import Rulebook
from triage.errors import RefusalError
from triage.service import corrections
from triage.service.corrections import Trial


def tell(found: Sequence[Kept]) -> None:
    """Print corrections as a table, counts first."""
    counts = Counter((one.correction.field.value, one.correction.category) for one in found)
    print_table(
        ("field", "category", "corrections"),
        [(field, category, count) for (field, category), count in counts.most_common()],
        empty="No corrections.",
    )
    if not found:
        return
    typer.echo()
    print_table(
        ("ticket", "at", "field", "decided", "said", "rule", "rules", "by", "subject"),
        [
            (
                one.correction.ticket,
                one.correction.at,
                one.correction.field,
                one.correction.decided,
                one.correction.said,
                one.correction.rule,
                one.correction.rules,
                one.correction.actor,
                one.subject,
            )
            for one in found
        ],
    )


def tell_as_json(found: Sequence[Kept]) -> None:
    """Print corrections as JSON, one a line."""
    print_json(as_json(one) for one in found)


def as_json(one: Kept) -> dict[str, Any]:
    """Give a correction with its example as JSON values."""
    correction = one.correction
    return {
        "ticket": correction.ticket,
        "mail": correction.mail_id,
        "field": correction.field.value,
        "decided": correction.decided,
        "said": correction.said,
        "rule": correction.rule,
        "rules": correction.rules,
        "category": correction.category,
        "at": correction.at,
        "by": correction.actor,
        "subject": one.subject,
        "text": one.text,
        "attachments": list(one.attachments),
    }


def export(found: Sequence[Kept], file: Path) -> None:
    """Write a new file of examples. Raises RefusalError where it is there or cannot be written."""
    placed = sum(has_place(one.correction) for one in found)
    try:
        # What people wrote is nobody else's to read, however well it is hidden whose it is.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(as_toml(found))
    except FileExistsError:
        raise RefusalError(f"{file} is there already; name a new file.") from None
    except OSError as error:
        raise RefusalError(f"{file} cannot be written: {error.strerror}.") from None
    typer.echo(f"{file}: {plural(placed, 'example')}.")
    if placed < len(found):
        left = plural(len(found) - placed, "correction")
        typer.echo(f"{left} of verdicts left out: no examples stand beside the weights.", err=True)


def try_rules(service: App, rules: Rulebook, since: datetime | None) -> int:
    """Say what other rules make of the corrections; gives how many they break that were right before."""
    trials = list(corrections.try_rules(service.database, service.means.rules, rules, since))
    words = {
        (False, True): "now right",
        (True, False): "broken",
        (False, False): "still wrong",
        (True, True): "right",
    }
    counts = Counter(words[one.was_right, one.is_right] for one in trials)
    print_table(
        ("corrections", "how many"),
        [(word, counts[word]) for word in words.values()],
    )
    changed = [one for one in trials if not (one.was_right and one.is_right)]
    if changed:
        typer.echo()
        print_table(
            ("ticket", "result", "field", "said", "before", "after"),
            [_line(one, words[one.was_right, one.is_right]) for one in sorted(changed, key=_order)],
        )
    return counts["broken"]


def _order(one: Trial) -> tuple[bool, bool]:
    """Put first what is broken, then what is now right, then what is still wrong."""
    return not one.was_right, not one.is_right


def _line(one: Trial, result: str) -> tuple[str, ...]:
    correction = one.correction
    return correction.ticket, result, correction.field.value, correction.said, one.before, one.after
