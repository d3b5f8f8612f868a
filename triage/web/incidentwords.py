"""Incidents in the words of whoever looks at them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from triage.core.answertemplates import filled, gaps, offered
from triage.core.closings import CHOSEN
from triage.core.rules import Rulebook
from triage.db.history import SERVICE
from triage.db.incidentanswers import APPROVED, IncidentAnswer
from triage.db.incidents import Counted, Incident, Member
from triage.web import wording
from triage.web.desk import Ask
from triage.web.historyvalues import outcome_words
from triage.web.readyanswers import ReadyAnswer
from triage.web.shown import visible
from triage.web.templating import Words

_OF_A_TICKET = frozenset({"code", "due"})
"""Gaps that every ticket fills otherwise: a text that has one is no answer to many."""

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Head:
    """What lists and the page of an incident say of it first."""

    id: int
    title: str
    words: str
    state: str
    state_word: str
    tickets: int
    seen: int
    provinces: tuple[str, ...]
    began: str
    ended: str


@dataclass(frozen=True, slots=True)
class ShownMember:
    """One ticket of an incident."""

    code: str
    subject: str
    province: str
    unit: str
    opened: str
    status: str
    status_word: str
    closed: bool


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer with what became of it."""

    id: int
    text: str
    waits: bool
    who: str
    at: str
    due: int
    written: int
    skipped: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the course of an incident."""

    at: str
    what: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts incidents into words for one reader at one moment; ``names`` are what people are called."""

    words: Words
    rules: Rulebook
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)

    def head(self, found: Counted) -> Head:
        """Give the first lines of an incident."""
        one = found.incident
        return Head(
            id=one.id,
            title=visible(one.title),
            words=", ".join(visible(word) for word in one.words),
            state=one.state,
            state_word=state_word(self.words, one.state),
            tickets=found.tickets,
            seen=found.seen,
            provinces=found.provinces,
            began=self._at(one.started_at),
            ended=self._at(one.ended_at) if one.ended_at else "",
        )

    def member(self, one: Member) -> ShownMember:
        """Give the row of one ticket."""
        ticket = one.ticket
        return ShownMember(
            code=ticket.code,
            subject=visible(ticket.subject)[:_LONGEST] or self.words.say("(không có tiêu đề)"),
            province=one.province or self.words.say("chưa rõ"),
            unit=visible(ticket.unit_name or ticket.requester_name)[:_LONGEST],
            opened=self._at(ticket.opened_at),
            status=ticket.status,
            status_word=wording.status(self.words, ticket.status),
            closed=ticket.status == "closed",
        )

    def answer(self, one: IncidentAnswer) -> ShownAnswer:
        """Give one answer."""
        waits = one.state != APPROVED
        return ShownAnswer(
            id=one.id,
            text=one.body,
            waits=waits,
            who=self._name(one.writer if waits else one.decided_by or one.writer),
            at=self._at(one.written_at if waits else one.decided_at or one.written_at),
            due=one.due,
            written=one.written,
            skipped=one.skipped,
            outcome=outcome_words(self.words, one.outcome) if one.outcome else "",
        )

    def timeline(
        self, incident: Incident, members: Sequence[Member], answers: Sequence[IncidentAnswer]
    ) -> list[Line]:
        """Give what happened, in its order; of tickets only those that the reader sees."""
        told = [*self._tickets(members), *self._turns(incident), *self._answers(answers)]
        # the sort keeps the order of what happened at one moment
        return [Line(self._at(at), what, code) for at, what, code in sorted(told, key=lambda one: one[0])]

    def _tickets(self, members: Sequence[Member]) -> Iterator[tuple[datetime, str, str]]:
        say = self.words.say
        for one in members:
            province = one.province or say("chưa rõ tỉnh")
            yield one.ticket.opened_at, say("Thư từ %(province)s", province=province), one.ticket.code
            if one.joined_by != SERVICE:
                who = self._name(one.joined_by)
                yield one.joined_at, say("%(who)s thêm phiếu", who=who), one.ticket.code

    def _answers(self, answers: Sequence[IncidentAnswer]) -> Iterator[tuple[datetime, str, str]]:
        say = self.words.say
        for one in answers:
            if one.decided_at and one.decided_by:
                who = self._name(one.decided_by)
                yield one.decided_at, say("%(who)s gửi thư trả lời chung", who=who), ""
            else:
                yield one.written_at, say("%(who)s gửi duyệt thư trả lời", who=self._name(one.writer)), ""

    def _turns(self, incident: Incident) -> Iterator[tuple[datetime, str, str]]:
        say = self.words.say
        yield incident.found_at, say("Hệ thống phát hiện sự cố"), ""
        if incident.ended_at:
            who = self._name(incident.ended_by or "")
            closed = incident.state == "closed"
            told = say("%(who)s kết thúc sự cố", who=who) if closed else say("%(who)s bỏ sự cố", who=who)
            yield incident.ended_at, told, ""

    def _name(self, login: str) -> str:
        return self.names.get(login, login)

    def _at(self, moment: datetime) -> str:
        return wording.short_moment(moment, self.rules.calendar, self.now)


def state_word(words: Words, state: str) -> str:
    """Give the word for how an incident stands."""
    told = {
        "open": words.say("Đang diễn ra"),
        "closed": words.say("Đã kết thúc"),
        "dissolved": words.say("Báo nhầm, đã bỏ"),
    }
    return told.get(state, state)


def ready_answers(ask: Ask, category: str) -> tuple[ReadyAnswer, ...]:
    """Give the ready answers that fit many tickets, their gaps filled."""
    values = {
        "requester_name": "Quý đơn vị",
        "unit_name": "Quý đơn vị",
        "my_name": ask.person.display_name,
    }
    templates = offered(ask.desk.app.means.rules.answers, category, "")
    return tuple(
        ReadyAnswer(one.name, one.title, filled(one.text, values))
        for one in templates
        if not _OF_A_TICKET & set(gaps(one.text))
    )


def closings(words: Words) -> list[tuple[str, str]]:
    """Give what tickets can come to, as value and word."""
    return [(one.value, outcome_words(words, one.value)) for one in CHOSEN]
