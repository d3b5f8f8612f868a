"""Finding a queue by the operator's own rules and by the directory of units."""

from collections.abc import Iterator

from triage.core.decision import How
from triage.core.reasons import Reason
from triage.core.routequestion import Answer, Question, miss
from triage.core.routingrules import Rank, try_rules
from triage.core.units import UnitBy, UnitFact


def by_early_rule(question: Question) -> Answer | None:
    """Follow the operator's rules that stand above the tag."""
    return _by_rules(question, Rank.BEFORE_TAG)


def by_rule(question: Question) -> Answer | None:
    """Follow the operator's rules that speak where no tag does."""
    return _by_rules(question, Rank.AFTER_TAG)


def _by_rules(question: Question, rank: Rank) -> Answer | None:
    tried = try_rules(question.rules, rank, question.case) if question.case else None
    return Answer(tried.queue, tried.reason) if tried else None


def by_unit(question: Question) -> Answer | None:
    """Follow the treasury of the unit that the address or the domain of the sender belongs to."""
    unit = question.facts.unit
    return _of_unit(question, unit) if unit and unit.by is not UnitBy.CODE else None


def by_unit_code(question: Question) -> Answer | None:
    """Follow the treasury of the unit whose number stands in the mail: anybody may name it."""
    unit = question.facts.unit
    return _of_unit(question, unit) if unit and unit.by is UnitBy.CODE else None


def _of_unit(question: Question, unit: UnitFact) -> Answer:
    found = question.directory.lookup(unit.treasury) if unit.treasury else None
    told = f"{unit.name} ({unit.code})" if unit.code else unit.name
    if found is None:
        return miss(
            "route_unit_without_treasury",
            f"Danh bạ biết đơn vị {told} nhưng chưa ghi kho bạc phụ trách.",
            f"The directory knows the unit {told}, not its treasury.",
        )
    return Answer(
        found.queue,
        Reason(
            f"route_unit_{unit.by.value}",
            f"Theo danh bạ, đơn vị {told} giao dịch tại {found.treasury.full_name}.",
            f"By the directory, the unit {told} deals with {found.treasury.full_name}.",
        ),
    )


def contradictions(question: Question, queue: str, how: How) -> Iterator[Reason]:
    """Say so where the tag leads elsewhere than the directory of units; the tag still decides."""
    unit = question.facts.unit
    if how is not How.SUBJECT or unit is None or unit.by is UnitBy.CODE or not unit.treasury:
        return
    found = question.directory.lookup(unit.treasury)
    if found and found.queue != queue:
        yield Reason(
            "tag_contradicts_unit",
            f"Mã trong tiêu đề dẫn tới {queue}, còn theo danh bạ đơn vị {unit.name} giao dịch tại "
            f"{found.treasury.full_name}; cần hỏi lại.",
            f"The tag leads to {queue}; by the directory the unit {unit.name} deals with "
            f"{found.treasury.full_name}. To be asked.",
        )
