"""Answers explain and check-sender in their plain forms, which scripts call once a mail, without Typer.

Typer takes longer to load than a mail takes to be decided. What these forms do not cover is left to the
commands as they are: help, other options, a mistake.
"""

import os
from collections.abc import Sequence
from pathlib import Path

COMPLETION = "_TRIAGE_COMPLETE"
"""Set by the shell where it asks what might be written next."""

_EXPLAIN = frozenset({"--json", "--english", "--mask"})
_CHECK_SENDER = frozenset({"--json"})


def answers_outright(arguments: Sequence[str]) -> bool:
    """Do what is asked and say so, or do nothing at all and leave it to the command. Raises TriageError."""
    if COMPLETION in os.environ:
        return False
    config: Path | None = None
    words = list(arguments)
    if words[:1] == ["--config"] and len(words) > 1:
        config, words = Path(words[1]), words[2:]
    match words:
        case ["explain", *rest] if paths := _given(rest, _EXPLAIN):
            from triage.cli.asking import rules_of
            from triage.cli.explanations import explain_mails

            explain_mails(
                paths,
                rules_of(config),
                json="--json" in rest,
                english="--english" in rest,
                hidden="--mask" in rest,
            )
        case ["check-sender", *rest] if senders := _given(rest, _CHECK_SENDER):
            from triage.cli.judgements import judge_senders

            judge_senders(senders, config, json="--json" in rest)
        case _:
            return False
    return True


def _given(words: Sequence[str], switches: frozenset[str]) -> list[str]:
    """Give the arguments beside the switches; none where anything else is asked."""
    given = [word for word in words if word not in switches]
    return [] if any(word.startswith("-") and word != "-" for word in given) else given
