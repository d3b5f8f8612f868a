"""What stood before an event and what stands since, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.core.rules import Rulebook
from triage.web import wording
from triage.web.tellings import Telling
from triage.web.templating import Words

LONGEST = 300
"""Characters of one value that the history tells."""


@dataclass(frozen=True, slots=True)
class Values:
    """Tells values by the verb of their event; ``names`` are what people are called, by login."""

    names: Mapping[str, str]
    rules: Rulebook
    telling: Telling
    told_at: Callable[[datetime], str]

    def tell(self, verb: str, value: Any) -> str:  # noqa: ANN401 - JSON holds anything
        """Give a value in words; empty for none."""
        tellers: dict[str, Callable[[Any], str]] = {
            "opened": self._queue,
            "rerouted": self._queue,
            "released": self._queue,
            "handed_over": self._queue,
            "handed_back": self._back_reason,
            "assigned": self._person,
            "given_back": self._person,
            "categorised": self._category,
            "prioritised": self._priority,
            "closed": self._state,
            "reopened": self._state,
            "confirmed_impostor": self._state,
            "held": self._state,
            "answered": self._state,
            "undelivered": self._state,
            "warned": self._queues,
            "snoozed": self._moment,
            "woken": self._moment,
            "resumed": self._moment,
            "escalated": self._people,
            "paged": self._people,
        }
        return tellers.get(verb, self._as_it_is)(value)

    def _as_it_is(self, value: Any) -> str:  # noqa: ANN401 - same
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        return self.telling.text(str(value)[:LONGEST]) if isinstance(value, str | int) else ""

    def _queue(self, value: Any) -> str:  # noqa: ANN401 - same
        return wording.queue_name(self.telling.words, self.rules, str(value)) if value else ""

    def _queues(self, value: Any) -> str:  # noqa: ANN401 - same
        return ", ".join(map(self._queue, value))[:LONGEST] if isinstance(value, list) else ""

    def _person(self, value: Any) -> str:  # noqa: ANN401 - same
        nobody = self.telling.words.say("chưa ai nhận")
        return self.names.get(str(value), str(value)) if value else nobody

    def _people(self, value: Any) -> str:  # noqa: ANN401 - same
        return ", ".join(map(self._person, value))[:LONGEST] if isinstance(value, list) else ""

    def _category(self, value: Any) -> str:  # noqa: ANN401 - same
        return wording.category(self.telling.words, self.rules.categories, str(value)) if value else ""

    def _priority(self, value: Any) -> str:  # noqa: ANN401 - same
        return wording.priority(self.telling.words, value) if isinstance(value, int) else ""

    def _state(self, value: Any) -> str:  # noqa: ANN401 - same
        return outcome_words(self.telling.words, str(value)) if value else ""

    def _back_reason(self, value: Any) -> str:  # noqa: ANN401 - same
        return back_reason(self.telling.words, str(value)) if value else ""

    def _moment(self, value: Any) -> str:  # noqa: ANN401 - same
        try:
            return self.told_at(datetime.fromisoformat(str(value))) if value else ""
        except ValueError:
            return self._state(value)


def outcome_words(words: Words, value: str) -> str:
    """Give the word for a state, or for what a closed ticket came to."""
    told = {
        "solved": words.say("Đã giải quyết"),
        "advised": words.say("Đã hướng dẫn"),
        "duplicate": words.say("Trùng phiếu khác"),
        "merged": words.say("Đã gộp"),
        "spam": words.say("Thư rác"),
        "impostor": words.say("Mạo danh"),
        "no_answer": words.say("Đơn vị không phản hồi"),
        "not_ours": words.say("Không thuộc phạm vi hỗ trợ"),
    }
    return told.get(value) or wording.status(words, value)


def back_reason(words: Words, value: str) -> str:
    """Give the word for a sort of reason for which a province gives a ticket back."""
    told = {
        "not_ours": words.say("Đơn vị không thuộc kho bạc này"),
        "needs_centre": words.say("Cần trung ương xử lý trên hệ thống"),
        "missing": words.say("Thiếu thông tin để xử lý"),
        "nobody": words.say("Kho bạc không có người xử lý"),
        "other": words.say("Lý do khác"),
    }
    return told.get(value, value)
