"""Reads the files below rules/ into one Rulebook; every mistake is one sentence that names file and entry."""

import hashlib
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.adapters.answerfiles import read_answers
from triage.adapters.contentfile import read_content_rules
from triage.adapters.protectedfile import load_protected, public_suffixes
from triage.adapters.routingfiles import read_routing
from triage.adapters.ruletables import RuleTable, clock_time, read_table
from triage.adapters.treasuryfile import read_treasuries
from triage.adapters.vietnamdays import DaysOff, WorkedDays
from triage.adapters.weightsfile import read_weights
from triage.core.authentication import Gateway
from triage.core.calendar import WorkCalendar
from triage.core.category import OTHER, Category, CategoryExample
from triage.core.decision import Part
from triage.core.letters import holds_link
from triage.core.namechecks import name_checks
from triage.core.rules import Office, ReplyPolicy, Rulebook, TrustRules
from triage.core.text import one_line
from triage.errors import RulesError

_DIGEST_LENGTH = 12


def load_rulebook(folder: Path) -> Rulebook:
    """Load all rules of a folder. Raises RulesError with one sentence for the first mistake found."""
    if not folder.is_dir():
        raise RulesError(f"{folder}: there is no such folder of rules.")
    treasuries = read_treasuries(folder / "treasuries.toml")
    return Rulebook(
        digest=digest_of(folder),
        office=_read_office(folder / "office.toml"),
        replies=_read_replies(folder / "replies.toml"),
        treasuries=treasuries,
        categories=_read_categories(folder / "categories.toml"),
        calendar=_read_calendar(folder / "calendar.toml"),
        trust=_read_trust(folder),
        routing=read_routing(folder / "routing", treasuries),
        answers=read_answers(folder / "answers"),
    )


def digest_of(folder: Path) -> str:
    """Give twelve hexadecimal digits over the name and the bytes of every file below a folder.

    Hidden files and backups of editors (``name~``) do not count.
    """
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if any(part.startswith(".") or part.endswith("~") for part in name.parts) or not file.is_file():
            continue
        try:
            content = file.read_bytes()
        except OSError as error:
            raise RulesError(f"{file}: cannot be read: {error.strerror}.") from error
        for piece in (name.as_posix().encode("utf-8", "surrogateescape"), content):
            total.update(len(piece).to_bytes(8, "big") + piece)
    return total.hexdigest()[:_DIGEST_LENGTH]


def _read_office(file: Path) -> Office:
    root = read_table(file)
    office = Office(
        name=root.text("name"),
        address=_address(root, "address", root.text("address")),
        aliases=_addresses(root, "aliases"),
        misprints=_addresses(root, "misprints"),
        switchboard=root.text("switchboard"),
        extensions=root.texts("extensions"),
    )
    root.done()
    return office


def _read_trust(folder: Path) -> TrustRules:
    protected = load_protected(folder / "protected.toml")
    return TrustRules(
        protected=protected,
        content=read_content_rules(folder / "content.toml"),
        names=name_checks(protected, public_suffixes()),
        gateway=_read_gateway(folder / "gateway.toml"),
        weights=read_weights(folder / "weights.toml"),
    )


def _read_gateway(file: Path) -> Gateway:
    root = read_table(file)
    gateway = Gateway(
        names=frozenset(name.lower() for name in root.texts("names")),
        hosts=frozenset(name.lower() for name in root.texts("hosts")),
        nameless=root.flag("nameless", default=False),
        below_received=root.flag("below_received", default=False),
    )
    root.done()
    return gateway


def _addresses(table: RuleTable, key: str) -> frozenset[str]:
    return frozenset(_address(table, key, text) for text in table.texts(key))


