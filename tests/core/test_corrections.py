"""Which acts of people are corrections of what was decided, and how they become examples."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.office import shipped_rules

from triage.core.category import CategoryExample
from triage.core.conditions import Case, Says
from triage.core.corrections import Correction, Field, PersonsAct, corrections_of
from triage.core.exampletoml import Kept, as_toml
from triage.core.parse import read_mail
from triage.core.routingrules import Rank, RoutingRule, try_rules
from triage.core.ruleexamples import failures
from triage.core.subject import read_subject

NOON = datetime(2026, 11, 16, 5, tzinfo=UTC)
DECIDED = {
    "rules": "abc",
    "category": "login",
    "route": {"queue": "0010", "how": "subject"},
    "sender": {
        "verdict": "suspicious",
        "findings": [
            {"check": "reply_to", "severity": "low"},
            {"check": "lookalike_domain", "severity": "high"},
        ],
    },
    "reasons": [],
}
Acts = tuple[tuple[str, dict[str, Any]], ...]
Told = dict[Field, tuple[str, str]]

TABLE: tuple[tuple[str, Acts, Told], ...] = (
    ("nothing done", (), {}),
    (
        "another category",
        (("categorised", {"before": "login", "after": "signature"}),),
        {Field.CATEGORY: ("login", "signature")},
    ),
    (
        "corrected twice counts once, as said last",
        (("categorised", {"after": "signature"}), ("categorised", {"after": "certificate"})),
        {Field.CATEGORY: ("login", "certificate")},
    ),
    ("corrected back", (("categorised", {"after": "signature"}), ("categorised", {"after": "login"})), {}),
    ("another queue", (("rerouted", {"after": "3110"}),), {Field.TREASURY: ("0010", "3110")}),
    (
        "an undone act",
        (("rerouted", {"after": "3110"}), ("undone", {"before": {}, "after": {"queue": "0010"}})),
        {},
    ),
    ("undone, of something else", (("undone", {"after": {"assignee": None}}),), {}),
    ("released", (("released", {"after": "0010"}),), {Field.VERDICT: ("suspicious", "ordinary")}),
    ("confirmed", (("confirmed_impostor", {}),), {Field.VERDICT: ("suspicious", "impersonation")}),
    (
        "all three",
        (("released", {}), ("categorised", {"after": "other"}), ("rerouted", {"after": "central"})),
        {
            Field.VERDICT: ("suspicious", "ordinary"),
            Field.CATEGORY: ("login", "other"),
            Field.TREASURY: ("0010", "central"),
        },
    ),
)


def found(acts: Acts, document: dict[str, Any] = DECIDED) -> list[Correction]:
    done = [
        PersonsAct(NOON + timedelta(minutes=at), "lan", verb, data) for at, (verb, data) in enumerate(acts)
    ]
    return corrections_of("SD261116-000001", 1, document, document, done)


@pytest.mark.parametrize(("name", "acts", "told"), TABLE, ids=[one[0] for one in TABLE])
def test_the_last_word_of_a_person_is_compared_with_the_decision(name: str, acts: Acts, told: Told) -> None:
    assert {one.field: (one.decided, one.said) for one in found(acts)} == told, name


@pytest.mark.parametrize("verdict", ["trusted", "ordinary"])
def test_a_release_of_whom_the_rules_did_not_doubt_is_no_correction(verdict: str) -> None:
    document = {**DECIDED, "sender": {"verdict": verdict, "findings": []}}
    assert found((("released", {}),), document) == []
    [one] = found((("confirmed_impostor", {}),), document)
    assert (one.decided, one.rule) == (verdict, "check: none")


def test_it_is_said_which_rule_decided() -> None:
    acts: Acts = (("categorised", {"after": "x"}), ("rerouted", {"after": "x"}), ("released", {}))
    assert {one.field: one.rule for one in found(acts)} == {
        Field.CATEGORY: "categories.toml: login",
        Field.TREASURY: "route: subject",
        Field.VERDICT: "check: lookalike_domain",
    }


def test_a_routing_rule_is_known_by_the_reason_that_it_left() -> None:
    rule = RoutingRule("Cổng (của tỉnh)", "20.toml", "3110", Rank.AFTER_TAG, Says("subject", ("lỗi",)))
    mail = replace(read_mail(b""), subject="Lỗi cổng")
    case = Case(mail, read_subject(mail.subject, shipped_rules().treasuries))
    trial = try_rules((rule,), Rank.AFTER_TAG, case)
    assert trial is not None
    document = {
        **DECIDED,
        "route": {"queue": "3110", "how": "rule"},
        "reasons": [{"code": "other", "text_en": "x"}, trial.reason.as_json()],
    }
    [one] = found((("rerouted", {"after": "0010"}),), document)
    assert one.rule == "routing: Cổng (của tỉnh)"


def kept(field: Field, rule: str = "route: body", **values: Any) -> Kept:
    one = Correction("SD261116-000001", 1, field, "login", "signature", rule, "abc", "login", NOON, "lan")
    return Kept(one, **{"subject": 'Lỗi "ký"', "text": 'Dòng một\n"""\\ dòng hai\x7f', **values})


def test_examples_are_written_as_toml_that_reads_back_alike() -> None:
    written = as_toml(
        [
            kept(Field.CATEGORY, attachments=("a.pdf",)),
            kept(Field.TREASURY),
            kept(Field.CATEGORY),
            kept(Field.TREASURY, "routing: Cổng"),
            kept(Field.VERDICT),
        ]
    )
    read = tomllib.loads(written)
    first, second = read["category"]["example"]
    text = 'Dòng một\n"""\\ dòng hai\x7f'
    assert first == {"subject": 'Lỗi "ký"', "text": text, "attachments": ["a.pdf"]}
    assert second == {"subject": 'Lỗi "ký"', "text": text}
    missed, wrong = read["rule"]["example"]
    assert missed == {"subject": 'Lỗi "ký"', "text": text, "category": "login"}
    assert wrong["applies"] is False
    assert "below rule “Cổng”" in written
    assert "lan" not in written


def test_an_example_beside_a_category_is_tried() -> None:
    rules = shipped_rules()
    examples = (
        CategoryExample("", "Không đăng nhập được, báo sai mật khẩu.", applies=True),
        CategoryExample("", "Không đăng nhập được, báo sai mật khẩu.", applies=False),
        CategoryExample("Hỏi lịch", "Khi nào có lịch?", applies=True),
    )
    [login] = [one for one in rules.categories if one.id == "login"]
    changed = tuple(replace(one, examples=examples) if one is login else one for one in rules.categories)
    assert list(failures(replace(rules, categories=changed))) == [
        "rules/categories.toml: example 2 of “login” must not be taken for it and is.",
        "rules/categories.toml: example 3 of “login” is taken for “other”.",
    ]
