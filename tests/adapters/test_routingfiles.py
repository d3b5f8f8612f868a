"""rules/routing: rules are read in order, tried in order, and every mistake is one sentence."""

from pathlib import Path

import pytest
from support.commands import triage
from support.office import MONDAY, request

from triage.adapters.routingfiles import read_routing
from triage.adapters.rulefiles import load_rulebook
from triage.core.decide import decide
from triage.core.decision import Decision, How
from triage.core.facts import Facts
from triage.core.parse import read_mail
from triage.core.ruleexamples import failures
from triage.core.rules import Rulebook
from triage.core.units import UnitBy, UnitFact, UnitSort
from triage.errors import RulesError

RULES = Path(__file__).parents[2] / "rules"
CONTRACTS = """
[[rule]]
name = "Hợp đồng"
queue = "0160"
when = { field = "subject", says = ["hợp đồng phần mềm"] }
[[rule.example]]
subject = "Về hợp đồng phần mềm"
[[rule.example]]
subject = "Về hợp đồng"
applies = false
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    (rules / "routing").mkdir(parents=True)
    for file in RULES.glob("*.toml"):
        (rules / file.name).write_bytes(file.read_bytes())
    return rules


def written(folder: Path, text: str, name: str = "20-own.toml") -> Rulebook:
    (folder / "routing" / name).write_text(text, encoding="utf-8")
    return load_rulebook(folder)


def decided(rules: Rulebook, subject: str, text: str = "Xin hỏi.", facts: Facts | None = None) -> Decision:
    return decide(read_mail(request(subject, text=text)), facts or Facts(), rules, MONDAY)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.route.reasons]


def test_the_examples_of_the_shipped_rules_hold() -> None:
    rules = load_rulebook(RULES)
    assert rules.routing
    assert all(rule.examples for rule in rules.routing)
    assert not list(failures(rules))


def test_a_rule_routes_what_no_tag_decides_and_says_why(folder: Path) -> None:
    rules = written(folder, CONTRACTS)
    found = decided(rules, "Về hợp đồng phần mềm kế toán")
    assert (found.route.queue, found.route.how) == ("0160", How.RULE)
    assert "Hợp đồng" in found.route.reasons[-1].vi
    assert decided(rules, "[0010#DVC] Về hợp đồng phần mềm").route.queue == "0010"
    assert "route_no_rule" in codes(decided(rules, "Về việc khác"))


def test_a_rule_may_stand_above_the_tag_and_never_above_the_thread(folder: Path) -> None:
    rules = written(folder, CONTRACTS.replace('queue = "0160"', 'queue = "0160"\nrank = "before_tag"'))
    assert decided(rules, "[0010#DVC] Về hợp đồng phần mềm").route.queue == "0160"


def test_the_first_rule_that_applies_wins_by_the_order_of_files(folder: Path) -> None:
    written(folder, CONTRACTS, "20.toml")
    rules = written(folder, CONTRACTS.replace("0160", "3110").replace('"Hợp đồng"', '"Trước"'), "10.toml")
    assert decided(rules, "Về hợp đồng phần mềm").route.queue == "3110"
    assert any("never gets its turn" in sentence for sentence in failures(rules))


def test_an_example_that_lies_fails_the_command(folder: Path) -> None:
    written(folder, CONTRACTS.replace("Về hợp đồng phần mềm", "Về việc khác"))
    done = triage("rules", "test", folder)
    assert done.returncode == 1
    assert "20-own.toml: example 1 of “Hợp đồng” must apply and does not." in done.stderr
    assert triage("rules", "test", RULES).returncode == 0


def unit(by: UnitBy, treasury: str = "0160") -> Facts:
    return Facts(unit=UnitFact(7, "1234567", "Trường A", treasury, UnitSort.BUDGET, "", by))


@pytest.mark.parametrize("by", UnitBy)
def test_the_directory_of_units_routes_what_has_no_tag(by: UnitBy) -> None:
    found = decided(load_rulebook(RULES), "Xin hỏi", facts=unit(by))
    assert (found.route.queue, found.route.how) == ("0160", How.UNIT)
    assert found.route.reasons[-1].code == f"route_unit_{by.value}"


def test_a_tag_that_contradicts_the_directory_decides_and_the_contradiction_is_told() -> None:
    rules = load_rulebook(RULES)
    found = decided(rules, "[0010#DVC] Xin hỏi", facts=unit(UnitBy.ADDRESS))
    assert found.route.queue == "0010"
    assert codes(found)[-1] == "tag_contradicts_unit"
    same = decided(rules, "[0160#DVC] Xin hỏi", facts=unit(UnitBy.ADDRESS))
    assert "tag_contradicts_unit" not in codes(same)
    assert "tag_contradicts_unit" not in codes(decided(rules, "[0010#DVC] Hỏi", facts=unit(UnitBy.CODE)))


def test_a_unit_without_a_known_treasury_leaves_the_search_open() -> None:
    found = decided(load_rulebook(RULES), "Xin hỏi", "Chúng tôi ở tỉnh Long An.", unit(UnitBy.ADDRESS, ""))
    assert "route_unit_without_treasury" in codes(found)
    assert (found.route.queue, found.route.how) == ("0510", How.BODY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CONTRACTS.replace("0160", "0161"), "rule “Hợp đồng”.queue “0161” is no queue; known are 0010"),
        (CONTRACTS.replace("subject", "betreff", 1), "field “betreff” is unknown; known are subject, text"),
        (CONTRACTS.replace(', says = ["hợp đồng phần mềm"]', ""), "exactly one of says, is, ends, given"),
        (CONTRACTS.replace('["hợp đồng phần mềm"]', "[]"), "says must not be empty"),
        (CONTRACTS.replace('queue = "0160"', 'queue = "0160"\nrank = "first"'), "rank must be one of"),
        (CONTRACTS + CONTRACTS, "rule “Hợp đồng” has a name that stands twice"),
        (CONTRACTS.replace("queue", "queues", 1), "queue is missing"),
        (
            CONTRACTS.replace('{ field = "subject"', "{ all = [], field = 'subject'"),
            "all must hold at least one condition",
        ),
        (
            CONTRACTS.replace(
                '{ field = "subject", says = ["hợp đồng phần mềm"] }', "{ not = " * 6 + "{}" + "}" * 6
            ),
            "stands deeper than 5 levels",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_rule(folder: Path, text: str, said: str) -> None:
    with pytest.raises(RulesError, match=said):
        written(folder, text)


def test_a_folder_without_routing_rules_is_no_mistake(tmp_path: Path) -> None:
    assert read_routing(tmp_path / "routing", load_rulebook(RULES).treasuries) == ()
