"""rules/weights.toml: the whole table of weights, and one sentence for each mistake in it."""

from pathlib import Path

import pytest
from support import trust_docs
from support.office import MONDAY

from triage.adapters.rulefiles import load_rulebook
from triage.adapters.weightsfile import checks_known, read_weights
from triage.core.decide import decide
from triage.core.decision import Severity, Verdict
from triage.core.facts import Facts
from triage.core.parse import read_mail
from triage.errors import RulesError

RULES = Path(__file__).parents[2] / "rules"

START = 'version = 3\n[verdicts]\nimpersonation = "high"\nsuspicious = "medium"\n'

SHORTENED = (
    b"From: Nga <nga@truong.example>\r\nTo: hotrocntt@vst.gov.vn\r\nMessage-ID: <1@truong.example>\r\n"
    b"Subject: [0010#DVC] Hoi\r\nDate: Mon, 16 Nov 2026 09:00:00 +0700\r\n\r\n"
    b"Don vi xem mau tai https://bit.ly/abc nhung khong thay.\r\n"
)


def written(folder: Path, text: str) -> Path:
    file = folder / "weights.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_check_of_the_program_has_its_weights() -> None:
    lacking = trust_docs.declared() - checks_known()
    assert not lacking, f"{sorted(lacking)}: give each a row in rules/weights.toml"
    assert checks_known() <= trust_docs.declared()


def test_every_grade_that_an_example_shows_stands_in_the_file() -> None:
    weights = read_weights(RULES / "weights.toml")
    shown = {
        (found.check, found.severity)
        for examples in trust_docs.SECTIONS.values()
        for example in examples.values()
        for found in trust_docs._judge(example)[0]
    } | {(found.check, found.severity) for _, _, found in trust_docs.host_findings()}
    lacking = sorted(f"{check} {grade.value}" for check, grade in shown - set(weights.of))
    assert not lacking, f"{lacking}: give each its weight in rules/weights.toml"


def test_the_file_is_read_whole(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        START
        + '[weights]\nURGENCY = { info = "low" }\n[[together]]\nbase = "URGENCY"\nothers = ["SECRECY"]\n'
        'weight = "high"\nwhy = "vì"\nwhy_en = "because"\n',
    )
    weights = read_weights(file)
    assert (weights.version, weights.of) == (3, {("URGENCY", Severity.INFO): Severity.LOW})
    assert weights.together[0].others == {"SECRECY"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (START.replace("high", "grave"), "verdicts.impersonation must be one of .*not “grave”"),
        (START.replace("medium", "critical"), "verdicts.suspicious must not weigh more"),
        (START.replace("version = 3\n", ""), "version is missing"),
        (START + '[weights]\nURGENT = { info = "low" }\n', "weights.URGENT names no check"),
        (START + '[weights]\nURGENCY = { loud = "low" }\n', "URGENCY.loud is no grade"),
        (START + '[weights]\nURGENCY = { info = "loud" }\n', "URGENCY.info must be one of"),
        (START + '[[together]]\nbase = "X"\nothers = []\nweight = "low"\n', "together no. 1.base names no"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RulesError, match=said):
        read_weights(written(tmp_path, text))


def test_an_edited_weight_changes_the_verdict_and_the_decision_names_its_version(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in RULES.glob("*.toml"):
        (rules / file.name).write_bytes(file.read_bytes())
    before = decide(read_mail(SHORTENED), Facts(), load_rulebook(rules), MONDAY).sender
    text = (RULES / "weights.toml").read_text(encoding="utf-8").replace("version = 1", "version = 2", 1)
    (rules / "weights.toml").write_text(
        text.replace('LINK_SHORTENER = { low = "low"', 'LINK_SHORTENER = { low = "high"'), encoding="utf-8"
    )
    after = decide(read_mail(SHORTENED), Facts(), load_rulebook(rules), MONDAY).sender
    assert (before.verdict, after.verdict) == (Verdict.ORDINARY, Verdict.IMPERSONATION)
    assert (before.version, after.version) == (1, 2)
