"""Which way a mail asks: it wants a secret, has trouble with one, gives one away, or tells of an impostor.

"Đề nghị đơn vị cung cấp mật khẩu" and "hệ thống yêu cầu nhập mật khẩu nhưng báo lỗi" share their words;
what parts them is who speaks to whom. Sentences are read one by one and put together here.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.core.contentrules import ContentRules
from triage.core.decision import Severity
from triage.core.demands import SentenceReading, SignKind, signs_of
from triage.core.introductions import introduces_staff
from triage.core.ownwords import Words, own_words, without_spans
from triage.core.phrases import MAX_TEXT, sentences
from triage.core.privacy import disclosed
from triage.core.reasons import Reason

_GRAVE = frozenset({Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL})


class Aim(StrEnum):
    """What a mail is after, as far as secrets and impostors go."""

    SOLICITATION = "solicitation"
    REPORT = "report"
    DISCLOSURE = "disclosure"
    PROBLEM = "problem"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Demand:
    """A sentence that asks the reader for something: which row of ``asked``, and the sentence as written."""

    asked: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Direction:
    """What a text asks, tells and gives away. ``aim`` is the weightiest of it.

    ``carried`` are demands that stand in forwarded or quoted words only; ``discloses`` names what the sender
    gives away (never the value); ``report`` tells that he speaks of somebody else's attempt, or doubts one,
    ``personal`` that he speaks as one whom it happened to or who asks us, not as a notice to everybody;
    ``passed_on`` that he wants nothing himself and tells of something that reached him.
    """

    aim: Aim
    demands: tuple[Demand, ...]
    carried: tuple[Demand, ...]
    discloses: tuple[str, ...]
    report: bool
    personal: bool
    passed_on: bool
    problem: bool
    to_us: bool
    reasons: tuple[Reason, ...]


def request_direction(text: str, rules: ContentRules, history: str = "", *, parted: bool = True) -> Direction:
    """Read which way a text asks, quotes and forwards parted off first. Never fails; linear in the text.

    ``history`` is what was cut off the text before; ``parted`` is False where all of it is the sender's own.
    """
    words = own_words(text) if parted else Words(text, "")
    spans = without_spans(words.own)
    own = tuple(SentenceReading(sentence, rules.lexicon.find(sentence)) for sentence in sentences(spans.own))
    to_us = any(read.has("to_us") for read in own)
    told = _tells(own)
    lived = any(_befell(read) for read in own)
    staff = not told and any(introduces_staff(read) for read in own)
    signs = [
        (sign, read)
        for read in own
        for sign in signs_of(
            read, rules, to_us=to_us, told=told and (lived or not read.has("order")), staff=staff
        )
    ]
    demands = _demands([(sign.asked, read) for sign, read in signs if sign.kind is SignKind.DEMAND])
    carried = _carried(words.carried + "\n" + spans.carried, history, rules)
    weighty = any(rules.asked[demand.asked].check != "CLICK_REQUEST" for demand in demands)
    report = told or (
        not weighty and _doubts(own, spans.own, any(sign.kind is SignKind.TOLD for sign, _ in signs))
    )
    personal = to_us or any(_is_personal(read) for read in own)
    passed_on = not demands and ((personal and any(map(_befell, own))) or any(map(_points_at_mail, own)))
    problem = any(sign.kind is SignKind.PROBLEM for sign, _ in signs)
    discloses = _discloses(words.own)
    aim = _aim(weighty=weighty, report=report, discloses=bool(discloses), problem=problem)
    return Direction(
        aim,
        demands,
        carried,
        discloses,
        report,
        personal,
        passed_on,
        problem,
        to_us,
        _reasons(aim, demands, discloses),
    )


def _is_personal(read: "SentenceReading") -> bool:
    asked = read.has("doubt") and read.sentence.written.endswith("?")
    return (
        asked
        or read.has("me", "for_us", "for_unit")
        or (read.has("unit") and read.has("incident", "received"))
    )


def _tells(own: tuple["SentenceReading", ...]) -> bool:
    """Whether the writer tells what somebody else did: called, wrote, pretended."""
    if any(read.has("incident") for read in own):
        return True
    came = any(hit.group == "received" and not read.denied(hit) for read in own for hit in read.hits)
    return came and any(read.has("fraud", "doubt") for read in own)


_OURSELVES = frozenset({"em", "toi", "don", "toan", "may"})
"""Words within an incident that say whom it met: "gọi cho em", "gọi đến đơn vị", "gọi điện cho kế toán"."""

_ANYBODY = frozenset({"doi", "ke", "bon"})
"""How "đối tượng", "kẻ gian" and "bọn lừa đảo" begin: what every warning speaks of."""


def _befell(read: "SentenceReading") -> bool:
    """Whether the sentence tells what met its writer: a call, a mail; "hiện nay có đối tượng …" does not."""
    if any(hit.group == "received" and not read.denied(hit) for hit in read.hits):
        return read.has("me", "unit", "doubt", "fraud", "incident") or not read.has("order", "you_unit")
    calls = [read.sentence.folded[hit.start : hit.end] for hit in read.hits if hit.group == "incident"]
    if any(_OURSELVES.intersection(words) for words in calls):
        return True
    if not calls or read.has("you_unit"):
        return False
    return read.has("me", "for_us", "for_unit") or (
        read.has("unit") and not any(word in _ANYBODY for words in calls for word in words)
    )


def _points_at_mail(read: "SentenceReading") -> bool:
    """Whether the writer has us look at a mail: "nhờ xem giúp thư này", "thư này có phải lừa không?"."""
    asks = read.has("petition", "doubt", "for_us") or read.sentence.written.endswith("?")
    return asks and read.has("this_mail") and not read.has("order", "you_unit", "must")


def _doubts(own: tuple["SentenceReading", ...], text: str, told: bool) -> bool:  # noqa: FBT001 - one fact among three
    """Whether the writer warns of fraud, or asks whether something he names is genuine."""
    if any(read.has("fraud") for read in own):
        return True
    named = (
        told or "@" in text or "://" in text or "www." in text or any(read.has("received") for read in own)
    )
    return named and any(read.has("doubt") for read in own)


def _aim(*, weighty: bool, report: bool, discloses: bool, problem: bool) -> Aim:
    table = (
        (weighty, Aim.SOLICITATION),
        (report, Aim.REPORT),
        (discloses, Aim.DISCLOSURE),
        (problem, Aim.PROBLEM),
    )
    return next((aim for holds, aim in table if holds), Aim.NONE)


def _carried(text: str, history: str, rules: ContentRules) -> tuple[Demand, ...]:
    """Give what others ask for; of mere history only what weighs alone, since replies quote so much."""
    grave = [one for one in _asked_by_others(history, rules) if rules.asked[one[0]].severity in _GRAVE]
    return _demands([*_asked_by_others(text, rules), *grave])


def _asked_by_others(text: str, rules: ContentRules) -> list[tuple[str, "SentenceReading"]]:
    if not text.strip():
        return []
    reads = (SentenceReading(sentence, rules.lexicon.find(sentence)) for sentence in sentences(text))
    found = ((sign, read) for read in reads for sign in signs_of(read, rules, to_us=False, told=False))
    return [(sign.asked, read) for sign, read in found if sign.kind is SignKind.DEMAND]


def _demands(found: list[tuple[str, "SentenceReading"]]) -> tuple[Demand, ...]:
    first: dict[str, Demand] = {}
    for asked, read in found:
        first.setdefault(asked, Demand(asked, read.sentence.written))
    return tuple(first.values())


def _discloses(text: str) -> tuple[str, ...]:
    """Name the secrets whose value the sender writes down; the value itself is never kept."""
    return tuple(kind.value for kind in disclosed(text[:MAX_TEXT]))


def _reasons(aim: Aim, demands: tuple[Demand, ...], discloses: tuple[str, ...]) -> tuple[Reason, ...]:
    match aim:
        case Aim.SOLICITATION:
            shown = demands[0].sentence
            return (
                Reason(
                    "asks_for_secret",
                    f"Thư đòi thông tin bí mật: “{shown}”.",
                    f"The mail asks for a secret: “{shown}”.",
                ),
            )
        case Aim.REPORT:
            return (
                Reason(
                    "tells_of_impostor",
                    "Người gửi kể lại hoặc hỏi về một việc đáng ngờ; đó không phải lời đòi hỏi của họ.",
                    "The sender tells of something suspicious, or asks about it; it is no demand of his own.",
                ),
            )
        case Aim.DISCLOSURE:
            names = ", ".join(discloses)
            return (
                Reason(
                    "gives_secret_away",
                    "Người gửi ghi thông tin bí mật của mình trong thư; cần che và nhắc đổi.",
                    f"The sender writes down a secret of his own ({names}); it must be masked and changed.",
                ),
            )
        case Aim.PROBLEM:
            return (
                Reason(
                    "problem_with_secret",
                    "Người gửi báo vướng mắc khi đăng nhập hoặc ký số.",
                    "The sender reports trouble with signing in or signing.",
                ),
            )
        case Aim.NONE:
            return ()
