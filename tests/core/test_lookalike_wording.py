"""Every finding about an imitated name has its sentences: one without would stop the mail that shows it."""

import importlib
import inspect
import string
from pathlib import Path

import pytest
from support.trust_docs import codes_in

from triage.core import lookalike
from triage.core.decision import Severity
from triage.core.lookalike.wording import WORDING, finding

MAKERS = [
    importlib.import_module(f"{lookalike.__name__}.{file.stem}")
    for file in sorted(Path(lookalike.__path__[0]).glob("*.py"))
    if "wording import" in file.read_text(encoding="utf-8")
]
USED = {code for module in MAKERS for code in codes_in(inspect.getsource(module))} | {
    value
    for module in MAKERS
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and set(codes_in(repr(value)))
}
"""What is written as a code in a module that makes findings, or comes to it under a name."""


def test_the_modules_that_make_findings_are_found() -> None:
    assert {one.__name__.rpartition(".")[2] for one in MAKERS} >= {"displaynames", "headers", "suffix"}
    assert {"DISPLAY_NAME_IS_ADDRESS", "REPLYTO_MISMATCH", "OFFICIAL_SENDER"} <= USED


def test_every_finding_has_its_sentences_and_every_sentence_its_finding() -> None:
    lacking = sorted(USED - set(WORDING))
    assert not lacking, f"{lacking}: give each a row in triage/core/lookalike/wording.py"
    left_over = sorted(set(WORDING) - USED)
    assert not left_over, f"{left_over}: no check makes such a finding"


@pytest.mark.parametrize("check", sorted(WORDING))
def test_a_sentence_names_nothing_that_a_finding_does_not_know(check: str) -> None:
    found = finding(check, Severity.LOW, "vst.gov.vn", "x", "x.example", spoken="Kho bạc")
    vi, en = WORDING[check]
    for sentence, told in ((vi, found.why), (en, found.why_en)):
        named = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
        assert named <= {"name", "owner"}
        assert told
        assert "{" not in told
        assert told.endswith(".")
