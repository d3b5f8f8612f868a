"""Reads rules/routing/*.toml: the operator's own rules of routing, in the order of file names."""

from pathlib import Path

from triage.adapters.ruletables import RuleTable, read_table
from triage.core.conditions import DEEPEST, FIELDS, All, AnyOf, Condition, Ends, Given, Is, Not, Says
from triage.core.decision import SECURITY, UNROUTED
from triage.core.routingrules import Example, Rank, RoutingRule
from triage.core.treasuries import TreasuryDirectory

MOST_RULES = 500


def read_routing(folder: Path, directory: TreasuryDirectory) -> tuple[RoutingRule, ...]:
    """Read every file of the folder; none is no mistake. Raises RulesError with one sentence."""
    queues = frozenset({*directory.queues, UNROUTED, SECURITY})
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    rules = tuple(rule for file in files for rule in _file(file, queues))
    names: set[str] = set()
    for rule in rules:
        if rule.name in names:
            raise read_table(folder / rule.file).wrong(f"rule “{rule.name}”", "has a name that stands twice")
        names.add(rule.name)
    if len(rules) > MOST_RULES:
        raise read_table(files[-1]).wrong("rule", f"makes more than {MOST_RULES} rules in all")
    return rules


def _file(file: Path, queues: frozenset[str]) -> tuple[RoutingRule, ...]:
    root = read_table(file)
    rules = tuple(_rule(table, file.name, queues) for table in root.tables("rule"))
    root.done()
    return rules


def _rule(table: RuleTable, file: str, queues: frozenset[str]) -> RoutingRule:
    name = table.text("name")
    table.entry = f"rule “{name}”"
    queue = table.text("queue")
    if queue not in queues:
        raise table.wrong("queue", f"“{queue}” is no queue; known are {', '.join(sorted(queues))}")
    rank = table.text("rank", Rank.AFTER_TAG.value)
    if rank not in set(Rank):
        raise table.wrong("rank", f"must be one of {', '.join(Rank)}, not “{rank}”")
    rule = RoutingRule(
        name=name,
        file=file,
        queue=queue,
        rank=Rank(rank),
        when=_condition(table.table("when"), 1),
        examples=tuple(_example(one) for one in table.tables("example")),
    )
    table.done()
    return rule


def _condition(table: RuleTable, depth: int) -> Condition:
    if depth > DEEPEST:
        raise table.wrong("when", f"stands deeper than {DEEPEST} levels")
    condition = _joined(table, depth) or _plain(table)
    table.done()
    return condition


def _joined(table: RuleTable, depth: int) -> Condition | None:
    for key, join in (("all", All), ("any", AnyOf)):
        if key in table.values:
            parts = tuple(_condition(one, depth + 1) for one in table.tables(key))
            if not parts:
                raise table.wrong(key, "must hold at least one condition")
            return join(parts)
    return Not(_condition(table.table("not"), depth + 1)) if "not" in table.values else None


def _plain(table: RuleTable) -> Condition:
    field = table.text("field")
    if field not in FIELDS:
        raise table.wrong("field", f"“{field}” is unknown; known are {', '.join(FIELDS)}")
    asked = [key for key in ("says", "is", "ends", "given") if key in table.values]
    if len(asked) != 1:
        raise table.wrong(field, "must have exactly one of says, is, ends, given")
    if asked == ["given"]:
        return Given(field, table.flag("given", default=True))
    values = table.texts(asked[0], None)
    if not values:
        raise table.wrong(asked[0], "must not be empty")
    match asked[0]:
        case "says":
            return Says(field, values)
        case "is":
            return Is(field, values)
        case _:
            return Ends(field, tuple(value.lower() for value in values))


def _example(table: RuleTable) -> Example:
    example = Example(
        sender=table.text("from", "ketoan@truong-hoa-cuc.example"),
        subject=table.text("subject", ""),
        text=table.text("text", ""),
        applies=table.flag("applies", default=True),
        attachments=table.texts("attachments"),
        category=table.text("category", ""),
        unit_class=table.text("unit_class", ""),
    )
    table.done()
    return example
