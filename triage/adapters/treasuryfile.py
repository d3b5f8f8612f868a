"""Reads rules/treasuries.toml: provinces, their offices, the central treasury."""

from collections.abc import Iterator
from pathlib import Path

from triage.adapters.ruletables import RuleTable, read_table
from triage.core.address import can_be_answered
from triage.core.compose import can_stand_in_header
from triage.core.text import fold
from triage.core.treasuries import CENTRAL_QUEUE, Level, Treasury, TreasuryDirectory

_CODE_LENGTH = 4
_RESERVED_QUEUES = frozenset({"unrouted", "security"})


def read_treasuries(file: Path) -> TreasuryDirectory:
    """Read the directory; RulesError names the file and the entry or code at fault."""
    root = read_table(file)
    central = tuple(_offices(root, root.table("central"), Level.CENTRAL, ""))
    provinces = tuple(_province(table) for table in root.tables("province"))
    by_name = {one.province for one in provinces}
    offices: list[Treasury] = []
    groups = root.table("offices")
    for name in groups.values:
        if name not in by_name:
            raise groups.wrong(f'"{name}"', "names a province that has no [[province]] entry")
        offices += _offices(root, groups.table(name), Level.OFFICE, name)
    names = root.table("queue_names")
    queue_names = {queue: names.text(queue) for queue in names.values}
    root.done()
    everything = (*central, *provinces, *offices)
    _check_unique(root, everything)
    lost = next((queue for queue in queue_names if all(one.queue != queue for one in everything)), None)
    if lost:
        raise names.wrong(lost, "names a queue that no treasury leads to")
    return TreasuryDirectory(everything, queue_names)


def _province(table: RuleTable) -> Treasury:
    name = table.text("name")
    table.entry = f"province “{name}”"
    code = table.text("code", "")
    if code:
        _check_code(table, "code", code)
    queue = table.text("queue", code)
    if not code and queue:
        raise table.wrong("queue", "needs a code beside it")
    if queue in _RESERVED_QUEUES:
        raise table.wrong("queue", f"must not be “{queue}”, a queue of the service itself")
    province = Treasury(
        code=code,
        name=table.text("treasury", f"KBNN {name}"),
        province=name,
        level=Level.PROVINCE,
        queue=queue,
        successor=table.text("successor", "") or None,
        region=table.text("region", "") or None,
        valid_from=table.day_or_none("valid_from"),
        valid_to=table.day_or_none("valid_to"),
        aliases=(name, *table.texts("aliases")),
        domains=tuple(domain.lower() for domain in table.texts("domains")),
        not_after=frozenset(fold(text) for text in table.texts("not_after")),
        not_before=frozenset(fold(text) for text in table.texts("not_before")),
        coordinator=_coordinator(table),
    )
    table.done()
    return province


def _coordinator(table: RuleTable) -> str:
    address = table.text("coordinator", "").lower()
    if address and not (can_be_answered(address) and can_stand_in_header(address)):
        raise table.wrong("coordinator", f"must be a mail address, not “{address}”")
    return address


def _offices(root: RuleTable, table: RuleTable, level: Level, province: str) -> Iterator[Treasury]:
    queue = CENTRAL_QUEUE if level is Level.CENTRAL else ""
    for code in table.values:
        _check_code(root, table.inner(code), code)
        yield Treasury(code, table.text(code), province, level, queue)


def _check_code(table: RuleTable, key: str, code: str) -> None:
    if len(code) != _CODE_LENGTH or not code.isascii() or not code.isdigit():
        raise table.wrong(key, f"must be four digits, not “{code}”")


def _check_unique(root: RuleTable, treasuries: tuple[Treasury, ...]) -> None:
    codes: dict[str, str] = {}
    domains: dict[str, str] = {}
    names: set[str] = set()
    for one in treasuries:
        if one.code in codes:
            raise root.wrong(f"code {one.code}", f"stands twice: {codes[one.code]} and {one.name}")
        if one.code:
            codes[one.code] = one.name
        if one.level is Level.PROVINCE and one.province in names:
            raise root.wrong(f"province “{one.province}”", "stands twice")
        names.add(one.province if one.level is Level.PROVINCE else "")
        for domain in one.domains:
            if domain in domains:
                raise root.wrong(f"domain {domain}", f"stands twice: {domains[domain]} and {one.name}")
            domains[domain] = one.name
