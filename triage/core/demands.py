"""What one sentence says about a secret: that it is wanted, makes trouble, or was wanted by somebody else.

The verb that governs the secret is found first; then the words around the two decide, in the order of one
table: who is spoken to, who speaks, whether it is denied, told, or asked of us.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.core.contentrules import TOPIC_GROUPS, VERB_GROUPS, ContentRules
from triage.core.phrases import Hit, Sentence

REACH = 14
"""Words between a verb and the secret that it still governs; lists of secrets are long."""

ORDER_REACH = 12
"""Words between an imperative and its verb."""


class SignKind(StrEnum):
    """What a sentence means for the secret that it names."""

    DEMAND = "demand"
    PROBLEM = "problem"
    TOLD = "told"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sentence means for one row of ``asked``."""

    kind: SignKind
    asked: str


class SentenceReading:
    """One sentence with what the lexicon found in it; hits inside a longer hit are dropped."""

    def __init__(self, sentence: Sentence, hits: tuple[Hit, ...]) -> None:
        self.sentence = sentence
        threats = [hit for hit in hits if hit.group == "threat"]
        spoken = (hit for hit in hits if hit.group not in TOPIC_GROUPS and not _threatened(hit, threats))
        self.hits = _outermost(tuple(hit for hit in spoken if not _parted(hit, sentence)))

    @property
    def size(self) -> int:
        """How many words it has."""
        return len(self.sentence.words)

    def has(self, *groups: str) -> bool:
        """Whether a phrase of any of these groups stands in it."""
        return any(hit.group in groups for hit in self.hits)

    def within(self, group: str, start: int, end: int) -> tuple[Hit, ...]:
        """Give the hits of a group that lie wholly between two words."""
        return tuple(hit for hit in self.hits if hit.group == group and start <= hit.start and hit.end <= end)

    def denied(self, hit: Hit) -> bool:
        """Whether the words right before it deny it: "không nhận được email"."""
        return any(
            other.group in {"not", "trouble"} and other.start < hit.start <= other.end + 1
            for other in self.hits
        )

    def clause_start(self, at: int) -> int:
        """Give the first word of the clause that a word stands in."""
        return max((start for start in self.sentence.starts if start <= at), default=0)


def _threatened(hit: Hit, threats: list[Hit]) -> bool:
    """Whether the trouble is only what a threat paints: "nếu không sẽ bị khóa" reports no locked account."""
    painted = hit.group in {"trouble", "when", "about", "not"}
    return painted and any(threat.start <= hit.start and hit.end <= threat.end for threat in threats)


def _parted(hit: Hit, sentence: Sentence) -> bool:
    """Whether a mark parts words that only together are no verb: "ngay: gửi" is no "ngày gửi"."""
    return hit.group == "no_verb" and any(hit.start < start < hit.end for start in sentence.starts)