def _address(table: RuleTable, key: str, text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (local and at and "." in domain) or any(char.isspace() for char in text):
        raise table.wrong(key, f"must be a mail address, not “{text}”")
    return text.lower()


def _read_replies(file: Path) -> ReplyPolicy:
    root = read_table(file)
    policy = ReplyPolicy(
        letters_per_hour=root.whole("letters_per_hour", 0, 1000),
        domain_per_hour=root.whole("domain_per_hour", 0, 100_000),
        ticket_per_day=root.whole("ticket_per_day", 0, 1000),
        reopen_days=root.whole("reopen_days", 0, 3650),
        verifications_per_hour=root.whole("verifications_per_hour", 0, 1000),
        acknowledge_suspicious=root.flag("acknowledge_suspicious", default=False),
        withhold_from_spam=root.flag("withhold_from_spam", default=True),
    )
    root.done()
    return policy


def _read_categories(file: Path) -> tuple[Category, ...]:
    root = read_table(file)
    categories = tuple(_category(table) for table in root.tables("category"))
    root.done()
    ids = [category.id for category in categories]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice:
        raise root.wrong(f"category “{twice}”", "stands twice")
    if OTHER not in ids:
        raise root.wrong("category", f"must have an entry with id “{OTHER}”, for mail that nothing else fits")
    return categories


def _category(table: RuleTable) -> Category:
    name = table.text("id")
    table.entry = f"category “{name}”"
    category = Category(
        id=name,
        name_vi=table.text("name_vi"),
        name_en=table.text("name_en"),
        priority=table.whole("priority", 1, 5),
        escalate=table.flag("escalate", default=False),
        phrases=table.texts("phrases"),
        hints=table.texts("hints"),
        needs=_needs(table),
        advice=_advice(table),
        examples=tuple(_example(one) for one in table.tables("example")),
    )
    table.done()
    return category


def _example(table: RuleTable) -> CategoryExample:
    example = CategoryExample(
        subject=table.text("subject", ""),
        text=table.text("text", ""),
        applies=table.flag("applies", default=True),
        attachments=table.texts("attachments"),
    )
    table.done()
    return example


def _needs(table: RuleTable) -> tuple[Part, ...]:
    known = tuple(part.value for part in Part)
    named = table.texts("needs", known)
    wrong = next((one for one in named if one not in known), None)
    if wrong:
        raise table.wrong("needs", f"may hold {', '.join(known)}, not “{wrong}”")
    return tuple(part for part in Part if part.value in named)


def _advice(table: RuleTable) -> str:
    advice = one_line(table.text("advice", ""))
    if holds_link(advice):
        raise table.wrong("advice", "must hold no link: letters have none")
    return advice


def _read_calendar(file: Path) -> WorkCalendar:
    root = read_table(file)
    zone = _zone(root)
    hours = tuple(_span(root, text) for text in root.texts("office_hours", None))
    off, worked = _own_days(root)
    root.done()
    try:
        return WorkCalendar(
            zone=zone,
            office_hours=hours,
            days_off=DaysOff(off, worked),
            working_days=WorkedDays(worked, frozenset(off)),
        )
    except ValueError as error:
        raise root.wrong("office_hours", f"cannot be used: {error}") from error


def _zone(root: RuleTable) -> ZoneInfo:
    name = root.text("zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise root.wrong("zone", f"must be a time zone such as Asia/Ho_Chi_Minh, not “{name}”") from error


def _span(root: RuleTable, text: str) -> tuple[time, time]:
    opens, _, closes = text.partition("-")
    return clock_time(root, "office_hours", opens), clock_time(root, "office_hours", closes)


def _own_days(root: RuleTable) -> tuple[dict[date, str], frozenset[date]]:
    """Read the days that stand above the library: off with their names, and worked."""
    off: dict[date, str] = {}
    worked: set[date] = set()
    for table in root.tables("day"):
        day = table.day("date")
        if day in off or day in worked:
            raise table.wrong("date", f"{day:%Y-%m-%d} stands twice")
        name = table.text("name")
        if table.flag("worked", default=False):
            worked.add(day)
        else:
            off[day] = name
        table.done()
    return off, frozenset(worked)
