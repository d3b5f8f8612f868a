"""The examples beside routing rules and categories, tried: each must do what it says of itself."""

from collections.abc import Iterator
from dataclasses import replace

from triage.core.category import categorise
from triage.core.conditions import Case
from triage.core.mail import Address, Attachment, Mail
from triage.core.parse import read_mail
from triage.core.routingrules import Example, RoutingRule
from triage.core.rules import Rulebook
from triage.core.subject import read_subject
from triage.core.units import UnitBy, UnitFact, UnitSort


def count(rules: Rulebook) -> int:
    """Give how many examples there are."""
    routing = sum(len(one.examples) for one in rules.routing)
    return routing + sum(len(one.examples) for one in rules.categories)


def failures(rules: Rulebook) -> Iterator[str]:
    """Give one sentence for each example that does not do what it should."""
    yield from _of_routing(rules)
    yield from _of_categories(rules)


def _of_categories(rules: Rulebook) -> Iterator[str]:
    for category in rules.categories:
        for number, one in enumerate(category.examples, 1):
            where = f"rules/categories.toml: example {number} of “{category.id}”"
            mail = _mail(Example("", one.subject, one.text, one.applies, one.attachments))
            found = categorise(mail, rules.categories).category
            if (found == category.id) != one.applies:
                wrong = f"is taken for “{found}”" if one.applies else "must not be taken for it and is"
                yield f"{where} {wrong}."


def _of_routing(rules: Rulebook) -> Iterator[str]:
    for rule in rules.routing:
        for number, example in enumerate(rule.examples, 1):
            where = f"rules/routing/{rule.file}: example {number} of “{rule.name}”"
            case = _case(example, rules)
            holds = rule.when.holds(case) is not None
            if holds != example.applies:
                wrong = "must apply and does not" if example.applies else "must not apply and does"
                yield f"{where} {wrong}."
            elif holds and (earlier := _earlier(rule, rules, case)):
                yield f"{where} never gets its turn: “{earlier.name}” stands before it and applies."


def _earlier(rule: RoutingRule, rules: Rulebook, case: Case) -> RoutingRule | None:
    same = (one for one in rules.routing if one.rank is rule.rank)
    first = next(one for one in same if one is rule or one.when.holds(case) is not None)
    return None if first is rule else first


def _case(example: Example, rules: Rulebook) -> Case:
    mail = _mail(example)
    unit = None
    if example.unit_class in set(UnitSort):
        unit = UnitFact(0, "", "", "", UnitSort(example.unit_class), "", UnitBy.ADDRESS)
    category = example.category or categorise(mail, rules.categories).category
    return Case(mail, read_subject(mail.subject, rules.treasuries), None, category, None, unit)


def _mail(example: Example) -> Mail:
    parts = tuple(
        Attachment(name, "application/octet-stream", size=0, inline=False, content_id="", part=at)
        for at, name in enumerate(example.attachments)
    )
    return replace(
        read_mail(b""),
        senders=(Address("", example.sender),),
        subject=example.subject,
        text=example.text,
        new_text=example.text,
        attachments=parts,
    )