def _outermost(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Drop hits that a longer one covers: "nhập" within "tên đăng nhập", "đơn vị" within "đơn vị em"."""
    kept: list[Hit] = []
    reach, reach_start = -1, -1
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.end > reach or (hit.start == reach_start and hit.end == reach):
            kept.append(hit)
            reach, reach_start = (hit.end, hit.start) if hit.end > reach else (reach, reach_start)
    return tuple(kept)


def signs_of(
    read: SentenceReading, rules: ContentRules, *, to_us: bool, told: bool, staff: bool = False
) -> list[Sign]:
    """Give what the sentence means for each secret in it.

    ``to_us`` tells that the mail greets us, ``told`` that it recounts somebody else's doing, ``staff`` that
    its writer says that he is of the treasury, so that no wish for a secret can be one for his own.
    """
    signs: list[Sign] = []
    nouns = [hit for hit in read.hits if hit.group.startswith("asked:")]
    verbs = [hit for hit in read.hits if hit.group in VERB_GROUPS]
    for noun in nouns:
        asked = rules.asked[noun.group.removeprefix("asked:")]
        governing = [
            verb for verb in verbs if verb.group in asked.verbs and verb.end <= noun.start <= verb.end + REACH
        ]
        following = [
            verb for verb in verbs if verb.group in asked.verbs and noun.end <= verb.start <= noun.end + REACH
        ]
        kinds = [_judge(read, verb, noun, to_us=to_us, told=told) for verb in governing[-3:]]
        kinds += [_judge_fronted(read, verb, noun, to_us=to_us) for verb in following[:1] if not governing]
        found = [kind for kind in kinds if kind is not None]
        if staff and SignKind.WARNING not in found and _wanted_by_staff(read, noun):
            found.append(SignKind.DEMAND)
        if SignKind.DEMAND in found:
            signs.append(Sign(SignKind.DEMAND, asked.name))
        elif found:
            signs.append(Sign(found[-1], asked.name))
        elif read.has("trouble"):
            signs.append(Sign(SignKind.PROBLEM, asked.name))
    return signs


_NEVER_OURS = frozenset({"asked:card", "asked:remote", "asked:qr"})
"""What we have none of: nobody asks us to send it back to him."""

_WISHES = frozenset({"give", "tell", "enter", "install", "beg", "petition", "must", "order"})


def _wanted_by_staff(read: SentenceReading, noun: Hit) -> bool:
    """Whether one who calls himself staff wants the secret, however softly: "cho em xin mã PIN"."""
    wishes = [
        hit
        for hit in read.hits
        if hit.group in _WISHES and (0 <= noun.start - hit.end <= REACH or 0 <= hit.start - noun.end <= REACH)
    ]
    spoiled = any(
        (hit.group in {"about", "again", "how"} and hit.end == noun.start) or hit.group in {"forbid", "how"}
        for hit in read.hits
    )
    failed = read.within("trouble", noun.start, min(noun.end + 3, read.size))
    own = any(
        me.end == wish.start and wish.group in {"give", "tell", "enter"}
        for wish in wishes
        for me in read.within("me", 0, wish.start)
        if not read.within("you", 0, me.start)
    )
    denied = any(no.end == wish.start for wish in wishes for no in read.within("not", 0, wish.start))
    return bool(wishes) and not (spoiled or failed or own or denied)


def _judge(read: SentenceReading, verb: Hit, noun: Hit, *, to_us: bool, told: bool) -> SignKind | None:
    """Say what a verb before a secret means; None where it means nothing."""
    at = _Place(read, verb, noun)
    rows: tuple[tuple[bool, SignKind | None], ...] = (
        (at.forbidden(), SignKind.WARNING),
        (bool(read.within("order", verb.end, noun.start)), None),
        (at.told_of(to_us=to_us), SignKind.TOLD),
        (told and (not at.you or read.has("me")), SignKind.TOLD),
        (verb.group == "change", SignKind.DEMAND if at.reader_changes() else SignKind.PROBLEM),
        (at.secret_is_aside() or at.goes_wrong() or at.recounted() or at.asked_about(), SignKind.PROBLEM),
        (at.said_of_self() or at.said_of_system(), SignKind.PROBLEM),
        (at.wanted_from_us(to_us=to_us), SignKind.PROBLEM),
        (bool(at.orders), SignKind.DEMAND),
        (verb.group == "beg", SignKind.DEMAND),
        (not at.opens_clause(), None),
        (at.addressed() or at.listed_for_reader(), SignKind.DEMAND),
        (read.has("me") or bool(read.within("trouble", verb.start, read.size)), SignKind.PROBLEM),
    )
    return next((kind for holds, kind in rows if holds), SignKind.DEMAND)


def _judge_fronted(read: SentenceReading, verb: Hit, noun: Hit, *, to_us: bool) -> SignKind | None:
    """Say what an imperative after the secret means: "mật khẩu và OTP vui lòng gửi về …"."""
    orders = read.within("order", noun.end, verb.start)
    at = _Place(read, verb, noun)
    if not orders or at.forbidden():
        return None
    if read.within("trouble", 0, orders[0].start) or read.within("me", 0, orders[0].start):
        return SignKind.PROBLEM
    return SignKind.PROBLEM if at.secret_is_aside() or at.wanted_from_us(to_us=to_us) else SignKind.DEMAND


class _Place:
    """A verb and a secret in their sentence, with the questions that decide what they mean together."""

    def __init__(self, read: SentenceReading, verb: Hit, noun: Hit) -> None:
        self._read, self._verb, self._noun = read, verb, noun
        self._clause = read.clause_start(verb.start)
        self._since = max(0, verb.start - ORDER_REACH)
        self.hard = read.within("order", self._since, verb.start)
        self.orders = self.hard + read.within("must", self._since, verb.start)
        self.units = read.within("you_unit", self._since, noun.start)
        self.you = read.within("you", self._since, noun.start) + self.units

    def forbidden(self) -> bool:
        near = self._read.within("not", max(self._clause, self._verb.start - 4), self._verb.start)
        return bool(near or self._read.within("forbid", 0, self._verb.end))

    def told_of(self, *, to_us: bool) -> bool:
        """Whether what comes before makes it somebody else's demand: a caller, a mail received, a doubt."""
        before = [hit for hit in self._read.hits if hit.end <= self._verb.start]
        if any(hit.group in {"incident", "doubt"} for hit in before):
            return not self._turns_to_reader(before)
        if any(hit.group == "fraud" and (to_us or hit.start >= self._clause) for hit in before):
            return True
        return any(hit.group == "received" and not self._read.denied(hit) for hit in before)

    def _turns_to_reader(self, before: list[Hit]) -> bool:
        """Whether a warning to everybody ends and an order begins: "… lừa đảo, đề nghị đơn vị gửi"."""
        read = self._read
        if read.has("me", "received", "doubt", "for_us", "to_us"):
            return False
        told = max(hit.end for hit in before if hit.group == "incident")
        named = {hit.start for hit in read.hits if hit.group in {"unit", "you_unit"}}
        return any(
            order.start >= told
            and order.start in read.sentence.starts
            and order.end in named
            and read.sentence.folded[order.start] != "yeu"
            for order in self.hard
        )

    def secret_is_aside(self) -> bool:
        """Whether the secret only tells what something else is about: "email nhận mật khẩu"."""
        return any(hit.group == "about" and hit.end == self._noun.start for hit in self._read.hits)

    def goes_wrong(self) -> bool:
        """Whether the act is told as a failed one: "nhập sai", "gửi không được"."""
        verb, noun = self._verb, self._noun
        near = self._read.within("trouble", verb.end, min(verb.end + 3, noun.start))
        near += tuple(hit for hit in self._read.hits if hit.group == "trouble" and hit.start == noun.end)
        return bool(near) or (
            bool(self._read.within("me", verb.end, noun.start)) and not self._given_to_writer()
        )

    def _given_to_writer(self) -> bool:
        """Whether the reader shall tell the writer: "chị đọc em mã OTP", "c gửi e mã pin vừa nhận"."""
        handed = self._verb.group == "tell" or self._read.has("hand_over")
        return handed and any(hit.end == self._verb.start for hit in self.you)

    def recounted(self) -> bool:
        """Whether the verb stands in a subordinate clause: "khi nhập", "cách nhập", "đã gửi"."""
        verb, read = self._verb, self._read
        return bool(
            read.within("when", max(self._clause, verb.start - 3), verb.start)
            or read.within("how", max(0, verb.start - 6), verb.start)
        )

    def reader_changes(self) -> bool:
        """Whether a unit is told to change what it registered; most ask us to do that for them."""
        read, verb = self._read, self._verb
        since = self.orders[-1].end if self.orders else verb.start
        bidden = any(read.within(group, since, verb.start) for group in ("unit", "you", "you_unit")) or (
            read.has("staff", "ours", "hand_over")
            and any(unit.end == verb.start for unit in read.within("unit", 0, verb.start))
        )
        return bidden and not read.has("me", "for_us", "for_unit", "how", "trouble")

    def asked_about(self) -> bool:
        """Whether the writer asks how or whether to do it: "đề nghị hướng dẫn nhập", "cần bàn giao … gì?"."""
        read, verb = self._read, self._verb
        guided = read.within("how", 0, verb.start)
        wishes = {hit.end for hit in read.hits if hit.group in {"order", "petition"}}
        if any(hit.start in wishes for hit in guided):
            return True
        return read.sentence.written.endswith("?") and not self.hard and not self.units

    def said_of_self(self) -> bool:
        """Whether the writer himself acts: "em xin gửi mật khẩu", "chúng tôi cần nhập mã OTP"."""
        verb, read = self._verb, self._read
        speakers = read.within("me", max(self._clause, verb.start - 6), verb.start)
        offers = [hit for hit in read.within("petition", self._clause, verb.start) if hit.end == verb.start]
        if offers and any(
            unit.end == offers[0].start for unit in read.within("unit", self._clause, verb.start)
        ):
            return True
        return bool(speakers) and not any(hit.start >= speakers[-1].end for hit in self.hard + self.you)

    def said_of_system(self) -> bool:
        """Whether a program asks, not a person: "hệ thống yêu cầu nhập mã OTP"."""
        if any(self._asks_itself(order) for order in self.hard[-1:]):
            return True
        unit = self._read.within("unit", self._since, self._noun.start)
        return bool(self._read.within("system", self._clause, self._verb.start)) and not self.you and not unit

    def _asks_itself(self, order: Hit) -> bool:
        """Whether a program is what demands: "màn hình yêu cầu nhập mã"."""
        named = any(hit.group == "system" and hit.end == order.start for hit in self._read.hits)
        spoken = [
            hit
            for hit in (*self.you, *self._read.within("unit", order.end, self._verb.start))
            if hit.start >= order.end
        ]
        return named and not spoken

    def wanted_from_us(self, *, to_us: bool) -> bool:
        """Whether a unit asks us for its own secret: a reset, a first password, a code that never came."""
        verb, noun, read = self._verb, self._noun, self._read
        if self._we_are_bidden():
            return True
        if verb.group != "give" or self.units or read.has("hand_over") or noun.group in _NEVER_OURS:
            return False
        start = self.orders[-1].end if self.orders else self._since
        asked_of_us = read.within("ours", start, verb.start)
        again = read.within("again", verb.end, noun.end + 4)
        lost = self.hard and read.within("trouble", 0, self.hard[0].start)
        gently = read.within("for_us", verb.start, read.size) and not (
            (self.hard and self.you) or self._of_reader()
        )
        return bool(
            to_us or asked_of_us or again or lost or gently or read.within("for_unit", verb.start, read.size)
        )

    def _of_reader(self) -> bool:
        """Whether the secret is said to be the reader's or his chief's: "mật khẩu của chủ tài khoản"."""
        read, noun = self._read, self._noun
        if read.sentence.folded[noun.end : noun.end + 1] != ("cua",):
            return False
        whose = [hit.group for hit in read.hits if hit.start == noun.end + 1]
        return bool({"unit", "you", "you_unit"}.intersection(whose)) and not read.has("trouble", "again")

    def _we_are_bidden(self) -> bool:
        """Whether the support team is the one to act: "đề nghị đội hỗ trợ kết nối UltraViewer vào máy"."""
        read = self._read
        bidden = (hit for group in ("order", "petition") for hit in read.within(group, 0, self._verb.start))
        ends = {end + gap for end in (hit.end for hit in bidden) for gap in (0, 1)}
        named = read.within("ours", 0, self._verb.start) + read.within("staff", 0, self._verb.start)
        return any(hit.start in ends for hit in named) and not self.units

    def opens_clause(self) -> bool:
        if self._verb.start in self._read.sentence.starts or self.addressed():
            return True
        return any(
            hit.end == self._verb.start and hit.group in {"and", "petition"} for hit in self._read.hits
        )

    def addressed(self) -> bool:
        """Whether the reader is named right before the verb, the polite imperative: "chị đọc giúp em"."""
        read = self._read
        named = (
            *(hit for hit in read.within("you", 0, self._verb.start) if hit.start in read.sentence.starts),
            *read.within("you_unit", 0, self._verb.start),
        )
        units = read.within("unit", 0, self._verb.start)
        ends = {hit.end for hit in named}
        ends |= {unit.end for unit in units if unit.start in ends}
        if read.has("hand_over") and not read.has("trouble"):
            ends |= {unit.end for unit in units}
        return self._verb.start in ends

    def listed_for_reader(self) -> bool:
        """Whether it is one of several things that the reader named at the beginning shall do."""
        read, verb = self._read, self._verb
        named = any(
            hit.start == 0 for group in ("you", "you_unit") for hit in read.within(group, 0, verb.start)
        )
        calm = not read.has("trouble", "how", "petition") and not read.sentence.written.endswith("?")
        return (
            named
            and calm
            and verb.start in read.sentence.starts
            and verb.group in {"give", "tell", "install"}
        )
