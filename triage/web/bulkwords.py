"""What a bulk act has done, in one sentence: how many, how many not, and why."""

from collections import Counter

from triage.core.closings import CHOSEN
from triage.core.rules import Rulebook
from triage.service.bulk import Assign, Close, Done, Order, Reroute, Snooze
from triage.web import wording
from triage.web.historyvalues import outcome_words
from triage.web.templating import Words

_MOST_NAMED = 5


def told(words: Words, rules: Rulebook, order: Order, done: Done, *, me: str, to: str = "") -> str:
    """Tell ``me`` what an act has done to how many tickets, and which were left out.

    ``to`` is what whoever was given the tickets is called.
    """
    changed = _changed(words, rules, order, len(done.changed), me, to)
    return " ".join((changed, *_skipped(words, done)))


def undone(words: Words, done: Done) -> str:
    """Tell how many tickets are as they were, and which are not."""
    number = len(done.changed)
    first = words.count("Đã hoàn tác %(num)s phiếu.", "Đã hoàn tác %(num)s phiếu.", number)
    return " ".join((first, *_skipped(words, done)))


def outcomes(words: Words) -> list[tuple[str, str]]:
    """Give what a person may say that a ticket came to, as value and word."""
    return [(one.value, outcome_words(words, one.value)) for one in CHOSEN]


def _changed(words: Words, rules: Rulebook, order: Order, number: int, me: str, to: str) -> str:
    match order:
        case Assign(to=None):
            return words.count("Đã bỏ giao %(num)s phiếu.", "Đã bỏ giao %(num)s phiếu.", number)
        case Assign(to=taker) if taker == me:
            return words.count("Bạn đã nhận %(num)s phiếu.", "Bạn đã nhận %(num)s phiếu.", number)
        case Assign():
            one = "Đã giao %(num)s phiếu cho %(name)s."
            return words.count(one, one, number, name=to)
        case Close():
            return words.count("Đã đóng %(num)s phiếu.", "Đã đóng %(num)s phiếu.", number)
        case Reroute(queue=queue):
            one = "Đã chuyển %(num)s phiếu tới %(name)s."
            return words.count(one, one, number, name=wording.queue_name(words, rules, queue))
        case Snooze(until=until):
            one = "Đã hoãn %(num)s phiếu đến %(at)s."
            return words.count(one, one, number, at=wording.moment(until, rules.calendar))


def _skipped(words: Words, done: Done) -> list[str]:
    whys = Counter(done.skipped.values())
    return [_left_out(words, done, why, number) for why, number in sorted(whys.items())]


def _left_out(words: Words, done: Done, why: str, number: int) -> str:
    reasons = {
        "closed": words.say("đã đóng"),
        "held": words.say("đang tạm giữ"),
        "unchanged": words.say("đã như vậy"),
        "same_queue": words.say("đã ở hàng đợi này"),
        "changed_meanwhile": words.say("người khác vừa thay đổi"),
        "unseen": words.say("không tìm thấy"),
    }
    named = sorted(code for code, one in done.skipped.items() if one == why)
    shown = ", ".join(named[:_MOST_NAMED]) + ("…" if len(named) > _MOST_NAMED else "")
    reason = reasons.get(why, words.say("không làm được"))
    one = "Bỏ qua %(num)s phiếu %(why)s: %(codes)s."
    return words.count(one, one, number, why=reason, codes=shown)
