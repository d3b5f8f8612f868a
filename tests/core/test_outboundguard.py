"""What an answer may not hold, in two tables: sentences that are stopped, and such that pass."""

from pathlib import Path

import pytest
from support.office import RULES

from triage.adapters.rulefiles import load_rulebook
from triage.core.outboundguard import Stop, objections

HERE = Path(__file__).parent
TRUST = load_rulebook(RULES).trust


def table(name: str) -> list[tuple[str, str]]:
    lines = (HERE / f"answers_{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return [(first, text.replace("\\n", "\n")) for first, _, text in rows]


@pytest.mark.parametrize(("stop", "text"), table("stopped"))
def test_an_answer_is_stopped_that_asks_links_or_gives_away(stop: str, text: str) -> None:
    found = objections(text, TRUST)
    assert stop in {one.stop.value for one in found}


@pytest.mark.parametrize(("subject", "text"), table("passed"))
def test_advice_and_ordinary_help_pass(subject: str, text: str) -> None:
    assert objections(text, TRUST) == (), subject


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert len(table("stopped")) >= 40
    assert len(table("passed")) >= 40


def test_the_words_that_gave_the_reason_are_named_and_a_secret_is_not() -> None:
    text = "Chào đơn vị.\n\nVui lòng cài AnyDesk.\n\nMật khẩu mới: Hoamai@2024x"
    found = {one.stop: one.words for one in objections(text, TRUST)}
    assert found[Stop.REMOTE] == "Vui lòng cài AnyDesk."
    assert found[Stop.SECRET] == "password"
    assert "Hoamai" not in str(found)


@pytest.mark.parametrize("text", ["", " \n", "a" * 60_000, "gửi mật khẩu " * 4_000, "nếu không " * 5_000])
def test_any_text_is_judged(text: str) -> None:
    objections(text, TRUST)
