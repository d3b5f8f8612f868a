"""The conditions of a list in words, each with the address of the same list without it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.core.people import Person
from triage.core.rules import Rulebook
from triage.web import filters, wording
from triage.web.filters import Filters, Strange
from triage.web.shown import visible
from triage.web.templating import Words


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition; ``without`` is the address of the list that is not narrowed down by it."""

    label: str
    without: str


def chips(
    words: Words, rules: Rulebook, people: Mapping[str, Person], path: str, found: Filters
) -> Iterator[Chip]:
    """Give the conditions of a list in their order."""
    for name, value in found.pairs():
        without = path + found.without(name, value).query()
        yield Chip(_label(words, rules, people, name, value), without)


def strange(words: Words, found: tuple[Strange, ...]) -> Iterator[str]:
    """Tell which conditions were not understood, and that they narrow nothing down."""
    for one in found:
        yield words.say(
            "Không hiểu điều kiện “%(name)s=%(value)s” nên đã bỏ qua.",
            name=visible(one.name),
            value=visible(one.value),
        )


def _label(words: Words, rules: Rulebook, people: Mapping[str, Person], name: str, value: str) -> str:
    match name:
        case "status":
            return _status(words, value)
        case "queue":
            return words.say("Hàng đợi: %(name)s", name=wording.queue_name(words, rules, value))
        case "category":
            return words.say("Loại: %(name)s", name=wording.category(words, rules.categories, value))
        case "assignee":
            return _assignee(words, people, value)
        case "older":
            return words.count("Cũ hơn %(num)s ngày", "Cũ hơn %(num)s ngày", int(value))
        case _:
            return _fixed(words)[name, value]


def _fixed(words: Words) -> Mapping[tuple[str, str], str]:
    return {
        ("flagged", "1"): words.say("Người gửi đáng ngờ"),
        ("undelivered", "1"): words.say("Trả lời chưa tới đơn vị"),
        ("side", filters.PROVINCE): words.say("Đang ở kho bạc"),
        ("side", filters.CENTRE): words.say("Đang ở trung ương"),
        ("due", filters.OVERDUE): words.say("Quá hạn"),
        ("due", filters.SOON): words.say("Sắp hạn"),
    }


def _status(words: Words, value: str) -> str:
    if value == filters.OPEN:
        return words.say("Mọi phiếu chưa đóng")
    return words.say("Trạng thái: %(name)s", name=wording.status(words, value))


def _assignee(words: Words, people: Mapping[str, Person], value: str) -> str:
    if value == filters.ME:
        return words.say("Phiếu của tôi")
    if value == filters.NONE:
        return words.say("Chưa có người nhận")
    name = people[value].display_name if value in people else value
    return words.say("Người xử lý: %(name)s", name=name)
